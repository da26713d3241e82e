import { describe, expect } from "vitest";
import { askFirst, takeConfirmed } from "../../src/store/confirmations.ts";
import { addNonce, takeNonce } from "../../src/store/nonces.ts";
import type { Store } from "../../src/store/store.ts";
import { addWaitingReply, listWaitingReplies, takeWaitingReply } from "../../src/store/waiting-replies.ts";
import { engines, testOn } from "../support/stores.ts";

/** What is used once is used once, also when several processes try at the same time. */

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const at = (store: Store, time: Date): Store => ({ ...store, now: () => time });

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine).extend("once", async ({ place, store }) => {
    const stores = [store, await place.another(), store, await place.another()];
    return async (attempt: (one: Store) => Promise<unknown>) =>
      (await Promise.all(stores.map(attempt))).filter((one) => one !== false && one !== undefined);
  });

  test("a key is noted once", async ({ store, once }) => {
    expect(await once((one) => addNonce(one, "request", minutes(5)))).toEqual([true]);
    expect(await addNonce(store, "request", minutes(5))).toBe(false);
    expect(await addNonce(store, "another", minutes(5))).toBe(true);
  });

  test("a key that was given out is used once, and in time", async ({ store, once }) => {
    await addNonce(store, "state", minutes(5));
    expect(await takeNonce(at(store, minutes(6)), "state")).toBe(false);
    expect(await takeNonce(store, "other")).toBe(false);
    expect(await once((one) => takeNonce(one, "state"))).toEqual([true]);
  });

  const asker = { workspace: "T1", channel: "C1", user: "U1" };

  test("a command is confirmed once, by who typed it, where it was typed, within ten minutes", async ({
    store,
    once,
  }) => {
    const id = await askFirst(store, asker, "unsubscribe abc");
    expect(id).toMatch(/^[\w-]{22}$/);
    for (const other of [{ workspace: "T2" }, { channel: "C2" }, { user: "U2" }])
      expect(await takeConfirmed(store, { ...asker, ...other }, id)).toBeUndefined();
    expect(await takeConfirmed(store, asker, "unknown")).toBeUndefined();
    expect(await takeConfirmed(at(store, minutes(11)), asker, id)).toBeUndefined();
    expect(await once((one) => takeConfirmed(one, asker, id))).toEqual(["unsubscribe abc"]);
  });

  const reply = { workspace: "T1", rule: "abc", address: "https://hooks.example.com/CANARY" };

  test("an answer that waits is given once, while Slack takes it; its address is encrypted", async ({
    store,
    once,
  }) => {
    await addWaitingReply(store, reply, minutes(30));
    const rows = await store.db.selectFrom("waiting_replies").selectAll().execute();
    expect(rows.map(({ address }) => Buffer.from(address).toString("latin1")).join()).not.toContain("CANARY");
    expect(await listWaitingReplies(at(store, minutes(31)))).toEqual([]);
    const [found] = await listWaitingReplies(store);
    expect(found).toMatchObject(reply);
    if (!found) throw new Error("nothing waits");
    expect(await once((one) => takeWaitingReply(one, found))).toEqual([true]);
  });

  test("a newer answer of the same rule takes the place of the old one, and is not taken for it", async ({ store }) => {
    await addWaitingReply(store, reply, minutes(30));
    const [old] = await listWaitingReplies(store);
    await addWaitingReply(at(store, minutes(1)), { ...reply, address: "https://hooks.example.com/new" }, minutes(30));
    const found = await listWaitingReplies(store);
    expect(found).toMatchObject([{ address: "https://hooks.example.com/new" }]);
    if (!old || !found[0]) throw new Error("nothing waits");
    expect([await takeWaitingReply(store, old), await takeWaitingReply(store, found[0])]).toEqual([false, true]);
  });

  test("a damaged row stops no other", async ({ store }) => {
    await addWaitingReply(store, reply, minutes(30));
    await store.db
      .updateTable("waiting_replies")
      .set({ address: Buffer.from("damaged") })
      .execute();
    await addWaitingReply(store, { ...reply, rule: "def" }, minutes(30));
    expect(await listWaitingReplies(store)).toMatchObject([{ rule: "def" }]);
  });
});
