import { describe, expect } from "vitest";
import { listChanges } from "../../src/store/audit.ts";
import { addRule, pauseRule } from "../../src/store/change-rules.ts";
import { dropMessage, listMessages } from "../../src/store/messages.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import { findUntold, resumeRules } from "../../src/store/pause-rules.ts";
import { findRule } from "../../src/store/rules.ts";
import type { Store } from "../../src/store/store.ts";
import { takeMessages } from "../../src/store/take-message.ts";
import { uninstall } from "../../src/store/uninstall.ts";
import {
  ensureTeam,
  ensureWorkspace,
  findToken,
  findWorkspace,
  hasTokens,
  listWorkspaces,
  previewWorkspace,
  putWorkspace,
} from "../../src/store/workspaces.ts";
import { push } from "../rules/events.ts";
import { engines, testOn } from "../support/stores.ts";

const reason = "Belfry was uninstalled";
const later = (store: Store, milliseconds: number): Store => ({
  ...store,
  now: () => new Date(Date.now() + milliseconds),
});

const removedAt = async (store: Store, id: string) => (await findWorkspace(store, id))?.removed_at;

async function fill(store: Store, workspace: string) {
  const rules = [];
  for (const words of ["** push", "** issue"])
    rules.push(await addRule(store, workspace, "command", { channel: "C1", words }));
  const [active, paused] = rules;
  if (!active || !paused) throw new Error("two rules");
  await pauseRule(store, workspace, paused.id, "by hand");
  const message = { workspace, channel: "C1", delivery: "d", rule: active.id, event: push() };
  await store.db.transaction().execute((trx) => addMessages(store, trx, Array(3).fill(message)));
  const [, dropped] = await listMessages(store, { workspace, limit: 9 });
  await dropMessage(store, workspace, dropped?.id ?? "");
  return async () => ({
    rules: await Promise.all([active, paused].map(async ({ id }) => (await findRule(store, workspace, id))?.paused)),
    messages: (await listMessages(store, { workspace, limit: 9 })).map((one) => `${one.state}: ${one.reason}`),
  });
}

