import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Pace } from "../../src/pace.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { type EndedSend, finishSends, type SendResult } from "../../src/store/finish-sends.ts";
import { LeaseLost, returnHook, takeHook } from "../../src/store/hook-leases.ts";
import { untilNextLane } from "../../src/store/lanes.ts";
import { listMessages } from "../../src/store/messages.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import type { LaneChange } from "../../src/store/return-lanes.ts";
import type { Store } from "../../src/store/store.ts";
import { type Taken, takeMessages } from "../../src/store/take-message.ts";
import { addWorker, freeForgotten, keepWorker, silence, sweepWorkers } from "../../src/store/workers.ts";
import { push } from "../rules/events.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

/** Lanes and hooks among several workers, on each engine; the workers of PostgreSQL have connections of their own. */

const unpaced = { channel: undefined, posts: undefined };
const sent: SendResult = { state: "sent", sent: { text: "said", blocks: [] }, ts: "1.0" };

describe.each(engines)("on %s:", (engine) => {
  let place: StorePlace;
  let time: number;
  let one: Store;
  let other: Store;
  beforeEach(async () => {
    place = await newStorePlace(engine);
    time = Date.now();
    const now = () => new Date(time);
    one = { ...(await place.open()), now };
    other = { ...(await place.another()), now };
  });
  afterEach(() => place.remove());

  async function say(workspace: string, channel: string, count: number): Promise<void> {
    const { id } = await addRule(one, workspace, "command", { channel, words: "** push" });
    const message = { workspace, channel, delivery: "d", rule: id, event: push() };
    await one.db.transaction().execute((trx) => addMessages(one, trx, Array(count).fill(message)));
  }

  const takeAll = (store: Store, worker: string, pace: Paces = unpaced, most = 99, without: string[] = []) =>
    takeMessages(store, { most, without }, { worker, pace, collectBefore: undefined });
  const take = async (store: Store, worker: string, pace: Paces = unpaced) =>
    (await takeAll(store, worker, pace, 1)).taken[0];
  const finish = (store: Store, taken: Taken, change: LaneChange = { ready: time }) =>
    finishSends(store, [{ ...taken, result: sent, change, end: { end: "passed" } }]);
  const states = async () =>
    (await listMessages(one, { workspace: "acme", limit: 99 })).reverse().map(({ state }) => state);

  test("a lane is one worker's until it is given back", async () => {
    await say("acme", "#api", 2);
    const taken = await take(one, "w1");
    expect(taken?.message.state).toBe("uncertain");
    expect(await take(other, "w2")).toBeUndefined();
    if (taken) await finish(one, taken);
    expect(await states()).toEqual(["sent", "pending"]);
    expect((await take(other, "w2"))?.lane.worker).toBe("w2");
  });

  test("of many who try at once one gets it", async () => {
    await say("acme", "#api", 1);
    const tries = await Promise.all(
      Array.from({ length: 10 }, (_, index) => take(index % 2 ? one : other, `w${index}`)),
    );
    expect(tries.filter(Boolean)).toHaveLength(1);
  });

  test("a worker that is silent loses its lane; what it writes when it wakes up counts for nothing", async () => {
    await say("acme", "#api", 2);
    const frozen = await addWorker(one);
    const taken = await take(one, frozen);
    time += silence + 1_000;
    const awake = await addWorker(other);
    await sweepWorkers(other, silence);
    expect(await keepWorker(one, frozen)).toBe(false);
    const again = await take(other, awake);
    expect([again?.message.id, again?.begun]).toEqual([taken?.message.id, false]);
    if (!again || !taken) throw new Error("not taken");
    // The new owner settles it; the old one comes late and changes neither the message nor the lane.
    await finishSends(other, [{ ...again, result: { state: "dead", reason: "test" }, change: { ready: time } }]);
    await finishSends(one, [{ ...taken, result: { state: "retry", reason: "late" }, change: { ready: "rest" } }]);
    expect(await states()).toEqual(["dead", "pending"]);
    expect(await take(other, awake)).toBeDefined();
  });

  test("a post that came through is noted by a worker that was given up, if nobody has begun it again", async () => {
    await say("acme", "#api", 1);
    const frozen = await addWorker(one);
    const taken = await take(one, frozen);
    time += silence + 1_000;
    await sweepWorkers(other, silence);
    if (taken) await finish(one, taken);
    expect(await states()).toEqual(["sent"]);
    expect(await take(other, "w2")).toBeUndefined();
  });

  test("what a worker holds and does not work on is free again", async () => {
    await say("acme", "#api", 1);
    await say("acme", "#busy", 1);
    expect((await takeAll(one, "w1")).taken).toHaveLength(2);
    const held = {
      isAtLane: (_: string, channel: string) => channel === "#busy",
      isAtHook: () => false,
      isAtCard: () => false,
    };
    // What has just been taken may be in the store before its worker knows: it is not forgotten yet.
    const idle = await freeForgotten(one, "w1", held);
    expect((await takeAll(one, "w1")).taken).toEqual([]);
    await freeForgotten(one, "w1", held, idle);
    expect((await takeAll(one, "w1")).taken.map(({ lane }) => lane.channel)).toEqual(["#api"]);
  });

  test("a lane that is empty rests, and wakes with the next message", async () => {
    await say("acme", "#api", 1);
    const taken = await take(one, "w1");
    if (taken) await finish(one, taken);
    expect(await take(one, "w1")).toBeUndefined();
    expect(await untilNextLane(one, "post", new Date(time))).toBeUndefined();
    await say("acme", "#api", 1);
    expect(await take(one, "w1")).toBeDefined();
  });

  test("a workspace with many lanes does not keep another waiting", async () => {
    for (let index = 0; index < 5; index++) await say("large", `#c${index}`, 1);
    time += 1_000;
    await say("small", "#api", 1);
    const { taken } = await takeAll(one, "w1", unpaced, 3);
    expect(taken.map(({ lane }) => lane.workspace).sort()).toEqual(["large", "large", "small"]);
    expect((await takeAll(one, "w1", unpaced, 9, ["large"])).taken).toEqual([]);
    expect((await takeAll(one, "w1")).taken).toHaveLength(3);
  });

  test("a shorter wait that Slack asked of an earlier call does not end a longer one; the probe's answer does", async () => {
    const pace = { channel: undefined, posts: { interval: 1, burst: 99 } };
    for (const channel of ["#a", "#b", "#c"]) await say("acme", channel, 2);
    const { taken } = await takeAll(one, "w1", pace);
    const limit = (one_: Taken | undefined, wait: number): EndedSend[] =>
      one_
        ? [
            {
              ...one_,
              result: { state: "retry", reason: "ratelimited" },
              change: { ready: time },
              end: { end: "limited", wait },
            },
          ]
        : [];
    await finishSends(one, limit(taken[0], 60_000));
    await finishSends(one, limit(taken[1], 1_000));
    expect(await untilNextLane(one, "post", new Date(time))).toBe(60_000);
    time += 60_000;
    const { taken: probe } = await takeAll(one, "w1", pace);
    expect(probe).toHaveLength(1);
    await finishSends(one, limit(probe[0], 5_000));
    expect(await untilNextLane(one, "post", new Date(time))).toBe(5_000);
  });

  test("a channel's pace is kept among workers, its burst included", async () => {
    await say("acme", "#api", 6);
    const pace = { channel: { interval: 1_000, burst: 2 }, posts: undefined };
    const began = time;
    const times: number[] = [];
    for (let tries = 0; times.length < 6 && tries < 60; tries++) {
      const store = tries % 2 ? one : other;
      const taken = await take(store, `w${tries % 2}`, pace);
      if (!taken) {
        time += 100;
        continue;
      }
      times.push(time - began);
      const fullAt = Math.max(taken.lane.fullAt, time) + 1_000;
      await finish(store, taken, { ready: Math.max(time, fullAt - 1_000), fullAt });
    }
    expect(times).toEqual([0, 0, 1_000, 2_000, 3_000, 4_000]);
  });

  test("a workspace's pace is kept over all its channels and workers; another workspace has its own", async () => {
    for (const channel of ["#a", "#b", "#c", "#d"]) await say("acme", channel, 1);
    await say("other", "#a", 1);
    const pace = { channel: undefined, posts: { interval: 1_000, burst: 2 } };
    /** Who loses the race for a token looks again. */
    const all = async () => {
      const taken: Taken[] = [];
      for (let tries = 0; tries < 5; tries++) {
        const both = await Promise.all([takeAll(one, "w1", pace), takeAll(other, "w2", pace)]);
        taken.push(...both.flatMap((found) => found.taken));
      }
      return taken.map(({ lane }) => lane.workspace).sort();
    };
    expect(await all()).toEqual(["acme", "acme", "other"]);
    expect(await untilNextLane(one, "post", new Date(time))).toBe(1_000);
    time += 1_000;
    expect(await all()).toEqual(["acme"]);
  });
});

