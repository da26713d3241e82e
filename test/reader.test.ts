import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Delivery, Forge, Reading } from "../src/forges/forge.ts";
import { forges } from "../src/forges/index.ts";
import { parseLarge } from "../src/forges/parse-large.ts";
import type { Log } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { type Reader, readPending } from "../src/read/reader.ts";
import { addDeliveries, type NewDelivery } from "../src/store/add-deliveries.ts";
import { addRule, pauseRule } from "../src/store/change-rules.ts";
import { findDelivery, listDeliveries, replayDelivery } from "../src/store/deliveries.ts";
import type { Engine } from "../src/store/engine/engine.ts";
import { finishSends } from "../src/store/finish-sends.ts";
import { addHook, removeHook } from "../src/store/hooks.ts";
import { listMessages } from "../src/store/messages.ts";
import { hooksWithPending } from "../src/store/pending-deliveries.ts";
import { takeMessages } from "../src/store/take-message.ts";
import { addWorker } from "../src/store/workers.ts";
import { createKeyed } from "../src/work/keyed.ts";
import { push } from "./rules/events.ts";
import { until } from "./support/belfry.ts";
import { gitlabHook } from "./support/hook.ts";
import { engines, newStorePlace } from "./support/stores.ts";

/** Reading over a store on disk, with a forge whose bodies are the branches of pushes. */

const workspace = "acme";
let bench: Awaited<ReturnType<typeof createBench>>;
const reads = (body: Buffer): Reading => ({ state: "event", event: push({ branch: body.toString().slice(0, 20) }) });

async function createBench(engine: Engine["name"]) {
  const place = await newStorePlace(engine);
  const store = await place.open();
  const worker = await addWorker(store);
  /** bodies that were parsed, in order: their first letters */
  const parsed: string[] = [];
  const large: { forge: string; bytes: number; brand: string | undefined }[] = [];
  const plain: Forge = {
    name: "plain",
    title: "Plain",
    schemes: [],
    eventHeaders: () => [],
    tokenHeaders: () => [],
    signatureHeaders: () => [],
    parse: ({ body }) => {
      parsed.push(body.toString().slice(0, 20));
      if (body.includes("throw")) throw new Error("a mistake of the forge");
      return reads(body);
    },
  };
  const failed: unknown[] = [];
  const logged: string[] = [];
  const note = (...given: unknown[]) => void logged.push(JSON.stringify(given));
  let woken = 0;
  const reader: Reader = {
    store,
    worker: () => worker,
    forges: { ...forges, plain },
    parseLarge: async (forge, { body }: Delivery, brand) => {
      large.push({ forge, bytes: body.length, brand });
      return reads(body);
    },
    onMessages: () => {
      woken += 1;
    },
    log: { debug: note, info: note, warn: note, error: note } as Log,
    metrics: noMetrics,
  };
  const hooks = createKeyed({ most: 8, onDone: () => {}, onError: (error) => void failed.push(error) });
  let keys = 0;
  return {
    store,
    reader,
    hooks,
    parsed,
    large,
    failed,
    logged,
    woken: () => woken,
    add: (bodies: readonly (string | Buffer)[], more: Partial<NewDelivery> = {}) =>
      addDeliveries(
        store,
        bodies.map((body) => ({
          workspace,
          hook: "h",
          forge: "plain",
          brand: undefined,
          key: `key ${keys++}`,
          headers: {},
          body: Buffer.from(body),
          ...more,
        })),
      ),
    /** One round to its end. */
    round: async (change: Partial<Reader> = {}) => {
      await readPending({ ...reader, ...change }, hooks);
      await hooks.settle();
    },
    pending: async () => (await hooksWithPending(store)).length > 0,
    rule: async (words = "platform/api push", channel = "#api") =>
      (await addRule(store, workspace, "command", { channel, words })).id,
    /** state and reason of all deliveries, oldest first */
    states: async () =>
      (await listDeliveries(store, { workspace, limit: 500 })).reverse().map(({ state, reason }) => [state, reason]),
    messages: async () => (await listMessages(store, { workspace, limit: 500 })).reverse(),
    close: async () => {
      await hooks.settle();
      await place.remove();
    },
  };
}

/** The branches of the messages that wait, in the order of their lane. */
async function branches(): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  const options = { worker: "test", pace: { channel: undefined, posts: undefined }, collectBefore: undefined };
  for (;;) {
    const { taken: all, lanes } = await takeMessages(bench.store, { most: 1, without: [] }, options);
    if (lanes === 0) return found;
    const [taken] = all;
    if (!taken) continue;
    found.push(taken.message.event.kind === "push" ? taken.message.event.branch : undefined);
    const change = { ready: 0 };
    const { lane, message } = taken;
    await finishSends(bench.store, [{ lane, message, result: { state: "dead", reason: "test" }, change }]);
  }
}

