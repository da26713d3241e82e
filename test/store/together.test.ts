import { describe, expect } from "vitest";
import { addRule } from "../../src/store/change-rules.ts";
import { finishSends } from "../../src/store/finish-sends.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import type { Store } from "../../src/store/store.ts";
import { takeMessages } from "../../src/store/take-message.ts";
import { push } from "../rules/events.ts";
import { watchQueries } from "../support/plans.ts";
import { engines, testOn } from "../support/stores.ts";

/** Lanes are taken and given back together: how many they are makes no more statements. */

const options = { worker: "w", pace: { channel: undefined, posts: undefined }, collectBefore: undefined };

/** Puts a message into each of so many lanes of two workspaces. */
async function fill(store: Store, lanes: number): Promise<void> {
  for (const workspace of ["acme", "other"]) {
    const { id } = await addRule(store, workspace, "command", { channel: "#api", words: "** push" });
    const message = { workspace, delivery: "d", rule: id, event: push() };
    const messages = Array.from({ length: lanes / 2 }, (_, at) => ({ ...message, channel: `#c${at}` }));
    await store.db.transaction().execute((trx) => addMessages(store, trx, messages));
  }
}

/** Sends what is next in all lanes. @returns how many lanes and how many statements that took */
async function sendAll(store: Store) {
  const { watched, rows } = watchQueries(store);
  const { taken, lanes } = await takeMessages(watched, { most: 99, without: [] }, options);
  const [sent, ready] = [{ text: "said", blocks: [] }, store.now().getTime()];
  const ended = taken.map((one, at) => ({
    ...one,
    ...{ result: { state: "sent" as const, sent, ts: `${at}.0` }, change: { ready }, end: { end: "passed" as const } },
  }));
  await finishSends(watched, ended);
  return { taken: taken.length, lanes, statements: rows().length };
}

describe.each(engines)("lanes on %s", (engine) => {
  const test = testOn(engine);

  test("are sent from with the same statements, be they two or forty", async ({ store }) => {
    await fill(store, 2);
    // The first calls of a workspace also make the row of its pace.
    await sendAll(store);
    await fill(store, 2);
    const few = await sendAll(store);
    await fill(store, 40);
    const many = await sendAll(store);
    expect([few.taken, many.taken]).toEqual([2, 40]);
    expect(many.statements).toBe(few.statements);
  });

  test("rest when nothing waits in them any more, and are not looked into again", async ({ store }) => {
    await fill(store, 4);
    await fill(store, 2);
    expect(await sendAll(store)).toMatchObject({ taken: 4, lanes: 4 });
    expect(await sendAll(store)).toMatchObject({ taken: 2, lanes: 2 });
    expect(await sendAll(store)).toMatchObject({ taken: 0, lanes: 0 });
  });

  test("that must wait keep their time when nothing waits in them: what comes waits as well", async ({ store }) => {
    await fill(store, 2);
    const { taken } = await takeMessages(store, { most: 99, without: [] }, options);
    const change = { ready: store.now().getTime() + 60_000 };
    const result = { state: "sent" as const, sent: undefined, ts: "1.0" };
    await finishSends(
      store,
      taken.map((one) => ({ ...one, result, change })),
    );
    await fill(store, 2);
    expect(await sendAll(store)).toMatchObject({ taken: 0, lanes: 0 });
  });
});
