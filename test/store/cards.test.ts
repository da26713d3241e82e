import { sql } from "kysely";
import { describe, expect } from "vitest";
import { type CardPlace, findPlaces } from "../../src/store/card-places.ts";
import { findCards, takeOver } from "../../src/store/cards.ts";
import { pauseRule } from "../../src/store/change-rules.ts";
import { editEvery } from "../../src/store/edit-every.ts";
import { type EditResult, finishEdit } from "../../src/store/finish-edits.ts";
import { finishSends } from "../../src/store/finish-sends.ts";
import { mendTimes } from "../../src/store/lanes.ts";
import { markCards } from "../../src/store/mark-cards.ts";
import { listMessages, retryMessage } from "../../src/store/messages.ts";
import { findObjects, ObjectChanged, saveObjects } from "../../src/store/objects.ts";
import { removeOld } from "../../src/store/retention.ts";
import type { Store } from "../../src/store/store.ts";
import { type TakenCard, takeCards, untilNextCard } from "../../src/store/take-cards.ts";
import { inTransaction } from "../../src/store/transaction.ts";
import { addWorker, freeForgotten, sweepWorkers } from "../../src/store/workers.ts";
import { mergeRequest, push } from "../rules/events.ts";
import { engines, testOn } from "../support/stores.ts";
import { cardBench, project, second, sent } from "./card-bench.ts";

async function findPlace(store: Store, workspace: string, of: { card: string | null; thread: string | null }) {
  const [place] = await findPlaces(store, [{ workspace, ...of }]);
  return place as CardPlace;
}

/** What is known of objects, and the cards that show it, among several workers. */

const passed = { end: "passed" } as const;
const failed = { end: "failed" } as const;
const shown = (text: string): EditResult => ({ end: "shown", sent: sent(text), edited: true });
const day = 86_400_000;

/** What is known of a merge request of this title. */
const titled = (title: string) => ({ facts: { mergeRequest: { it: { value: { title } } } } });

const only = (cards: readonly TakenCard[]): TakenCard => {
  const [card] = cards;
  if (!card || cards.length > 1) throw new Error(`${cards.length} cards were taken`);
  return card;
};

