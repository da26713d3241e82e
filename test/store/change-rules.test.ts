import { sql } from "kysely";
import { describe, expect } from "vitest";
import { byTerminal, listChanges } from "../../src/store/audit.ts";
import { addRule, pauseRule, removeRules, rewordRule } from "../../src/store/change-rules.ts";
import { noteChannel } from "../../src/store/channels.ts";
import { syncFileRules } from "../../src/store/file-rules.ts";
import { addHook, changeHook, listHooks, putHook, removeHook } from "../../src/store/hooks.ts";
import { findUntold, pauseRules, resumeRules, takeUntold } from "../../src/store/pause-rules.ts";
import { finishRotation, rotateHook } from "../../src/store/rotate-hook.ts";
import { findRule, listRules, rulesNaming } from "../../src/store/rules.ts";
import type { Store } from "../../src/store/store.ts";
import { addWaitingReply, listWaitingReplies } from "../../src/store/waiting-replies.ts";
import { push } from "../rules/events.ts";
import { gitlabHook } from "../support/hook.ts";
import { engines, testOn } from "../support/stores.ts";

const workspace = "T1";
const ada = { actor: "U1", channel: "C1" };

const add = (store: Store, words = "platform/api push", channel = "C1") =>
  addRule(store, workspace, "command", { channel, words }, ada);
const changes = async (store: Store, object?: string) =>
  (await listChanges(store, workspace, { object, limit: 99 }))
    .reverse()
    .map(({ actor, action, object, channel, words }) => [actor, action, object, channel, words]);
