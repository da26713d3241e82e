import { afterAll, beforeAll, expect, test } from "vitest";
import { durationOf } from "../src/duration.ts";
import { addDeliveries } from "../src/store/add-deliveries.ts";
import { addMessages } from "../src/store/open-messages.ts";
import { finishDeliveries } from "../src/store/pending-deliveries.ts";
import { removeOld } from "../src/store/retention.ts";
import { openStore } from "../src/store/store.ts";
import { previewWorkspace } from "../src/store/workspaces.ts";
import { push } from "./rules/events.ts";
import { type Bench, createBench } from "./support/commands.ts";

let bench: Bench;
let delivery: string;
let copy: string;
let message: string;
beforeAll(async () => {
  bench = createBench();
  const store = await openStore({ data: bench.env["BELFRY_DATA"] ?? "" });
  const workspace = previewWorkspace.id;
  const sent = { workspace, hook: "h", forge: "gitlab", brand: undefined, headers: {}, body: Buffer.from("{}") };
  const stored = await addDeliveries(store, [
    { ...sent, key: "one" },
    { ...sent, key: "two" },
  ]);
  [delivery = "", copy = ""] = stored.map(({ id }) => id);
  await store.db.transaction().execute(async (trx) => {
    const reason = "the same event came through hook “group”";
    await finishDeliveries(store, trx, workspace, [
      { id: delivery, state: "event", kind: "push", eventKey: "e" },
      { id: copy, state: "duplicate", reason, duplicateOf: delivery, eventKey: "e" },
    ]);
    await addMessages(store, trx, [{ workspace, channel: "#api", delivery, rule: "r", event: push() }]);
  });
  await store.db.updateTable("messages").set({ state: "dead", finished_at: new Date().toISOString() }).execute();
  message = (await store.db.selectFrom("messages").select("id").executeTakeFirstOrThrow()).id;
  const inAWeek = new Date(Date.now() + 8 * 86_400_000);
  await removeOld(store, { bodies: 7 * 86_400_000, rows: 30 * 86_400_000 }, inAWeek);
  await store.close();
});
afterAll(() => bench.remove());

test("what the retention removed is told, and not tried", async () => {
  const removed = "its body was removed after 7 days (BELFRY_KEEP_BODIES)";
  expect((await bench.run("deliveries", "show", delivery)).out).toContain(`\n  ${removed}\n`);
  expect(await bench.json("deliveries", "show", delivery, "--body")).toMatchObject({ bodyProblem: removed });
  expect(await bench.run("deliveries", "replay", delivery)).toMatchObject({
    ...{ code: 1, err: `There is nothing left to read: ${removed}.\n` },
  });
  expect(await bench.run("messages", "retry", message)).toMatchObject({
    code: 1,
    err: `The content of message “${message}” was removed when it was older than BELFRY_KEEP_BODIES.\n`,
  });
  expect((await bench.run("messages", "retry", "--channel", "#api")).err).toContain("still has its content");
});

test("a copy names the delivery that told the event", async () => {
  expect(await bench.run("deliveries", "replay", copy)).toMatchObject({
    ...{ code: 1, err: `This delivery tells nothing new. Replay the first one instead: ${delivery}\n` },
  });
  expect((await bench.run("deliveries", "show", copy)).out).toContain("the same event came through hook “group”");
});

test.each([
  [604_800_000, "7 days"],
  [86_400_000, "1 day"],
  [129_600_000, "36 hours"],
  [5_400_000, "90 minutes"],
  [30_000, "30 seconds"],
])("%d milliseconds are %s", (milliseconds, words) => {
  expect(durationOf(milliseconds)).toBe(words);
});
