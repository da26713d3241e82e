import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { named } from "../src/cards/names.ts";
import type { Event, Note, Pipeline, Push } from "../src/events.ts";
import type { Forge } from "../src/forges/forge.ts";
import type { Log } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { decide } from "../src/read/decide.ts";
import { createKnowledge } from "../src/read/knowledge.ts";
import { type Reader, readPending } from "../src/read/reader.ts";
import { openRulebook } from "../src/read/rulebook.ts";
import { writeSome } from "../src/read/write.ts";
import { addDeliveries } from "../src/store/add-deliveries.ts";
import { byTerminal } from "../src/store/audit.ts";
import { addRule, pauseRule, removeRules } from "../src/store/change-rules.ts";
import { noteChannel } from "../src/store/channels.ts";
import type { Engine } from "../src/store/engine/engine.ts";
import { finishSends, type SendResult } from "../src/store/finish-sends.ts";
import { type HookLease, takeHook } from "../src/store/hook-leases.ts";
import { findObjects, ObjectChanged } from "../src/store/objects.ts";
import { openEvent } from "../src/store/open-messages.ts";
import { takeMessages } from "../src/store/take-message.ts";
import { addWorker } from "../src/store/workers.ts";
import { createKeyed } from "../src/work/keyed.ts";
import { job, mergeRequest, note, pipeline, push } from "./rules/events.ts";
import { engines, newStorePlace } from "./support/stores.ts";

/** Which messages events become: a card, a reply in its thread, or nothing where the card alone tells it. */

const workspace = "acme";
const project = "gitlab.acme.io/platform/api";
let bench: Awaited<ReturnType<typeof createBench>>;

async function createBench(engine: Engine["name"]) {
  const place = await newStorePlace(engine);
  const store = await place.open();
  const worker = await addWorker(store);
  const logged: string[] = [];
  const failed: unknown[] = [];
  const write = (...given: unknown[]) => void logged.push(JSON.stringify(given));
  const json: Forge = {
    ...{ name: "json", title: "JSON", schemes: [], eventHeaders: () => [], tokenHeaders: () => [] },
    signatureHeaders: () => [],
    parse: ({ body }) => ({ state: "event", event: JSON.parse(body.toString()) as Event }),
  };
  const reader: Reader = {
    ...{ store, worker: () => worker, forges: { json }, onMessages: () => {}, metrics: noMetrics },
    parseLarge: async () => ({ state: "ignored", reason: "large" }),
    log: { debug: write, info: write, warn: write, error: write } as Log,
  };
  let keys = 0;
  let seconds = 0;
  const deliver = (events: readonly Event[], hook = "h") =>
    addDeliveries(
      store,
      events.map((event) => ({
        ...{ workspace, hook, forge: "json", brand: undefined, key: `key ${keys++}`, headers: {} },
        body: Buffer.from(JSON.stringify(event)),
      })),
    );

  async function read(): Promise<void> {
    const hooks = createKeyed({ most: 8, onDone: () => {}, onError: (error) => void failed.push(error) });
    await readPending(reader, hooks);
    await hooks.settle();
    if (failed.length > 0) throw failed[0];
  }

  /** A message in words: what it tells, and as what. */
  async function said(): Promise<string[]> {
    const rows = await store.db
      .selectFrom("messages")
      .select(["id", "channel", "event", "event_format", "card_id", "thread_id", "broadcast", "state"])
      .orderBy("seq")
      .execute();
    return rows.map((row) => {
      const event = openEvent(store, workspace, row);
      const as = [
        row.card_id ? "card" : row.thread_id ? "" : "post",
        row.thread_id ? "reply" : "",
        row.broadcast ? "broadcast" : "",
      ];
      return `${row.channel} ${event?.kind}.${event?.action} ${as.filter(Boolean).join(" ")}`;
    });
  }

  const unpaced = { channel: undefined, posts: undefined };
  return {
    ...{ store, reader, read, said, deliver, logged },
    /** when something happens: a second after what happened before */
    at: () => new Date(Date.parse("2026-03-02T09:00:00Z") + seconds++ * 1000).toISOString(),
    rule: async (words: string, channel = "#api") =>
      (await addRule(store, workspace, "command", { channel, words })).id,
    /** Reads events one after the other, each by itself. */
    tell: async (...events: Event[]) => {
      for (const event of events) {
        await deliver([event]);
        await read();
      }
      return said();
    },
    /** Reads them as one batch. */
    tellAtOnce: async (...events: Event[]) => {
      await deliver(events);
      await read();
      return said();
    },
    /** All messages that wait end so. */
    send: async (result?: SendResult) => {
      for (let posts = 1; ; posts++) {
        const { taken, lanes } = await takeMessages(
          store,
          { most: 1, without: [] },
          { worker, pace: unpaced, collectBefore: undefined },
        );
        if (lanes === 0) return;
        const posted: SendResult = { state: "sent", sent: { text: "it", blocks: [] }, ts: `${posts}.0` };
        for (const one of taken) await finishSends(store, [{ ...one, result: result ?? posted, change: { ready: 0 } }]);
      }
    },
    cards: () => store.db.selectFrom("cards").selectAll().orderBy("created_at").execute(),
    known: async (object: string) => (await findObjects(store, workspace, [{ project, object }]))[0]?.facts,
    close: () => place.remove(),
  };
}