const anchors = (store: Store) => store.db.selectFrom("rule_anchors").select(["rule_id", "anchor"]).execute();

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("each change of a rule is written down: who, where, what", async ({ store }) => {
    const { id, createdBy } = await add(store);
    expect(createdBy).toBe("U1");
    await rewordRule(store, workspace, id, "platform/web push", { actor: "U2", channel: "C1" });
    await pauseRule(store, workspace, id, "by hand");
    await pauseRule(store, workspace, id, null, ada);
    await removeRules(store, workspace, [id], ada);
    expect(await changes(store, id)).toEqual([
      ["U1", "subscribe", id, "C1", "platform/api push"],
      ["U2", "edit", id, "C1", "platform/web push"],
      ["terminal", "pause", id, null, "by hand"],
      ["U1", "resume", id, "C1", null],
      ["U1", "unsubscribe", id, "C1", "platform/web push"],
    ]);
    expect((await listChanges(store, workspace, { limit: 2 })).map(({ action }) => action)).toEqual([
      "unsubscribe",
      "resume",
    ]);
  });

  test("a rule that is not there is not changed, and nothing is written down", async ({ store }) => {
    const { id } = await addRule(store, "T2", "command", { channel: "C1", words: "** push" });
    expect(await rewordRule(store, workspace, id, "** issue", ada)).toBeUndefined();
    expect(await pauseRule(store, workspace, id, "by hand", ada)).toBe(false);
    expect(await removeRules(store, workspace, [id], ada)).toEqual([]);
    expect(await changes(store)).toEqual([]);
    expect(await findRule(store, "T2", id)).toMatchObject({ words: "** push", paused: undefined });
  });

  test("a reworded rule is the same one, found by its new projects only", async ({ store }) => {
    const { id, createdAt } = await add(store);
    expect(await rewordRule(store, workspace, id, "platform/web push", ada)).toMatchObject({ id, createdAt });
    const found = (path: string) => rulesNaming(store, workspace, { path, name: path });
    expect(await found("platform/api")).toEqual([]);
    expect(await found("platform/web")).toMatchObject([{ id, words: "platform/web push", createdBy: "U1" }]);
  });

  test("a removed rule takes its anchors and the answer that waits with it", async ({ store }) => {
    const { id } = await add(store);
    await addWaitingReply(store, { workspace, rule: id, address: "https://hooks.example.com" }, new Date(9e12));
    expect(await removeRules(store, workspace, [id], ada)).toEqual([id]);
    expect([await anchors(store), await listWaitingReplies(store), await listRules(store, workspace)]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test("several rules go together, or none of them; those that are gone already are not written down", async ({
    store,
  }) => {
    const [one, two] = [(await add(store)).id, (await add(store, "platform/web push")).id];
    const { id: theirs } = await addRule(store, "T2", "command", { channel: "C1", words: "** push" });
    // Nothing can be written down, so nothing may go.
    await sql`alter table audit rename to elsewhere`.execute(store.db);
    await expect(removeRules(store, workspace, [one, two], ada)).rejects.toThrow("audit");
    await sql`alter table elsewhere rename to audit`.execute(store.db);
    expect(await listRules(store, workspace)).toHaveLength(2);
    expect((await removeRules(store, workspace, [one, "zzzzzzz", two, theirs], ada)).toSorted()).toEqual(
      [one, two].toSorted(),
    );
    expect(await removeRules(store, workspace, [], ada)).toEqual([]);
    const gone = (await changes(store)).filter(([, action]) => action === "unsubscribe");
    expect(gone.map(([, , id]) => id).toSorted()).toEqual([one, two].toSorted());
    expect(await findRule(store, "T2", theirs)).toBeDefined();
  });

  test("changed and removed at once, a rule leaves nothing behind", async ({ place, store }) => {
    const other = await place.another();
    for (let round = 0; round < 10; round++) {
      const { id } = await add(store);
      const [, removed] = await Promise.all([
        rewordRule(store, workspace, id, "platform/web push", ada),
        removeRules(other, workspace, [id], ada),
      ]);
      expect(removed).toEqual([id]);
      expect(await anchors(store)).toEqual([]);
    }
  });

  test("rules of several channels, or of none", async ({ store }) => {
    await add(store, "platform/api push", "C1");
    await add(store, "platform/api push", "#api");
    await add(store, "platform/api push", "C2");
    const of = async (...channels: string[]) =>
      (await listRules(store, workspace, { channels })).map(({ channel }) => channel);
    expect(await of("C1", "#api")).toEqual(["C1", "#api"]);
    expect(await of()).toEqual([]);
  });

  test("what Slack makes us pause is told once, by whoever takes it on, also among several processes", async ({
    place,
    store,
  }) => {
    const other = await place.another();
    await add(store);
    await addRule(store, workspace, "command", { channel: "C1", words: "platform/web push" }, { actor: "U2" });
    await add(store, "platform/ops push", "C2");
    expect(await pauseRules(store, workspace, { channel: "C1" }, "Slack: is_archived")).toBe(2);
    expect(await pauseRules(store, workspace, { channel: "C1" }, "Slack: is_archived")).toBe(0);
    const [untold, ...others] = await findUntold(store);
    expect(others).toEqual([]);
    expect({ ...untold, makers: untold?.makers.toSorted() }).toEqual({
      ...{ workspace, channel: "C1", reason: "Slack: is_archived", makers: ["U1", "U2"], rules: 2 },
    });
    if (!untold) throw new Error("nothing to tell");
    const taken = await Promise.all([store, other, store, other].map((one) => takeUntold(one, untold)));
    expect(taken.filter((one) => one)).toHaveLength(1);
    expect(await findUntold(store)).toEqual([]);
  });

  test("one rule is paused and resumed alone, and of others of its channel nothing is told", async ({ store }) => {
    const [{ id }, other] = [await add(store), await add(store, "platform/web push")];
    expect(await pauseRules(store, "T2", { rule: id }, "open")).toBe(0);
    expect(await pauseRules(store, workspace, { rule: id }, "open")).toBe(1);
    expect(await findUntold(store)).toMatchObject([{ channel: "C1", reason: "open", makers: ["U1"], rules: 1 }]);
    expect((await changes(store, id)).at(-1)).toEqual(["Slack", "pause", id, null, "open"]);
    expect(await findRule(store, workspace, other.id)).toMatchObject({ paused: undefined });
    await pauseRules(store, workspace, { rule: other.id }, "open");
    expect(await resumeRules(store, workspace, ["open"], { rule: id })).toBe(1);
    expect(await findRule(store, workspace, other.id)).toMatchObject({ paused: "open" });
  });

  test("whether few read a rule's channel is kept until somebody answers anew", async ({ store }) => {
    const rule = { channel: "C1", words: "platform/api issue confidential:yes" };
    expect((await addRule(store, workspace, "command", { ...rule, isPrivate: false })).isPrivate).toBe(false);
    expect((await addRule(store, workspace, "command", rule)).isPrivate).toBe(false);
    const { id, isPrivate } = await addRule(store, workspace, "command", { ...rule, isPrivate: true }, ada);
    expect(isPrivate).toBe(true);
    const kept = async () => (await findRule(store, workspace, id))?.isPrivate;
    const reworded = async (to?: boolean) =>
      (await rewordRule(store, workspace, id, "platform/api issue", ada, { isPrivate: to }))?.isPrivate;
    expect([await kept(), await reworded(), await reworded(false), await reworded()]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await pauseRule(store, workspace, id, null, ada, { isPrivate: true });
    expect(await kept()).toBe(true);
    await pauseRule(store, workspace, id, "by hand", ada);
    await pauseRule(store, workspace, id, null, ada);
    expect(await kept()).toBe(true);
    await pauseRule(store, workspace, id, null, ada, { isPrivate: false });
    expect(await kept()).toBe(false);
  });

  test("who pauses a rule by hand, or has it resumed, need not be told", async ({ store }) => {
    const { id } = await add(store);
    await pauseRules(store, workspace, {}, "Slack: is_archived");
    await pauseRule(store, workspace, id, "by hand", ada);
    expect(await findUntold(store)).toEqual([]);
    await pauseRule(store, workspace, id, null, ada);
    await pauseRules(store, workspace, {}, "Slack: is_archived");
    expect(await resumeRules(store, workspace, ["other", "Slack: is_archived"], { channel: "C2" })).toBe(0);
    expect(await resumeRules(store, workspace, [])).toBe(0);
    expect(await resumeRules(store, workspace, ["other", "Slack: is_archived"], { channel: "C1" })).toBe(1);
    expect(await findUntold(store)).toEqual([]);
    expect((await changes(store, id)).slice(1).map(([actor, action]) => [actor, action])).toEqual([
      ["Slack", "pause"],
      ["U1", "pause"],
      ["U1", "resume"],
      ["Slack", "pause"],
      ["Slack", "resume"],
    ]);
  });

  test("a channel's rules are paused by the name that is given, or by any that is known", async ({ store }) => {
    await add(store, "platform/api push", "C1");
    await add(store, "platform/api push", "#api");
    await add(store, "platform/api push", "#other");
    await noteChannel(store, workspace, "#api", "C1");
    const paused = async () =>
      (await listRules(store, workspace)).flatMap(({ channel, paused }) => (paused ? channel : []));
    await pauseRules(store, workspace, { channel: "#api" }, "renamed");
    expect(await paused()).toEqual(["#api"]);
    await resumeRules(store, workspace, ["renamed"]);
    for (const channel of ["C1", "#api"]) {
      expect(await pauseRules(store, workspace, { channel, byAnyName: true }, "archived")).toBe(2);
      expect((await paused()).toSorted()).toEqual(["#api", "C1"]);
      await resumeRules(store, workspace, ["archived"]);
    }
  });

  test("thousands of rules are paused in one step, each in the audit", async ({ store }) => {
    const words = Array.from({ length: 1_200 }, (_, index) => ({ channel: "#api", words: `acme/p${index} push` }));
    await syncFileRules(store, workspace, words);
    expect(await pauseRules(store, workspace, {}, "Slack: account_inactive")).toBe(1_200);
    const found = await listChanges(store, workspace, { limit: 5_000 });
    expect(found.filter(({ action }) => action === "pause")).toHaveLength(1_200);
  });

  test("rules.yml is in the audit, too", async ({ store }) => {
    const line = { channel: "#api", words: "acme/a push" };
    await syncFileRules(store, workspace, [line]);
    await syncFileRules(store, workspace, [{ ...line, words: "acme/b push" }]);
    await syncFileRules(store, workspace, []);
    await syncFileRules(store, workspace, [{ ...line, words: "acme/b push" }]);
    expect((await changes(store)).map(([actor, action, , , words]) => [actor, action, words])).toEqual([
      ["rules.yml", "subscribe", "acme/a push"],
      ["rules.yml", "edit", "acme/b push"],
      ["rules.yml", "pause", "removed from rules.yml"],
      ["rules.yml", "resume", "acme/b push"],
    ]);
    expect(await rulesNaming(store, workspace, push().project)).toEqual([]);
  });

  test("hooks tell who made and changed them; nothing of their secrets is written down", async ({ store }) => {
    const hook = await addHook(store, gitlabHook(workspace, "gitlab", "CANARY-1"), ada);
    expect(hook.createdBy).toBe("U1");
    const change = () => ({ secrets: ["CANARY-2"] });
    await changeHook(store, workspace, hook.id, change, { actor: "U2" });
    await changeHook(store, workspace, hook.id, change, byTerminal);
    await removeHook(store, workspace, hook.id, ada);
    expect(await removeHook(store, workspace, hook.id, ada)).toBe(false);
    const found = await changes(store, "gitlab");
    expect(found).toEqual([
      ["U1", "connect", "gitlab", "C1", null],
      ["U2", "change", "gitlab", null, null],
      ["U1", "disconnect", "gitlab", "C1", null],
    ]);
    expect(JSON.stringify(found)).not.toContain("CANARY");
  });

  test("a rotation is written down as what it is; to finish an older one drops nothing", async ({ store }) => {
    const hook = await addHook(store, gitlabHook(workspace, "gitlab", "CANARY-0"), ada);
    let count = 0;
    const secret = () => `CANARY-${++count}`;
    const newSecret = { token: secret, basic: secret, signed: secret, hmac: secret };
    const first = await rotateHook(store, hook, newSecret, ada);
    const second = await rotateHook(store, hook, newSecret, ada);
    await expect(finishRotation(store, first, ada)).rejects.toThrow("“gitlab” got another secret meanwhile.");
    expect((await listHooks(store, workspace))[0]?.secrets).toEqual(["CANARY-2", "CANARY-1", "CANARY-0"]);
    expect((await finishRotation(store, second, ada)).secrets).toEqual(["CANARY-2"]);
    const found = await changes(store, "gitlab");
    expect(found.map(([, action]) => action)).toEqual(["connect", "rotate", "rotate", "finish"]);
    expect(JSON.stringify(found)).not.toContain("CANARY");
  });

  test("of changes of a hook at once none is lost, and a name is used once", async ({ place, store }) => {
    const stores = [store, await place.another(), await place.another()];
    const hook = await addHook(store, gitlabHook(workspace, "gitlab", "s0"));
    const add = (one: Store, secret: string) =>
      changeHook(one, workspace, hook.id, ({ secrets }) => ({ secrets: [secret, ...secrets] }));
    await Promise.all(stores.map((one, index) => add(one, `s${index + 1}`)));
    expect((await listHooks(store, workspace))[0]?.secrets.toSorted()).toEqual(["s0", "s1", "s2", "s3"]);
    const made = await Promise.allSettled(stores.map((one) => addHook(one, gitlabHook(workspace, "new", "s"))));
    expect(made.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(String(made.find((one) => one.status === "rejected")?.reason)).toContain("There is a hook named “new”");
    await Promise.all(stores.map((one) => putHook(one, { ...gitlabHook(workspace, "file", "s"), origin: "file" })));
    expect(await listHooks(store, workspace)).toHaveLength(3);
  });
});