const unnamed = ["event", "no rule names the project"];
const ours = ["unreadable", "Belfry failed to read it; this is a mistake of ours"];

describe.each(engines)("on %s:", (engine) => {
  beforeEach(async () => {
    bench = await createBench(engine);
  });
  afterEach(() => bench.close());

  describe("order", () => {
    test("60 deliveries of a hook are read in three rounds, in the order they came", async () => {
      await bench.rule();
      const bodies = Array.from({ length: 60 }, (_, number) => String(number));
      await bench.add(bodies);
      const counts: number[] = [];
      while (await bench.pending()) {
        await bench.round();
        counts.push(bench.parsed.length);
      }
      expect(counts).toEqual([25, 50, 60]);
      expect(bench.parsed).toEqual(bodies);
      expect(await branches()).toEqual(bodies);
      expect([bench.failed, bench.woken()]).toEqual([[], 3]);
    });

    test("a hook has one reader at a time, and a slow hook delays no other", async () => {
      const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      let calls = 0;
      const slow: Partial<Reader> = {
        parseLarge: async (_forge, { body }) => {
          calls += 1;
          begin();
          await gate;
          return reads(body);
        },
      };
      await bench.add(["1", Buffer.alloc(1_000_001, "2"), "3"]);
      await readPending({ ...bench.reader, ...slow }, bench.hooks);
      await begun;
      await bench.add(["4"]);
      await bench.add(["other"], { hook: "other" });
      for (let round = 0; round < 3; round++) await readPending({ ...bench.reader, ...slow }, bench.hooks);
      await until(
        () => bench.hooks.has("other"),
        (busy) => !busy,
      );
      expect(bench.parsed).toEqual(["1", "other"]);
      openGate();
      await bench.hooks.settle();
      await bench.round(slow);
      expect(bench.parsed).toEqual(["1", "other", "3", "4"]);
      expect(calls).toBe(1);
      expect(await bench.states()).toEqual(Array(5).fill(unnamed));
    });

    test("a round reads about 8 MB of a hook, and at least one delivery", async () => {
      await bench.add([3, 3, 3, 9, 1].map((megabytes) => Buffer.alloc(megabytes * 1_000_000)));
      const rounds: number[][] = [];
      while (await bench.pending()) {
        bench.large.length = 0;
        bench.parsed.length = 0;
        await bench.round();
        rounds.push([...bench.large.map(({ bytes }) => bytes / 1_000_000), ...bench.parsed.map(() => 1)]);
      }
      expect(rounds).toEqual([[3, 3], [3], [9], [1]]);
    });
  });

  describe("a delivery that cannot be read", () => {
    test("because its forge throws is unreadable, and the others are read", async () => {
      await bench.rule();
      await bench.add(["1", "throw", "3"]);
      await bench.round();
      expect(await bench.states()).toEqual([["event", null], ours, ["event", null]]);
      expect(await branches()).toEqual(["1", "3"]);
      expect(bench.logged.join()).toContain("delivery could not be parsed");
      expect(bench.failed).toEqual([]);
    });

    test("because the thread for large bodies fails is unreadable, and the others are read", async () => {
      await bench.add(["1", Buffer.alloc(1_000_001), "3"]);
      await bench.round({ parseLarge: () => Promise.reject(new Error("no thread")) });
      expect(await bench.states()).toEqual([unnamed, ours, unnamed]);
    });

    test.each([
      ["body is changed", sql`body = substr(body, 1, length(body) - 1) || substr(body, 1, 1)`],
      ["body is cut off", sql`body = substr(body, 1, 10)`],
      ["body is gone", sql`body = null`],
      ["body is another row's", sql`body = (select body from deliveries order by seq desc limit 1)`],
      ["headers are no JSON", sql`headers = 'x'`],
    ])("because its %s in the database is unreadable, and the hook goes on", async (_, change) => {
      const [first] = await bench.add(["1", "2"]);
      await sql`update deliveries set ${change} where id = ${first?.id}`.execute(bench.store.db);
      await bench.round();
      expect(await bench.states()).toEqual([["unreadable", "its body is damaged in the database"], unnamed]);
      expect(bench.failed).toEqual([]);
    });

    test("because its forge is not known any more is ignored", async () => {
      await bench.add(["1"], { forge: "gone" });
      await bench.add(["2"]);
      await bench.round();
      expect(await bench.states()).toEqual([["ignored", "forge gone is not known any more"], unnamed]);
    });
  });

  describe("bodies over 1 MB", () => {
    test("are parsed away from the event loop, with their forge and brand, and no others are", async () => {
      await bench.rule();
      await bench.add([Buffer.alloc(1_000_000, "a"), Buffer.alloc(1_000_001, "b"), "c"], { brand: "Acme" });
      await bench.round();
      expect(bench.large).toEqual([{ forge: "plain", bytes: 1_000_001, brand: "Acme" }]);
      expect(bench.parsed).toEqual(["a".repeat(20), "c"]);
      expect(await branches()).toEqual(["a".repeat(20), "b".repeat(20), "c"]);
    });

    test("are read by a real thread as small ones are", async () => {
      await bench.rule();
      const headers = { "x-acme-event": "Push Hook" };
      const hook = { forge: "gitlab", brand: "Acme", headers };
      await bench.add([gitlabPush("small"), gitlabPush("large", 1_100_000), Buffer.alloc(1_100_000, "[")], hook);
      await bench.round({ parseLarge });
      expect(await bench.states()).toEqual([
        ["event", null],
        ["event", null],
        ["unreadable", "the body is nested more than 64 levels deep"],
      ]);
      expect(await branches()).toEqual(["small", "large"]);
    });
  });

  const gitlabPush = (branch: string, bytes = 0) =>
    JSON.stringify({
      object_kind: "push",
      ref: `refs/heads/${branch}`,
      before: "a".repeat(40),
      after: "b".repeat(40),
      user_name: "Ada Lovelace",
      user_username: "ada",
      project: {
        name: "api",
        path_with_namespace: "platform/api",
        web_url: "https://gitlab.acme.example/platform/api",
        default_branch: branch,
      },
      commits: [{ id: "b".repeat(40), message: "x".repeat(bytes), author: { name: "Ada Lovelace" } }],
      total_commits_count: 1,
    });

  test("a delivery is read as what it was sent, though its hook is gone", async () => {
    await bench.rule();
    const hook = await addHook(bench.store, { ...gitlabHook(workspace, "brand", "s3cret"), brand: "Acme" });
    const headers = { "x-acme-event": "Push Hook" };
    await bench.add([gitlabPush("main")], { hook: hook.id, forge: hook.forge, brand: hook.brand, headers });
    expect(await removeHook(bench.store, workspace, hook.id)).toBe(true);
    await bench.round();
    expect(await bench.states()).toEqual([["event", null]]);
    expect(await branches()).toEqual(["main"]);
  });

  describe("decisions", () => {
    test("of 300 rules 200 are kept, what posts among them, and how many there were", async () => {
      const { db } = bench.store;
      const columns = sql`(workspace_id, id, channel, words, origin, created_at)`;
      await sql`insert into rules ${columns} with recursive n(i) as (select 1 union all select i + 1 from n where i < 299)
      select ${workspace}, 'a' || i, '#api', 'platform/api pipeline', 'command', '2026' from n`.execute(db);
      await sql`insert into rules ${columns}
        values (${workspace}, 'z', '#api', 'platform/api push', 'command', '2026')`.execute(db);
      await sql`insert into rule_anchors select workspace_id, 'platform/api', id from rules`.execute(db);
      const [stored] = await bench.add(["1"]);
      await bench.round();
      const delivery = await findDelivery(bench.store, workspace, stored?.id ?? "");
      const decisions = JSON.parse(delivery?.decisions ?? "");
      expect(delivery).toMatchObject({ state: "event", kind: "push", action: "update", project: "platform/api" });
      expect([decisions.count, decisions.rules.length]).toEqual([300, 200]);
      expect(decisions.rules[0]).toEqual({ rule: "z", channel: "#api", post: true, reason: "posts" });
      expect(decisions.rules[1]).toMatchObject({ post: false, reason: expect.stringContaining("pipeline") });
      expect(await bench.messages()).toMatchObject([{ rule_id: "z", delivery_id: stored?.id }]);
    });

    test("each channel gets one message; nobody is woken where there is none", async () => {
      await bench.rule();
      await bench.rule("platform/** push");
      await bench.rule("** push", "#other");
      await bench.rule("platform/api push", "#paused");
      await sql`update rules set paused = 'by hand' where channel = '#paused'`.execute(bench.store.db);
      await bench.add(["1"]);
      await bench.round();
      expect((await bench.messages()).map(({ channel }) => channel).sort()).toEqual(["#api", "#other"]);
      expect(bench.woken()).toBe(1);
      await bench.add(["2"], { workspace: "other" });
      await bench.round();
      expect(bench.woken()).toBe(1);
    });
  });

  test("messages and the end of their deliveries are written together or not at all", async () => {
    await bench.rule();
    const { db } = bench.store;
    const triggers = {
      sqlite: ["create trigger refuse before insert on messages begin select raise(abort, 'no room'); end"],
      postgres: [
        `create function refuse() returns trigger language plpgsql as $$ begin
         raise exception 'no room' using errcode = 'check_violation'; end $$`,
        "create trigger refuse before insert on messages for each row execute function refuse()",
      ],
    };
    for (const statement of triggers[engine]) await sql.raw(statement).execute(db);
    await bench.add(["1", "2"]);
    await bench.round();
    await bench.round();
    const refused = ["unreadable", "Belfry failed to write down what it says; this is a mistake of ours"];
    expect(await bench.states()).toEqual([refused, refused]);
    expect(await bench.messages()).toEqual([]);
    expect(bench.woken()).toBe(0);
    expect(bench.logged.join()).toContain("what was read could not be written");

    await sql.raw(engine === "sqlite" ? "drop trigger refuse" : "drop trigger refuse on messages").execute(db);
    for (const { id } of await listDeliveries(bench.store, { workspace, limit: 9 })) {
      expect(await replayDelivery(bench.store, workspace, id)).toBe(true);
    }
    await bench.round();
    expect(await bench.states()).toEqual(Array(2).fill(["event", null]));
    expect(await branches()).toEqual(["1", "2"]);
  });

  test("a batch that makes more messages than one statement takes is written all the same", async () => {
    for (let index = 0; index < 40; index++) await bench.rule("platform/api push", `#c${index}`);
    await bench.add(Array.from({ length: 100 }, (_, index) => String(index)));
    while (await bench.pending()) await bench.round();
    expect(bench.failed).toEqual([]);
    expect(await bench.states()).toEqual(Array(100).fill(["event", null]));
    const rows = await bench.store.db.selectFrom("messages").select("channel").execute();
    expect(rows).toHaveLength(4_000);
  });

  test("a replay replaces the delivery's messages that still wait, and no others", async () => {
    await bench.rule();
    const [first] = await bench.add(["1", "2"]);
    await bench.round();
    expect(await replayDelivery(bench.store, workspace, first?.id ?? "")).toBe(true);
    await bench.rule("platform/api push", "#late");
    await bench.round();
    const replaced = ["suppressed", "replaced by a replay"];
    const waits = ["pending", null];
    const seen = (await bench.messages()).map(({ delivery_id, channel, state, reason }) => [
      delivery_id === first?.id ? "first" : "second",
      channel,
      state,
      reason,
    ]);
    expect(seen.slice(0, 2)).toEqual([
      ["first", "#api", ...replaced],
      ["second", "#api", ...waits],
    ]);
    expect(seen.slice(2).sort()).toEqual([
      ["first", "#api", ...waits],
      ["first", "#late", ...waits],
    ]);
  });

  test("a replay says again what was said, and leaves the record of it", async () => {
    await bench.rule();
    const [first] = await bench.add(["1"]);
    await bench.round();
    expect(await branches()).toEqual(["1"]);
    expect(await replayDelivery(bench.store, workspace, first?.id ?? "")).toBe(true);
    await bench.round();
    expect((await bench.messages()).map(({ state, reason }) => [state, reason])).toEqual([
      ["dead", "test"],
      ["pending", null],
    ]);
  });

  test("a replay asks today's rules: where the rule is gone nothing is said, and the reason tells why", async () => {
    const rule = await bench.rule();
    const [first] = await bench.add(["1"]);
    await bench.round();
    expect(await branches()).toEqual(["1"]);
    await pauseRule(bench.store, workspace, rule, "by hand");
    expect(await replayDelivery(bench.store, workspace, first?.id ?? "")).toBe(true);
    await bench.round();
    expect(await bench.states()).toEqual([["event", "no rule posts it"]]);
    await bench.store.db.deleteFrom("rules").execute();
    await bench.store.db.deleteFrom("rule_anchors").execute();
    expect(await replayDelivery(bench.store, workspace, first?.id ?? "")).toBe(true);
    await bench.round();
    expect(await bench.states()).toEqual([["event", "no rule names the project"]]);
    expect(await bench.messages()).toHaveLength(1);
  });

  test("ten replays while a delivery is read make one reading more", async () => {
    await bench.rule();
    const [first] = await bench.add(["1"]);
    await bench.round();
    const replay = () => replayDelivery(bench.store, workspace, first?.id ?? "");
    const told = await Promise.all(Array.from({ length: 10 }, replay));
    expect(told.filter(Boolean)).toHaveLength(1);
    await bench.round();
    expect(bench.parsed).toEqual(["1", "1"]);
  });
});