describe("a hook on PostgreSQL", () => {
  let place: StorePlace;
  beforeEach(async () => {
    place = await newStorePlace("postgres");
  });
  afterEach(() => place.remove());
  const hook = { workspace: "acme", hook: "h" };

  test("is read by one worker at a time", async () => {
    const [one, other] = [await place.open(), await place.open()];
    const tries = await Promise.all([1, 2, 3, 4].map((index) => takeHook(index % 2 ? one : other, `w${index}`, hook)));
    const [lease] = tries.filter((found) => found !== undefined);
    expect(tries.filter(Boolean)).toHaveLength(1);
    if (lease) await one.db.transaction().execute((trx) => returnHook(one, trx, lease));
    expect((await takeHook(other, "w9", hook))?.fence).toBe(2);
  });

  test("that another worker reads by now takes nothing of the first one, and all of its transaction is undone", async () => {
    const [one, other] = [await place.open(), await place.open()];
    const lease = await takeHook(one, "gone", hook);
    await sweepWorkers(other, silence);
    const next = await takeHook(other, "w2", hook);
    expect(next?.fence).toBe(2);
    const write = one.db.transaction().execute(async (trx) => {
      await trx.insertInto("workspaces").values({ id: "undone", chat: "slack", created_at: "2026" }).execute();
      if (lease) await returnHook(one, trx, lease);
    });
    await expect(write).rejects.toThrow(LeaseLost);
    expect(await one.db.selectFrom("workspaces").selectAll().execute()).toEqual([]);
  });
});

interface Paces {
  channel: Pace | undefined;
  posts: Pace | undefined;
}