describe.each(engines)("%s", (engine) => {
  const test = testOn(engine);

  describe("what is known of an object", () => {
    const facts = (title: string) => ({ mergeRequest: { it: { order: ["2026"], value: mergeRequest({ title }) } } });
    const save = (store: Store, revision: number, title: string, object = "!1") =>
      inTransaction(store, (trx) =>
        saveObjects(store, trx, "acme", [{ project, object, facts: facts(title), revision }]),
      );
    const find = (store: Store, ...objects: string[]) =>
      findObjects(
        store,
        "acme",
        objects.map((object) => ({ project, object })),
      );
    const revisionOf = async (store: Store, object = "!1") => (await find(store, object))[0]?.revision ?? 0;

    test("it is kept encrypted, with a revision that counts its changes", async ({ store }) => {
      await save(store, 0, "CANARY");
      const [first] = await find(store, "!1", "!2");
      expect(first).toEqual({ project, object: "!1", revision: expect.any(Number), facts: facts("CANARY") });
      await save(store, first?.revision ?? 0, "CANARY 2");
      expect(await find(store, "!1")).toMatchObject([
        { revision: (first?.revision ?? 0) + 1, facts: facts("CANARY 2") },
      ]);
      const row = await store.db.selectFrom("objects").selectAll().executeTakeFirstOrThrow();
      expect(Buffer.from(row.facts).toString("latin1")).not.toContain("CANARY");
    });

    test("one that is learned anew after it was forgotten goes on above its old revisions", async ({ store }) => {
      const later = { ...store, now: () => new Date(Date.now() + day) };
      await save(store, 0, "first");
      for (let times = 0; times < 5; times++) await save(store, await revisionOf(store), "again");
      const before = await revisionOf(store);
      await store.db.deleteFrom("objects").execute();
      await save(later, 0, "anew");
      expect(await revisionOf(store)).toBeGreaterThan(before);
    });

    test("who knew less than is there writes nothing at all", async ({ store }) => {
      await save(store, 0, "first");
      await expect(save(store, 0, "another first")).rejects.toThrow(ObjectChanged);
      const first = await revisionOf(store);
      await save(store, first, "second");
      await expect(save(store, first, "another second")).rejects.toThrow(ObjectChanged);
      const both = ["!2", "!1"].map((object, index) => ({
        ...{ project, object, facts: facts("late"), revision: index * first },
      }));
      await expect(inTransaction(store, (trx) => saveObjects(store, trx, "acme", both))).rejects.toThrow(ObjectChanged);
      expect(await find(store, "!1", "!2")).toMatchObject([
        { object: "!1", revision: first + 1, facts: facts("second") },
      ]);
    });

    test("of many that write at once one does", async ({ place, store }) => {
      const other = await place.another();
      for (const isThere of [false, true]) {
        const revision = isThere ? await revisionOf(store) : 0;
        const tries = Array.from({ length: 8 }, (_, index) => save(index % 2 ? store : other, revision, `by ${index}`));
        const ends = await Promise.allSettled(tries);
        expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        for (const end of ends) if (end.status === "rejected") expect(end.reason).toBeInstanceOf(ObjectChanged);
      }
    });

    test("a row that is damaged, or of another format, is learned anew", async ({ store }) => {
      await save(store, 0, "first");
      await save(store, 0, "moved", "!2");
      await sql`update objects set facts = (select facts from objects where object = '!2') where object = '!1'`.execute(
        store.db,
      );
      await sql`update objects set format = 99 where object = '!2'`.execute(store.db);
      expect((await find(store, "!1", "!2")).map(({ facts }) => facts)).toEqual([{}, {}]);
      await save(store, await revisionOf(store), "anew");
      expect(await find(store, "!1")).toMatchObject([{ facts: facts("anew") }]);
    });
  });

  describe("taking", () => {
    test("a card whose object is as it shows is not taken; one whose object changed is, with what is known now", async ({
      store,
    }) => {
      const bench = cardBench(store);
      const { card, message } = await bench.posted();
      expect(await bench.take()).toEqual([]);
      await bench.learn("acme", "Second");
      expect(await bench.take()).toEqual([]);
      bench.pass(second);
      expect(only(await bench.take())).toMatchObject({
        ...{ id: card, posted: { ts: "1.0", channel: "C1" }, state: "live", above: undefined, failures: 0 },
        known: titled("Second"),
        message: { id: message, delivery: "d", sent: sent("post 1") },
      });
    });

    test("what comes within a second is one edit, and the first news sets its time", async ({ store }) => {
      const bench = cardBench(store);
      await bench.posted();
      await bench.learn("acme", "Second");
      bench.pass(900);
      await bench.learn("acme", "Third");
      bench.pass(100);
      expect(only(await bench.take())).toMatchObject({ known: titled("Third") });
    });

    test("of many workers at once each card goes to one", async ({ place, store }) => {
      const bench = cardBench(store);
      const other = { ...(await place.another()), now: bench.store.now };
      for (const number of [1, 2, 3, 4]) await bench.posted({ object: `!${number}` });
      for (const number of [1, 2, 3, 4]) await bench.learn("acme", "Second", `!${number}`);
      bench.pass(second);
      const taken = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          takeCards(
            index % 2 ? bench.store : other,
            { most: 2, without: [] },
            { worker: `w${index}`, pace: undefined },
          ),
        ),
      );
      const ids = taken.flatMap(({ taken }) => taken.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      const rest = (await bench.take("last")).map(({ id }) => id);
      expect(new Set([...ids, ...rest]).size).toBe(4);
      expect(ids.length + rest.length).toBe(4);
    });

    test("never two edits of one card within its rest, whoever makes them", async ({ store }) => {
      const bench = cardBench(store);
      await bench.posted();
      const times: number[] = [];
      for (let tick = 0; tick < 60; tick++) {
        await bench.learn("acme", `State ${tick}`);
        for (const card of await bench.take(`w${tick}`)) {
          times.push(bench.now());
          await finishEdit(bench.store, card, shown(`edit ${tick}`), passed);
        }
        bench.pass(second);
      }
      expect(times.length).toBeGreaterThan(6);
      for (const [index, time] of times.entries())
        if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(editEvery);
    });

    test("a card rests after it was posted as well", async ({ store }) => {
      const bench = cardBench(store);
      await bench.learn("acme", "First");
      await bench.begin();
      await bench.send();
      const since = bench.store.now();
      await bench.learn("acme", "Second");
      bench.pass(second);
      expect(await bench.take()).toEqual([]);
      expect(await untilNextCard(bench.store, since)).toBe(editEvery - second);
      bench.pass(editEvery - second);
      expect(await bench.take()).toHaveLength(1);
    });

    test("a card that is not posted yet, deleted for good or of a rule that is gone is left; one of a paused rule waits", async ({
      store,
    }) => {
      const bench = cardBench(store);
      await bench.learn("acme", "First");
      await bench.begin();
      await bench.learn("acme", "Second");
      bench.pass(10 * second);
      expect(await bench.take()).toEqual([]);

      await bench.send();
      const paused = await bench.posted({ object: "!2" });
      await pauseRule(bench.store, "acme", paused.rule, "tired");
      const removed = await bench.posted({ object: "!3" });
      await bench.store.db.deleteFrom("rules").where("id", "=", removed.rule).execute();
      const gone = await bench.posted({ object: "!4" });
      await bench.store.db.updateTable("cards").set({ state: "gone" }).where("id", "=", gone.card).execute();
      for (const object of ["!2", "!3", "!4"]) await bench.learn("acme", "Second", object);
      bench.pass(10 * second);
      expect(await bench.take()).toEqual([]);
      for (const { card } of [removed, gone])
        expect(await bench.row(card)).toMatchObject({ edit_at: null, owner: null });
      await pauseRule(bench.store, "acme", paused.rule, null);
      bench.pass(600 * second);
      expect(only(await bench.take())).toMatchObject({ id: paused.card, known: titled("Second") });
    });

    test("the pace of a workspace's edits is kept by all together, and holds no other workspace", async ({ store }) => {
      const bench = cardBench(store);
      const places = [1, 2, 3].map((number) => ({ workspace: "acme", object: `!${number}` }));
      places.push({ workspace: "other", object: "!1" });
      for (const one of places) await bench.posted(one);
      for (const { workspace, object } of places) await bench.learn(workspace, "Second", object);
      bench.pass(second);
      const pace = { interval: 2 * second, burst: 1 };
      const workspaces = async (worker: string) =>
        (await bench.take(worker, 9, pace)).map(({ workspace }) => workspace).sort();
      expect(await workspaces("w1")).toEqual(["acme", "other"]);
      expect(await workspaces("w2")).toEqual([]);
      bench.pass(2 * second);
      expect(await workspaces("w2")).toEqual(["acme"]);
      bench.pass(2 * second);
      expect(await workspaces("w1")).toEqual(["acme"]);
    });

    test("workspaces that have enough under way are passed over", async ({ store }) => {
      const bench = cardBench(store);
      await bench.posted();
      await bench.learn("acme", "Second");
      bench.pass(second);
      const { taken } = await takeCards(bench.store, { most: 9, without: ["acme"] }, { worker: "w", pace: undefined });
      expect(taken).toEqual([]);
    });
  });

  describe("ends of an edit", () => {
    /** A card that is being edited. */
    async function editing(store: Store, begun: Parameters<ReturnType<typeof cardBench>["posted"]>[0] = {}) {
      const bench = cardBench(store);
      const made = await bench.posted(begun);
      await bench.learn("acme", "Second", begun.object);
      bench.pass(second);
      const card = only(await bench.take());
      const finish = (result: EditResult, end: Parameters<typeof finishEdit>[3] = failed) =>
        finishEdit(bench.store, card, result, end);
      return { ...bench, ...made, taken: card, finish };
    }

    test("shown: the message is what it shows now, and counts its edits", async ({ store }) => {
      const { finish, row, card, messages, take, pass, newest } = await editing(store);
      await finish(shown("edited"), passed);
      expect(await row(card)).toMatchObject({ shown: await newest(), edit_at: null, owner: null, failures: 0 });
      expect(await listMessages(store, { workspace: "acme", limit: 9 })).toMatchObject([
        { state: "sent", sent: sent("edited") },
      ]);
      expect(await messages()).toMatchObject([{ edits: 1, edited_at: expect.any(String), ts: "1.0" }]);
      pass(60 * second);
      expect(await take()).toEqual([]);
    });

    test("shown without an edit: nothing is written over", async ({ store }) => {
      const { finish, row, card, messages, newest } = await editing(store);
      await finish({ end: "shown", sent: sent("post 1"), edited: false });
      expect(await row(card)).toMatchObject({ shown: await newest(), edit_at: null, owner: null });
      expect(await messages()).toMatchObject([{ edits: 0, edited_at: null }]);
    });

    test("later: it is tried again after its time, and not before its rest is over", async ({ store }) => {
      const { finish, row, card, take, pass } = await editing(store);
      await finish({ end: "later", wait: 20 * second, reason: "timeout" });
      expect(await row(card)).toMatchObject({ owner: null, failures: 1 });
      pass(20 * second - 1);
      expect(await take()).toEqual([]);
      pass(1);
      expect(only(await take())).toMatchObject({ failures: 1, known: titled("Second") });
    });

    test("later because Slack asks to wait: all edits of the workspace wait, its posts do not", async ({ store }) => {
      const bench = await editing(store);
      await bench.posted({ object: "!2" });
      await bench.finish(
        { end: "later", wait: 30 * second, reason: "ratelimited" },
        { end: "limited", wait: 30 * second },
      );
      await bench.learn("acme", "Second", "!2");
      bench.pass(10 * second);
      expect(await bench.take()).toEqual([]);
      await bench.begin({ object: "!3" });
      expect(await bench.takeMessage()).toBeDefined();
      bench.pass(20 * second);
      expect(await bench.take()).toHaveLength(1);
    });

    test("left: it stays as it is until there is something newer", async ({ store }) => {
      const { finish, row, card, take, pass, learn, newest } = await editing(store);
      await finish({ end: "left", reason: "channel_not_found" });
      expect(await row(card)).toMatchObject({ shown: await newest(), edit_at: null, owner: null, state: "live" });
      pass(60 * second);
      expect(await take()).toEqual([]);
      await learn("acme", "Third");
      pass(second);
      expect(await take()).toHaveLength(1);
    });

    test("refused: it is frozen, and what changed is said in its thread, each time", async ({ store }) => {
      const { finish, row, card, take, pass, learn, messages, takeMessage, newest } = await editing(store);
      await finish({ end: "refused", event: mergeRequest({ title: "Second" }), sent: { text: "x", blocks: [] } });
      expect(await row(card)).toMatchObject({ state: "frozen", shown: await newest(), edit_at: null, ts: "1.0" });
      expect(await messages()).toMatchObject([{ state: "sent" }, { state: "pending", thread_id: card, card_id: null }]);
      expect((await takeMessage())?.message).toMatchObject({
        thread: "1.0",
        card: undefined,
        event: { title: "Second" },
      });
      await learn("acme", "Third");
      pass(10 * second);
      expect(only(await take()).state).toBe("frozen");
    });

    test("deleted: it is posted anew once, then it is gone", async ({ store }) => {
      const bench = await editing(store);
      await bench.finish({ end: "deleted" });
      expect(await bench.row(bench.card)).toMatchObject({ ts: null, posts: 2, state: "live", edit_at: null });
      expect(await bench.messages()).toMatchObject([{ state: "sent" }, { state: "pending", card_id: bench.card }]);
      expect(await findPlace(bench.store, "acme", { card: null, thread: bench.card })).toMatchObject({
        card: undefined,
        thread: undefined,
      });

      const again = await bench.send();
      expect(again.message.card?.known.revision).toBe(await bench.newest());
      expect(await bench.row(bench.card)).toMatchObject({
        ts: "2.0",
        shown: await bench.newest(),
        message_id: again.message.id,
      });
      expect((await findPlace(bench.store, "acme", { card: null, thread: bench.card })).thread).toBe("2.0");

      await bench.learn("acme", "Third");
      bench.pass(10 * second);
      await finishEdit(bench.store, only(await bench.take()), { end: "deleted" }, failed);
      expect(await bench.row(bench.card)).toMatchObject({ state: "gone", edit_at: null });
      expect(await bench.messages()).toHaveLength(2);
      await bench.learn("acme", "Fourth");
      bench.pass(10 * second);
      expect(await bench.take()).toEqual([]);
      expect((await findPlace(bench.store, "acme", { card: null, thread: bench.card })).thread).toBeUndefined();
    });

    test("a deleted card that was in a thread goes into that thread again", async ({ store }) => {
      const parent = await cardBench(store).posted({ object: "!9" });
      const { finish, takeMessage } = await editing(store, { thread: parent.card });
      await finish({ end: "deleted" });
      expect((await takeMessage())?.message).toMatchObject({ thread: "1.0", card: { isPosted: false } });
    });

    test("a deleted card whose content the retention removed is gone", async ({ store }) => {
      const { finish, row, card, messages } = await editing(store);
      await store.db.updateTable("messages").set({ event: new Uint8Array() }).execute();
      await finish({ end: "deleted" });
      expect(await row(card)).toMatchObject({ state: "gone" });
      expect(await messages()).toHaveLength(1);
    });

    test.for<[string, EditResult]>([
      ["deleted", { end: "deleted" }],
      ["refused", { end: "refused", event: mergeRequest(), sent: { text: "x", blocks: [] } }],
      ["later", { end: "later", wait: 5, reason: "timeout" }],
      ["left", { end: "left", reason: "invalid_blocks" }],
    ])("%s, said by a worker that was given up meanwhile: nothing happens", async ([_, result], { store }) => {
      const bench = await editing(store);
      await store.db.updateTable("cards").set({ owner: null }).execute();
      bench.pass(60 * second);
      const other = only(await bench.take("other"));
      const before = [await bench.row(bench.card), await bench.messages()];
      await bench.finish(result);
      expect([await bench.row(bench.card), await bench.messages()]).toEqual(before);
      await finishEdit(bench.store, other, shown("by the other"), passed);
      expect(await bench.row(bench.card)).toMatchObject({ shown: await bench.newest(), edit_at: null, owner: null });
    });

    test.for([0, 5, 18.9, 19.1, 25].map((seconds) => [seconds] as const))(
      "news %i s after an edit began are shown by another one, however long the edit takes",
      async ([seconds], { store }) => {
        const { finish, learn, pass, take, row, card, taken } = await editing(store);
        pass(seconds * second);
        await learn("acme", "Third");
        pass(5 * second);
        await finish(shown("Second"), passed);
        expect(await row(card)).toMatchObject({
          shown: taken.known.revision,
          owner: null,
          edit_at: expect.any(String),
        });
        pass(editEvery);
        expect(only(await take())).toMatchObject({ known: titled("Third") });
      },
    );
  });

  describe("a worker that is gone", () => {
    test("its edits are made again after their time, by whoever notices", async ({ store }) => {
      const bench = cardBench(store);
      const { card } = await bench.posted();
      await bench.learn("acme", "Second");
      bench.pass(second);
      const worker = await addWorker(bench.store);
      expect(await bench.take(worker)).toHaveLength(1);
      bench.pass(30 * second);
      expect(await bench.take("other")).toEqual([]);
      await sweepWorkers(bench.store, 10 * second);
      expect(await bench.row(card)).toMatchObject({ owner: null });
      expect(only(await bench.take("other"))).toMatchObject({ id: card, known: titled("Second") });
    });

    test("not at once: a call of it may be under way", async ({ store }) => {
      const bench = cardBench(store);
      await bench.posted();
      await bench.learn("acme", "Second");
      bench.pass(second);
      await bench.take("gone");
      await sweepWorkers(bench.store, undefined);
      bench.pass(19 * second);
      expect(await bench.take("other")).toEqual([]);
      bench.pass(second);
      expect(await bench.take("other")).toHaveLength(1);
    });

    test("a card that a worker holds but forgot is freed after a second look", async ({ store }) => {
      const bench = cardBench(store);
      const { card } = await bench.posted();
      await bench.learn("acme", "Second");
      bench.pass(second);
      await bench.take("w");
      const held = { isAtLane: () => false, isAtHook: () => false, isAtCard: () => false };
      const idle = await freeForgotten(bench.store, "w", { ...held, isAtCard: () => true });
      expect(await freeForgotten(bench.store, "w", held, idle)).not.toEqual(new Set());
      expect(await bench.row(card)).toMatchObject({ owner: "w" });
      await freeForgotten(bench.store, "w", held, await freeForgotten(bench.store, "w", held));
      expect(await bench.row(card)).toMatchObject({ owner: null });
    });
  });

  describe("posting", () => {
    test("what is known is looked up when it is sent, and what it shows is noted", async ({ store }) => {
      const bench = cardBench(store);
      await bench.learn("acme", "First");
      const { card } = await bench.begin();
      await bench.learn("acme", "Second");
      const taken = await bench.send();
      expect(taken.message.card).toMatchObject({ id: card, isPosted: false, known: titled("Second") });
      expect(await bench.row(card)).toMatchObject({ ts: "1.0", channel_id: "C1", shown: await bench.newest() });
    });

    test("news that come while it is being posted are shown by an edit", async ({ store }) => {
      const bench = cardBench(store);
      await bench.learn("acme", "First");
      await bench.begin();
      const taken = await bench.takeMessage();
      if (!taken) throw new Error("no message");
      await bench.learn("acme", "Second");
      const result = { state: "sent", sent: sent("First"), ts: "1.0" } as const;
      await finishSends(bench.store, [{ ...taken, result, change: { ready: bench.now() } }]);
      bench.pass(editEvery);
      expect(only(await bench.take())).toMatchObject({ known: titled("Second") });
    });

    test("one that is found after its answer was lost is edited: nobody knows what it showed then", async ({
      store,
    }) => {
      const bench = cardBench(store);
      await bench.learn("acme", "First");
      const { card } = await bench.begin();
      await bench.learn("acme", "Second");
      await bench.send({ state: "sent", sent: undefined, ts: "1.0" });
      expect(await bench.row(card)).toMatchObject({ ts: "1.0", shown: 0 });
      expect(await bench.take()).toEqual([]);
      bench.pass(editEvery);
      const found = only(await bench.take());
      expect(found).toMatchObject({ known: titled("Second"), message: { sent: undefined } });
      await finishEdit(bench.store, found, shown("Second"), passed);
      expect(await listMessages(store, { workspace: "acme", limit: 9 })).toMatchObject([
        { state: "sent", sent: sent("Second") },
      ]);
    });

    test("of two messages of one card the second is put aside, whichever is sent first", async ({ store }) => {
      const bench = cardBench(store);
      await bench.learn("acme", "First");
      const first = await bench.begin();
      await bench.send({ state: "dead", reason: "invalid_blocks" });
      const second = await bench.begin({ object: "!2" });
      await inTransaction(bench.store, async (trx) => {
        await trx.updateTable("messages").set({ card_id: first.card }).where("id", "=", second.message).execute();
        await takeOver(bench.store, trx, "acme", { card: first.card, message: second.message, rule: second.rule });
      });
      await retryMessage(bench.store, "acme", first.message);
      await bench.send();
      expect(await bench.row(first.card)).toMatchObject({ ts: "2.0", message_id: first.message });
      expect(await bench.takeMessage()).toBeUndefined();
      expect(await bench.messages()).toMatchObject([
        { state: "sent" },
        { state: "suppressed", reason: "its card is there already" },
      ]);
    });

    test("one whose card the retention removed is an ordinary post", async ({ store }) => {
      const bench = cardBench(store);
      const { card } = await bench.begin();
      await bench.store.db.deleteFrom("cards").where("id", "=", card).execute();
      expect((await bench.takeMessage())?.message).toMatchObject({ card: undefined, thread: undefined });
    });

    test("a reply goes where its card is now, and stands alone where that was never posted", async ({ store }) => {
      const bench = cardBench(store);
      const { card } = await bench.begin();
      expect(await findPlace(bench.store, "acme", { card: null, thread: card })).toMatchObject({
        card: undefined,
        thread: undefined,
      });
      await bench.send();
      expect((await findPlace(bench.store, "acme", { card: null, thread: card })).thread).toBe("1.0");
    });
  });

  describe("finding", () => {
    const find = (store: Store, channels: string[], objects = ["!1"]) =>
      findCards(
        store,
        "acme",
        objects.flatMap((object) => channels.map((channel) => ({ project, object, channel }))),
      );

    test("by any name of the channel, with what became of the message that posts it", async ({ store }) => {
      const bench = cardBench(store);
      const { card } = await bench.begin();
      const one = {
        ...{ id: card, channel: "#api", project, object: "!1", episode: "", state: "live" },
        ...{ thread: undefined, isRuled: true },
      };
      expect(await find(store, ["C1", "#api"])).toEqual([{ ...one, isPosted: false, message: "pending" }]);
      expect(await find(store, ["C1"])).toEqual([]);
      expect(await find(store, ["#api"], ["!2"])).toEqual([]);
      await bench.send();
      expect(await find(store, ["#api"])).toEqual([{ ...one, isPosted: true, message: "sent" }]);
      await store.db.deleteFrom("messages").execute();
      expect(await find(store, ["#api"])).toEqual([{ ...one, isPosted: true, message: undefined }]);
    });

    test("whose rule is gone or paused, so that another one goes on with it", async ({ store }) => {
      const bench = cardBench(store);
      const { card, rule } = await bench.posted();
      const other = await bench.posted({ object: "!2" });
      await pauseRule(bench.store, "acme", rule, "tired");
      expect(await find(store, ["#api"])).toMatchObject([{ isRuled: false }]);
      await store.db.deleteFrom("rules").where("id", "=", rule).execute();
      expect(await find(store, ["#api"])).toMatchObject([{ isRuled: false }]);
      await inTransaction(bench.store, (trx) => takeOver(bench.store, trx, "acme", { card, rule: other.rule }));
      expect(await find(store, ["#api"])).toMatchObject([{ isRuled: true, isPosted: true }]);
      await bench.learn("acme", "Second");
      bench.pass(second);
      expect(only(await bench.take())).toMatchObject({ id: card, rule: { id: other.rule } });
    });

    test("one object has one card in a channel for each of its episodes", async ({ store }) => {
      const bench = cardBench(store);
      await bench.begin({ episode: "1" });
      await bench.begin({ episode: "2" });
      await expect(bench.begin({ episode: "2" })).rejects.toThrow();
      expect((await find(store, ["#api"])).map(({ episode }) => episode)).toEqual(["1", "2"]);
    });

    test("only the cards of the episodes that changed are marked, all of them where the object is one", async ({
      store,
    }) => {
      const bench = cardBench(store);
      const cards = [await bench.begin({ episode: "1" }), await bench.begin({ episode: "2" }), await bench.begin()];
      const mark = async (episodes: string[]) => {
        await bench.store.db.updateTable("cards").set({ edit_at: null }).execute();
        const what = { project, object: "!1", episodes };
        await inTransaction(bench.store, (trx) => markCards(bench.store, trx, "acme", [what]));
        return Promise.all(cards.map(async ({ card }) => (await bench.row(card)).edit_at !== null));
      };
      expect(await mark(["2", "3"])).toEqual([false, true, false]);
      expect(await mark([""])).toEqual([true, true, true]);
      expect(await mark([])).toEqual([false, false, false]);
    });
  });

  test("a clock that is set back holds no card", async ({ store }) => {
    const bench = cardBench(store);
    await bench.posted();
    await bench.learn("acme", "Second");
    bench.pass(-6 * 3_600 * second);
    expect(await bench.take()).toEqual([]);
    await mendTimes(bench.store);
    expect(await bench.take()).toHaveLength(1);
  });

  test("by a clock that is right nothing is mended", async ({ store }) => {
    const bench = cardBench(store);
    await bench.learn("acme", "First");
    const { card } = await bench.begin();
    await bench.send();
    await bench.learn("acme", "Second");
    const before = await bench.row(card);
    await mendTimes(bench.store);
    expect(await bench.row(card)).toEqual(before);
  });

  test("objects and cards that nobody hears of go with the rows, what people wrote with the bodies", async ({
    store,
  }) => {
    const bench = cardBench(store);
    await bench.posted();
    for (const object of ["talk ~1", "pushes ~2"]) await bench.learn("acme", "said", object);
    const left = async () => {
      const objects = await store.db.selectFrom("objects").select("object").orderBy("object").execute();
      const cards = await store.db.selectFrom("cards").select("object").execute();
      return [objects.map(({ object }) => object), cards.length];
    };
    const keep = { bodies: 7 * day, rows: 30 * day };
    const sweep = (days: number) => removeOld(bench.store, keep, new Date(bench.now() + days * day));
    await sweep(6.9);
    expect(await left()).toEqual([["!1", "pushes ~2", "talk ~1"], 1]);
    await sweep(7.1);
    expect(await left()).toEqual([["!1"], 1]);
    await sweep(29.9);
    expect(await left()).toEqual([["!1"], 1]);
    await sweep(30.1);
    expect(await left()).toEqual([[], 0]);
  });

  test("one that is heard of again stays", async ({ store }) => {
    const bench = cardBench(store);
    const { card } = await bench.posted();
    bench.pass(20 * day);
    await bench.learn("acme", "Second");
    await removeOld(bench.store, { bodies: 7 * day, rows: 30 * day }, new Date(bench.now() + 29 * day));
    bench.pass(second);
    expect(only(await bench.take())).toMatchObject({ id: card, known: titled("Second") });
  });

  test("a card whose object was forgotten goes on with what is learned anew", async ({ store }) => {
    const bench = cardBench(store);
    const { card } = await bench.posted();
    await store.db.deleteFrom("objects").execute();
    await bench.learn("acme", "Anew");
    bench.pass(second);
    expect(only(await bench.take())).toMatchObject({ id: card, known: titled("Anew") });
  });

  test("nothing of it is another workspace's", async ({ store }) => {
    const bench = cardBench(store);
    const mine = await bench.posted();
    const theirs = await bench.posted({ workspace: "other" });
    await bench.learn("other", "Second");
    expect(await bench.known("acme")).toMatchObject(titled("First"));
    expect(await bench.row(mine.card)).toMatchObject({ edit_at: null });
    expect(await bench.row(theirs.card)).toMatchObject({ edit_at: expect.any(String) });
    const place = await findPlace(bench.store, "acme", { card: theirs.card, thread: theirs.card });
    expect(place).toMatchObject({ card: undefined, thread: undefined });
  });

  test("an event of another kind in the same lane goes its way", async ({ store }) => {
    const bench = cardBench(store);
    await bench.begin({ event: push() });
    expect((await bench.takeMessage())?.message.event.kind).toBe("push");
  });
});