const of1 = (action: string, fields: Parameters<typeof mergeRequest>[0] = {}) =>
  mergeRequest({ action, at: bench.at(), state: "opened", ...fields });
const run = (number: number, status: string, fields: Partial<Pipeline> = {}) =>
  pipeline({
    number: String(number),
    key: `pipeline ${number}`,
    action: status,
    status,
    at: bench.at(),
    source: "push",
    ...fields,
  });
const written = (id: string, fields: Partial<Note> = {}) => {
  const at = bench.at();
  return note({ note: id, key: "!1", reference: "!1", at, createdAt: at, text: id, ...fields });
};
const pushed = (number: number, fields: Partial<Push> = {}) =>
  push({ before: `${number}`, after: `${number + 1}`, key: "branch main", ...fields });

describe.each(engines)("on %s:", (engine) => {
  beforeEach(async () => {
    bench = await createBench(engine);
  });
  afterEach(() => bench.close());

  describe.each(["tell", "tellAtOnce"] as const)("%s", (way) => {
    test("the first event is the card, news are replies, and what the card shows is not said", async () => {
      await bench.rule("** merge_request");
      expect(
        await bench[way](
          of1("open"),
          of1("update", { changes: [{ field: "labels" }] }),
          of1("approved"),
          of1("update", { newCommits: true }),
          of1("merge", { state: "merged" }),
        ),
      ).toEqual([
        "#api merge_request.open card",
        "#api merge_request.approved reply",
        "#api merge_request.update reply",
        "#api merge_request.merge reply",
      ]);
      expect(await bench.cards()).toMatchObject([{ object: "!1", project, channel: "#api", state: "live", posts: 1 }]);
    });

    test("a card begins with whatever is heard of first", async () => {
      await bench.rule("** merge_request");
      expect(await bench[way](of1("merge", { state: "merged" }), of1("open"))).toEqual([
        "#api merge_request.merge card",
      ]);
    });

    test("only what the rule names is said; what it does not name is known all the same", async () => {
      await bench.rule("** merge_request:merge");
      const labels = of1("update", { labels: ["vat"] });
      expect(await bench[way](of1("open"), labels, of1("merge", { state: "merged", labels: ["vat"] }))).toEqual([
        "#api merge_request.merge card",
      ]);
      expect(await bench.known("!1")).toMatchObject({ mergeRequest: { it: { value: { labels: ["vat"] } } } });
    });

    test("each channel has a card of its own", async () => {
      await bench.rule("** merge_request");
      await bench.rule("** merge_request:merge", "#merges");
      const messages = await bench[way](of1("open"), of1("merge", { state: "merged" }));
      expect(messages.toSorted()).toEqual([
        ...["#api merge_request.merge reply", "#api merge_request.open card", "#merges merge_request.merge card"],
      ]);
    });

    test("thread:off: news are posts of their own, and the card is edited all the same", async () => {
      await bench.rule("** merge_request note thread:off");
      const events = [of1("open"), of1("update", { labels: ["a"] }), written("1"), of1("approved")];
      expect(await bench[way](...events)).toEqual([
        ...["#api merge_request.open card", "#api note.create card", "#api merge_request.approved post"],
      ]);
    });

    test("broadcast: the channel gets those replies as well", async () => {
      await bench.rule("** merge_request broadcast:merge,close");
      expect(await bench[way](of1("open"), of1("approved"), of1("merge", { state: "merged" }))).toEqual([
        ...[
          "#api merge_request.open card",
          "#api merge_request.approved reply",
          "#api merge_request.merge reply broadcast",
        ],
      ]);
    });

    test("comments of one person within seconds are one message, in the thread of what they are about", async () => {
      await bench.rule("** merge_request note");
      const later = new Date(Date.parse(bench.at()) + 60_000).toISOString();
      expect(
        await bench[way](
          ...[of1("open"), written("1"), written("2"), written("3", { at: later, createdAt: later })],
          ...[written("2", { action: "update" }), written("9", { automatic: true })],
        ),
      ).toEqual(["#api merge_request.open card", "#api note.create card reply", "#api note.create card reply"]);
      expect((await bench.cards()).map(({ object, episode }) => [object, episode])).toEqual([
        ["!1", ""],
        [named("talk", "!1", "ada"), "1"],
        [named("talk", "!1", "ada"), "3"],
      ]);
    });

    test("pushes of one person to one branch are one message, which is not edited for others' branches", async () => {
      await bench.rule("** push");
      expect(await bench[way](pushed(1), pushed(2), pushed(3), pushed(1, { branch: "dev" }))).toEqual([
        ...["#api push.update card", "#api push.update card"],
      ]);
    });

    test("a merge request's pipeline is a line of its card, and said where it failed; without a card it has its own", async () => {
      await bench.rule("** merge_request pipeline:running,failed,success job:failed");
      const its = { mergeRequest: "1", branch: "dev", source: "merge_request_event" };
      expect(
        await bench[way](
          ...[
            of1("open"),
            run(1, "running", its),
            run(1, "failed", its),
            job({ pipeline: "1", mergeRequest: "1", at: bench.at() }),
          ],
          ...[run(2, "running", { ...its, mergeRequest: "2" }), run(2, "failed", { ...its, mergeRequest: "2" })],
        ),
      ).toEqual([
        ...["#api merge_request.open card", "#api pipeline.failed reply", "#api job.failed reply"],
        ...["#api pipeline.running card", "#api pipeline.failed reply"],
      ]);
    });

    test("a branch: it breaks, fails still, is fixed; a second breakage is another card", async () => {
      await bench.rule("** pipeline:broken,fixed");
      const ends = ["success", "failed", "failed", "success", "failed"].map((status, index) => run(index + 1, status));
      expect(await bench[way](...ends)).toEqual([
        ...["#api pipeline.failed card", "#api pipeline.success reply", "#api pipeline.failed card"],
      ]);
      expect((await bench.cards()).map(({ object, episode }) => [object, episode])).toEqual([
        [named("branch", "main", "push"), "2"],
        [named("branch", "main", "push"), "5"],
      ]);
    });

    test("kinds without a card are posts", async () => {
      await bench.rule("** push:create");
      expect(await bench[way](push({ action: "create", after: "1" }), push({ action: "create", after: "2" }))).toEqual([
        ...["#api push.create post", "#api push.create post"],
      ]);
    });
  });

  describe("a card", () => {
    test("is edited by what is no news: it is due, where it was posted", async () => {
      await bench.rule("** merge_request");
      await bench.tell(of1("open"));
      await bench.send();
      expect(await bench.cards()).toMatchObject([{ edit_at: null, ts: "1.0" }]);
      await bench.tell(of1("update", { labels: ["vat"] }));
      expect(await bench.cards()).toMatchObject([{ edit_at: expect.any(String) }]);
    });

    test("is edited by what no rule posts any more", async () => {
      const rule = await bench.rule("** merge_request:open");
      await bench.tell(of1("open"));
      await bench.send();
      await bench.tell(of1("merge", { state: "merged" }));
      expect(await bench.said()).toEqual(["#api merge_request.open card"]);
      expect(await bench.cards()).toMatchObject([{ rule_id: rule, edit_at: expect.any(String) }]);
    });

    test("whose message died or was put aside is posted by the next event, which needs no reply then", async () => {
      await bench.rule("** merge_request");
      await bench.tell(of1("open"));
      await bench.send({ state: "dead", reason: "is_archived" });
      expect(await bench.tell(of1("approved"))).toEqual([
        ...["#api merge_request.open card", "#api merge_request.approved card"],
      ]);
      await bench.send();
      expect(await bench.tell(of1("merge", { state: "merged" }))).toHaveLength(3);
      expect(await bench.cards()).toMatchObject([{ ts: "1.0" }]);
    });

    test("whose message waits, or whose answer was lost, is there", async () => {
      await bench.rule("** merge_request");
      await bench.tell(of1("open"));
      await bench.store.db.updateTable("messages").set({ state: "uncertain" }).execute();
      expect((await bench.tell(of1("approved"))).at(-1)).toBe("#api merge_request.approved reply");
      await bench.store.db.updateTable("messages").set({ state: "retry" }).execute();
      expect((await bench.tell(of1("unapproved"))).at(-1)).toBe("#api merge_request.unapproved reply");
    });

    test("that was deleted for good is not posted again: what the rules name is said in the channel", async () => {
      await bench.rule("** merge_request");
      await bench.tell(of1("open"));
      await bench.send();
      await bench.store.db.updateTable("cards").set({ state: "gone" }).execute();
      expect((await bench.tell(of1("merge", { state: "merged" }))).at(-1)).toBe("#api merge_request.merge post");
    });

    test.each(["removed", "paused"])("of a rule that was %s goes on with the rule that posts now", async (what) => {
      const old = await bench.rule("** merge_request");
      await bench.tell(of1("open"));
      await bench.send();
      if (what === "removed") await removeRules(bench.store, workspace, [old], byTerminal);
      else await pauseRule(bench.store, workspace, old, "tired");
      const fresh = await bench.rule("** merge_request:update,merge");
      await bench.tell(of1("update", { labels: ["vat"] }));
      expect(await bench.said()).toEqual(["#api merge_request.open card"]);
      expect(await bench.cards()).toMatchObject([{ rule_id: fresh, edit_at: expect.any(String) }]);
    });

    test("is found by the channel's other name", async () => {
      const old = await bench.rule("** merge_request", "#api");
      await bench.tell(of1("open"));
      await bench.send();
      await noteChannel(bench.store, workspace, "#api", "C0API");
      await removeRules(bench.store, workspace, [old], byTerminal);
      await bench.rule("** merge_request", "C0API");
      expect((await bench.tell(of1("approved"))).at(-1)).toBe("C0API merge_request.approved reply");
    });
  });

  describe("the same event through two hooks", () => {
    test("is told once", async () => {
      await bench.rule("** merge_request");
      const events = [of1("open"), of1("approved"), of1("merge", { state: "merged" })];
      await bench.deliver(events, "group");
      await bench.deliver(events, "project");
      await bench.read();
      await bench.read();
      expect(await bench.said()).toEqual([
        ...["#api merge_request.open card", "#api merge_request.approved reply", "#api merge_request.merge reply"],
      ]);
    });

    test("changes nothing that the card shows", async () => {
      await bench.rule("** merge_request");
      const events = [of1("open"), of1("merge", { state: "merged" })];
      await bench.tell(...events);
      await bench.send();
      await bench.deliver(events, "project");
      await bench.read();
      expect(await bench.known("!1")).toMatchObject({ mergeRequest: { it: { value: { state: "merged" } } } });
    });
  });

  describe("two readers at once", () => {
    test("of one object: the later one decides anew, and nothing is lost or said twice", async () => {
      await bench.rule("** merge_request");
      for (const hook of ["one", "other"])
        await bench.deliver(
          Array.from({ length: 20 }, (_, index) =>
            of1("approval", { actor: { name: `${hook} ${index}`, username: `${hook}-${index}`, bot: false } }),
          ),
          hook,
        );
      await bench.read();
      await bench.read();
      const said = await bench.said();
      expect(said.filter((text) => text.endsWith("card"))).toHaveLength(1);
      expect(said).toHaveLength(40);
      expect(Object.keys((await bench.known("!1"))?.reviews ?? {})).toHaveLength(40);
      expect(
        await bench.store.db.selectFrom("deliveries").select("state").where("state", "=", "pending").execute(),
      ).toEqual([]);
    });

    test("who has read less than is known writes nothing", async () => {
      await bench.rule("** merge_request");
      const leases: HookLease[] = [];
      for (const hook of ["one", "other"]) {
        const lease = await takeHook(bench.store, bench.reader.worker(), { workspace, hook });
        if (lease) leases.push(lease);
        await bench.deliver([of1("open")], hook);
      }
      const ids = await bench.store.db.selectFrom("deliveries").select(["id", "hook_id"]).orderBy("seq").execute();
      const events = [of1("open"), of1("approved")];
      const decided = await Promise.all(
        ids.map(async ({ id }, index) => {
          const event = events[index] ?? of1("open");
          const knowledge = createKnowledge(bench.store, workspace);
          await knowledge.load([event]);
          return decide(await openRulebook(bench.store, workspace, [event]), knowledge, id, { state: "event", event });
        }),
      );
      const write = (index: number) => {
        const [lease, one] = [leases[index], decided[index]];
        if (!lease || !one) throw new Error("not there");
        return writeSome(bench.reader, lease, [{ forge: "json", isReplayed: false, ...one }]);
      };
      await write(0);
      await expect(write(1)).rejects.toThrow(ObjectChanged);
      expect(await bench.said()).toEqual(["#api merge_request.open card"]);
    });
  });

  test("names that no database takes cost neither the delivery nor its message", async () => {
    await bench.rule("** push pipeline merge_request note deployment");
    const odd = "\u0000odd\ud800";
    const events = [
      ...[
        pushed(1, { branch: odd, before: odd, after: odd }),
        run(1, "failed", { number: odd, branch: odd, source: odd }),
      ],
      ...[mergeRequest({ number: odd }), written(odd, { reference: odd })],
    ];
    expect(await bench.tell(...events)).toHaveLength(4);
    const states = await bench.store.db.selectFrom("deliveries").select("state").execute();
    expect(states.map(({ state }) => state)).toEqual(["event", "event", "event", "event"]);
  });
});