const untouched = {
  rules: [undefined, "by hand"],
  messages: ["pending: null", "suppressed: dropped by hand", "pending: null"],
};
const gone = {
  rules: [reason, "by hand"],
  messages: [`suppressed: ${reason}`, "suppressed: dropped by hand", `suppressed: ${reason}`],
};

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("a workspace that is gone has no token, no active rule and nothing to send; others have", async ({ store }) => {
    for (const id of ["T1", "T2"]) await putWorkspace(store, { id, token: `xoxb-${id}`, name: id });
    const [one, two] = [await fill(store, "T1"), await fill(store, "T2")];
    expect(await uninstall(store, "T1", reason)).toEqual(["T1"]);
    expect(await one()).toEqual(gone);
    expect(await two()).toEqual(untouched);
    expect([await findToken(store, "T1"), await findToken(store, "T2")]).toEqual([undefined, "xoxb-T2"]);
    const rows = await store.db.selectFrom("workspaces").select(["id", "token"]).orderBy("id").execute();
    expect(rows.map(({ token }) => token !== null)).toEqual([false, true]);
    expect(await listWorkspaces(store)).toEqual([{ id: "T2", name: "T2" }]);
    // Nobody can be told.
    expect(await findUntold(store)).toEqual([]);
    const changes = await listChanges(store, "T1", { limit: 2 });
    expect(changes.map(({ actor, action, words }) => [actor, action, words])).toEqual([
      ["Slack", "uninstall", reason],
      ["Slack", "pause", reason],
    ]);
    const options = { worker: "w", pace: { channel: undefined, posts: undefined }, collectBefore: undefined };
    const { taken } = await takeMessages(store, { most: 9, without: [] }, options);
    expect(taken.map(({ lane }) => lane.workspace)).toEqual(["T2"]);
  });

  test("Slack says it more than once: the first time counts", async ({ store }) => {
    await putWorkspace(store, { id: "T1", token: "xoxb-1" });
    await uninstall(store, "T1", reason);
    const before = await removedAt(store, "T1");
    expect(await uninstall(later(store, 60_000), "T1", reason)).toEqual(["T1"]);
    expect(await removedAt(store, "T1")).toBe(before);
  });

  test("what is not there, or is the preview, is left alone", async ({ store }) => {
    await ensureWorkspace(store, previewWorkspace);
    expect(await uninstall(store, "T9", reason)).toEqual([]);
    expect(await uninstall(store, "preview", reason)).toEqual([]);
    expect(await removedAt(store, "preview")).toBeNull();
  });

  test("installed again it is as before, and its rules are resumed by their reason", async ({ store }) => {
    await putWorkspace(store, { id: "T1", token: "xoxb-1" });
    const one = await fill(store, "T1");
    await uninstall(store, "T1", reason);
    await putWorkspace(store, { id: "T1", token: "xoxb-new", name: "Acme", botUser: "B1", installer: "U1" });
    expect(await findToken(store, "T1")).toBe("xoxb-new");
    expect(await findWorkspace(store, "T1")).toMatchObject({
      ...{ name: "Acme", bot_user: "B1", installer: "U1", removed_at: null },
    });
    expect(await resumeRules(store, "T1", [reason])).toBe(1);
    expect((await one()).rules).toEqual(untouched.rules);
  });

  describe("an organization", () => {
    test.beforeEach(async ({ store }) => {
      await putWorkspace(store, { id: "E1", token: "xoxb-org" });
      await putWorkspace(store, { id: "T2", token: "xoxb-own" });
      for (const team of ["T1", "T2", "T3"]) await ensureTeam(store, team, "E1");
    });

    test("gives its token to the teams that have none of their own", async ({ store }) => {
      const tokens = await Promise.all(["T1", "T2", "E1"].map((id) => findToken(store, id)));
      expect(tokens).toEqual(["xoxb-org", "xoxb-own", "xoxb-org"]);
      expect((await listWorkspaces(store)).map(({ id }) => id).toSorted()).toEqual(["T1", "T2", "T3"]);
      expect(await hasTokens(store)).toBe(true);
    });

    test("takes its teams with it, but not those with a token of their own, and brings them back", async ({
      store,
    }) => {
      const [one, two] = [await fill(store, "T1"), await fill(store, "T2")];
      expect((await uninstall(store, "E1", reason)).toSorted()).toEqual(["E1", "T1", "T3"]);
      expect([await one(), await two()]).toEqual([gone, untouched]);
      expect([await findToken(store, "T1"), await findToken(store, "T2")]).toEqual([undefined, "xoxb-own"]);
      // A late request of a team does not bring it back.
      await ensureTeam(store, "T1", "E1");
      expect(await removedAt(store, "T1")).toBe(await removedAt(store, "E1"));
      await putWorkspace(store, { id: "E1", token: "xoxb-again" });
      expect([await findToken(store, "T1"), await removedAt(store, "T3")]).toEqual(["xoxb-again", null]);
    });

    test("may leave one team alone, which comes back by itself only", async ({ store }) => {
      const [one, three] = [await fill(store, "T1"), await fill(store, "T3")];
      expect(await uninstall(store, "T1", reason)).toEqual(["T1"]);
      expect([await one(), await three()]).toEqual([gone, untouched]);
      expect(await findToken(store, "T1")).toBeUndefined();
      await uninstall(later(store, 60_000), "E1", reason);
      await putWorkspace(store, { id: "E1", token: "xoxb-again" });
      expect([await findToken(store, "T1"), await findToken(store, "T3")]).toEqual([undefined, "xoxb-again"]);
      await ensureTeam(store, "T1", "E1");
      expect(await findToken(store, "T1")).toBe("xoxb-again");
    });
  });
});
