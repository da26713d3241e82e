import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRespond } from "../../src/app/respond.ts";
import { turnReplies } from "../../src/app/turn.ts";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { addRule } from "../../src/store/change-rules.ts";
import type { Store } from "../../src/store/store.ts";
import { addWaitingReply } from "../../src/store/waiting-replies.ts";
import { putWorkspace } from "../../src/store/workspaces.ts";
import { createFakeSlack, type FakeSlack } from "../support/fake-slack.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

/** When “waiting for the first delivery” becomes “working”. */

const team = "T0ACME";
const half = 30 * 60_000;

describe.each(engines)("on %s:", (engine) => {
  let fake: FakeSlack;
  let place: StorePlace;
  let store: Store;
  let logged: unknown[];
  /** milliseconds by which the clock is ahead */
  let ahead: number;
  let rule: string;
  let path: string;

  beforeEach(async () => {
    fake = await createFakeSlack();
    place = await newStorePlace(engine);
    const opened = await place.open();
    ahead = 0;
    store = { ...opened, now: () => new Date(opened.now().getTime() + ahead) };
    logged = [];
    await putWorkspace(store, { id: team, token: "xoxb-acme" });
    rule = (await addRule(store, team, "command", { channel: "C0API", words: "group/project push" })).id;
    path = fake.responses.open("commands", { team, channel: "C0API", user: "U0ACMEBOB" });
  });
  afterEach(async () => {
    await place.remove();
    await fake.close();
  });

  const wait = (address = path) =>
    addWaitingReply(
      store,
      { workspace: team, rule, address: `${fake.origin}${address}` },
      new Date(store.now().getTime() + half),
    );
  const turn = (own = store) => {
    const note = (...words: unknown[]) => void logged.push(words);
    const log = { debug: note, info: note, warn: note, error: note };
    return turnReplies({ store: own, respond: createRespond(fake.url), log });
  };
  async function deliver(project: string, workspace = team): Promise<void> {
    ahead += 60_000;
    const [row] = await addDeliveries(store, [
      {
        ...{ workspace, hook: "h", forge: "gitlab", brand: undefined, key: crypto.randomUUID(), headers: {} },
        body: Buffer.from("{}"),
        received: { id: crypto.randomUUID(), at: store.now().toISOString() },
      },
    ]);
    const change = store.db.updateTable("deliveries").set({ project, state: "event" });
    await change.where("id", "=", row?.id ?? "").execute();
  }
  const replies = () => fake.responses.replies(path);
  const waiting = () => store.db.selectFrom("waiting_replies").select("rule_id").execute();

  test("it is said once that something has arrived since, in a message of its own", async () => {
    await wait();
    await turn();
    expect(replies()).toEqual([]);
    await deliver("group/project");
    await turn();
    await turn();
    expect(replies()).toMatchObject([
      {
        text: `Working: the first delivery of \`group/project\` has arrived. Rule \`${rule}\` posts here what fits it:\n\`group/project push\``,
        replaces: false,
        responseType: "ephemeral",
        result: "ok",
      },
    ]);
    expect(await waiting()).toEqual([]);
    expect(logged).toEqual([]);
  });

  test("of two processes at once one answers", async () => {
    await wait();
    await deliver("group/project");
    const other = { ...(await place.open()), now: store.now };
    await Promise.all([turn(), turn(other), turn(), turn(other)]);
    expect(replies().length).toBe(1);
  });

  test("another project's and another workspace's do not count", async () => {
    await wait();
    await deliver("group/other");
    await deliver("group/project", "T0OTHER");
    await turn();
    expect(replies()).toEqual([]);
    await deliver("group/project");
    await turn();
    expect(replies().length).toBe(1);
  });

  test("nothing is answered after the time in which Slack takes it", async () => {
    await wait();
    ahead += half;
    await deliver("group/project");
    await turn();
    expect(replies()).toEqual([]);
  });

  test("nor for a rule that was paused meanwhile", async () => {
    await wait();
    await deliver("group/project");
    await store.db.updateTable("rules").set({ paused: "by hand" }).execute();
    await turn();
    expect(replies()).toEqual([]);
  });

  test("nor for a rule that is gone", async () => {
    await wait();
    await deliver("group/project");
    await store.db.deleteFrom("rules").execute();
    await turn();
    expect(replies()).toEqual([]);
  });

  test("an address that is used up is left; the others are answered", async () => {
    const second = await addRule(store, team, "command", { channel: "C0API", words: "group/* push" });
    const other = fake.responses.open("commands", { team, channel: "C0API", user: "U0ACMEBOB" });
    for (let use = 0; use < 5; use++) fake.responses.respond(path, { text: "x" });
    await wait();
    rule = second.id;
    await wait(other);
    await deliver("group/project");
    await turn();
    await turn();
    expect(replies().map(({ result }) => result)).toEqual([...Array(5).fill("ok"), "used_url"]);
    expect(fake.responses.replies(other)).toMatchObject([{ result: "ok" }]);
    expect(logged.length).toBe(1);
    expect(JSON.stringify(logged)).not.toContain(path);
  });
});
