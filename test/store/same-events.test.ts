import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { findDelivery, replayDelivery } from "../../src/store/deliveries.ts";
import { addHook, removeHook } from "../../src/store/hooks.ts";
import { finishDeliveries } from "../../src/store/pending-deliveries.ts";
import { type Repeat, repeatedEvents } from "../../src/store/same-events.ts";
import type { Store } from "../../src/store/store.ts";
import { gitlabHook } from "../support/hook.ts";
import { watchQueries } from "../support/plans.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

const day = 86_400_000;

describe.each(engines)("%s", (engine) => {
  let place: StorePlace;
  let store: Store;
  let workspace: string;
  let hooks: Record<"group" | "project" | "system", string>;
  let count = 0;
  beforeAll(async () => {
    place = await newStorePlace(engine);
    store = await place.open();
  });
  afterAll(() => place.remove());
  beforeEach(async () => {
    workspace = `workspace ${count++}`;
    const add = async (name: string) => (await addHook(store, gitlabHook(workspace, name, "s"))).id;
    hooks = { group: await add("group"), project: await add("project"), system: await add("system") };
  });

  interface Sent {
    hook?: string;
    key?: string;
    body?: string;
    event?: string;
    timed?: boolean;
    of?: string;
    /** milliseconds ago */
    age?: number;
  }

  /** Stores deliveries of one hook. @returns their ids */
  async function deliver(hook: string, sent: readonly Sent[]): Promise<string[]> {
    const stored = await addDeliveries(
      store,
      sent.map(({ key = `id ${count++}`, body = "{}", age = 0, of = workspace }) => ({
        ...{ workspace: of, hook, forge: "gitlab", brand: undefined, key, headers: {}, body: Buffer.from(body) },
        received: { id: crypto.randomUUID(), at: new Date(Date.now() - age).toISOString() },
      })),
    );
    return stored.map(({ id }) => id);
  }

  /** What reading them finds, as the reader writes it. */
  const readIn = (from: Store, hook: string, ids: readonly string[], sent: readonly Sent[]) =>
    from.db.transaction().execute(async (trx) => {
      const events = ids.map((delivery, at) => ({
        delivery,
        key: sent[at]?.event ?? "event",
        timed: sent[at]?.timed ?? false,
      }));
      const of = sent[0]?.of ?? workspace;
      const repeats = await repeatedEvents(from, trx, { workspace: of, hook, events });
      for (const { delivery: id, key } of events) {
        const repeat = repeats.get(id);
        const state = repeat ? "duplicate" : "event";
        const told = { reason: repeat?.reason, duplicateOf: repeat?.of };
        await finishDeliveries(from, trx, of, [{ id, state, eventKey: repeat ? repeat.key : key, ...told }]);
      }
      return repeats;
    });

  /** Stores and reads them in one batch: for each the delivery that it repeats. */
  async function send(hook: string, ...sent: Sent[]) {
    const ids = await deliver(hook, sent);
    const repeats = await readIn(store, hook, ids, sent);
    return ids.map((id) => ({ id, repeat: repeats.get(id) as Repeat | undefined }));
  }
  const isNews = async (hook: string, ...sent: Sent[]) =>
    (await send(hook, ...sent)).map(({ repeat }) => repeat === undefined);

  test("an event through two hooks is told once, with the name of the hook that told it", async () => {
    const [first] = await send(hooks.group, {});
    const [second] = await send(hooks.project, {});
    const [third] = await send(hooks.system, {});
    expect(first?.repeat).toBeUndefined();
    const reason = "the same event came through hook “group”";
    expect(second?.repeat).toEqual({ of: first?.id, reason, key: "event" });
    expect(third?.repeat).toEqual({ of: first?.id, reason, key: "event" });
    expect(await findDelivery(store, workspace, second?.id ?? "")).toMatchObject({
      ...{ state: "duplicate", reason, duplicate_of: first?.id, event_key: "event" },
    });
  });

  test("other events, other workspaces and events of one hook are news", async () => {
    await send(hooks.group, {});
    expect(await isNews(hooks.project, { event: "other" })).toEqual([true]);
    expect(await isNews(hooks.group, {}, {})).toEqual([true, true]);
    expect(await isNews("their hook", { of: "other workspace" })).toEqual([true]);
  });

  test("a push from A to B, back, and again is told three times, whichever hook is faster", async () => {
    const pushes: Sent[] = [{ event: "AB" }, { event: "BA" }, { event: "AB" }];
    expect(await isNews(hooks.group, ...pushes)).toEqual([true, true, true]);
    expect(await isNews(hooks.project, ...pushes)).toEqual([false, false, false]);
    // The next time through the slower hook first.
    expect(await isNews(hooks.project, { event: "BA" }, { event: "AB" })).toEqual([true, true]);
    expect(await isNews(hooks.group, { event: "BA" }, { event: "AB" })).toEqual([false, false]);
  });

  test("each of two that are the same repeats its own", async () => {
    const [one, two] = await send(hooks.group, {}, {});
    const again = await send(hooks.project, {}, {}, {});
    expect(again.map(({ repeat }) => repeat?.of)).toEqual([one?.id, two?.id, undefined]);
  });

  test("what a hook lost is told by the other one", async () => {
    expect(await isNews(hooks.group, {})).toEqual([true]);
    expect(await isNews(hooks.project, {}, {})).toEqual([false, true]);
    expect(await isNews(hooks.system, {}, {}, {})).toEqual([false, false, true]);
  });

  test("a day later it is news; one that waited long counts from when it arrived", async () => {
    await send(hooks.group, { age: day + 1_000 });
    expect(await isNews(hooks.project, {})).toEqual([true]);
    await send(hooks.group, { event: "late", age: day - 60_000 });
    expect(await isNews(hooks.project, { event: "late" })).toEqual([false]);
    await send(hooks.group, { event: "early" });
    expect(await isNews(hooks.project, { event: "early", age: day - 60_000 })).toEqual([false]);
    expect(await isNews(hooks.project, { event: "early", age: day + 60_000 })).toEqual([true]);
  });

  test("at the edge of the day nothing is lost", async () => {
    // Both hooks told it a day ago, one of them just outside of the day.
    await send(hooks.project, { age: day + 60_000 });
    await send(hooks.group, { age: day - 60_000 });
    expect(await isNews(hooks.project, {})).toEqual([true]);
  });

  test("what is replayed is told again, and counts once", async () => {
    await send(hooks.group, {});
    const [copy, own] = await send(hooks.project, {}, {});
    expect([copy?.repeat?.key, own?.repeat]).toEqual(["event", undefined]);
    const id = own?.id ?? "";
    for (let times = 0; times < 2; times++) {
      expect(await replayDelivery(store, workspace, id)).toBe(true);
      expect(await readIn(store, hooks.project, [id], [{}])).toEqual(new Map());
      expect(await findDelivery(store, workspace, id)).toMatchObject({ state: "event", reason: null });
    }
    expect(await replayDelivery(store, workspace, copy?.id ?? "")).toBe(false);
    expect(await isNews(hooks.group, {}, {})).toEqual([false, true]);
  });

  test("the forge's own id of what another hook told stays known", async () => {
    await send(hooks.group, {});
    const [copy] = await send(hooks.project, { key: "webhook-id:1" });
    expect(copy?.repeat).toBeDefined();
    const [again] = await deliver(hooks.project, [{ key: "webhook-id:1" }]);
    expect(await findDelivery(store, workspace, again ?? "")).toMatchObject({
      ...{ state: "duplicate", duplicate_of: copy?.id, reason: "sent again by the forge" },
    });
    expect(await isNews(hooks.group, {})).toEqual([true]);
  });

  test("a hook that was removed has no name", async () => {
    await send(hooks.group, {});
    await removeHook(store, workspace, hooks.group);
    const [copy] = await send(hooks.project, {});
    expect(copy?.repeat?.reason).toBe("the same event came through a hook that was removed");
  });

  describe("a forge without ids sends late again", () => {
    const minutes = (age: number, more: Sent = {}): Sent => ({
      key: "body:1",
      age: age * 60_000,
      timed: true,
      ...more,
    });

    test("what tells its time is told once within a day", async () => {
      const [first] = await send(hooks.group, minutes(1_430));
      const [late] = await send(hooks.group, minutes(700));
      expect(late?.repeat).toEqual({ of: first?.id, reason: "sent again by the forge", key: undefined });
      expect((await send(hooks.group, minutes(30)))[0]?.repeat?.of).toBe(first?.id);
      // It was one event, however often it was sent.
      expect(await isNews(hooks.project, minutes(0), minutes(0, { key: "body:2", body: "[]" }))).toEqual([false, true]);
    });

    test("after a day, with another body or with an id it is news", async () => {
      await send(hooks.group, minutes(1_445));
      expect(await isNews(hooks.group, minutes(0))).toEqual([true]);
      expect(await isNews(hooks.group, minutes(0, { key: "body:2", body: "[]" }))).toEqual([true]);
      expect(await isNews(hooks.group, minutes(0, { key: "webhook-id:1" }))).toEqual([true]);
    });

    test("what may happen again is told again", async () => {
      const untimed = (age: number) => minutes(age, { timed: false });
      expect(await isNews(hooks.group, untimed(60))).toEqual([true]);
      expect(await isNews(hooks.group, untimed(40))).toEqual([true]);
    });
  });

  test("readers of two hooks at once, each with its own store: one of them tells it", async () => {
    // A second connection of one thread would wait for the first one for ever.
    const other = engine === "sqlite" ? store : await place.open();
    for (let round = 0; round < 10; round++) {
      const sent = Array.from({ length: 5 }, (_, at) => ({ event: `round ${round} event ${at}` }));
      const group = await deliver(hooks.group, sent);
      const project = await deliver(hooks.project, sent.toReversed());
      const both = await Promise.all([
        readIn(store, hooks.group, group, sent),
        readIn(other, hooks.project, project, sent.toReversed()),
      ]);
      expect(both.map(({ size }) => size).sort()).toEqual([0, 5]);
    }
  });

  test.runIf(engine === "sqlite")("it looks through the indexes only", async () => {
    const [id = ""] = await deliver(hooks.group, [{}]);
    await send(hooks.project, {});
    const { watched, plan } = watchQueries(store);
    const events = [{ delivery: id, key: "event", timed: true }];
    await watched.db
      .transaction()
      .execute((trx) => repeatedEvents(watched, trx, { workspace, hook: hooks.group, events }));
    expect((await plan()).filter((step) => step.startsWith("SEARCH"))).toEqual([
      expect.stringMatching(/^SEARCH deliveries USING INDEX \S+ \(workspace_id=\? AND id=\?\)$/),
      "SEARCH deliveries USING INDEX deliveries_event (workspace_id=? AND event_key=?)",
      expect.stringMatching(/^SEARCH hooks USING INDEX \S+ \(workspace_id=\? AND id=\?\)$/),
    ]);
    // The given keys are gone through, and no table.
    expect((await plan()).filter((step) => /^SCAN (?!json_each)/.test(step))).toEqual([]);
  });
});
