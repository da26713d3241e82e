import type { RootOperationNode } from "kysely";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { findDelivery, replayDelivery } from "../../src/store/deliveries.ts";
import { addHook, removeHook } from "../../src/store/hooks.ts";
import { wakeLanes } from "../../src/store/lanes.ts";
import { listMessages, retryMessage } from "../../src/store/messages.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import { newestArrival, removeOld } from "../../src/store/retention.ts";
import { retryMessages } from "../../src/store/retry-messages.ts";
import type { DeliveryState, MessageState } from "../../src/store/schema.ts";
import type { Store } from "../../src/store/store.ts";
import { push } from "../rules/events.ts";
import { gitlabHook } from "../support/hook.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

const workspace = "acme";
const day = 86_400_000;
const keep = { bodies: 7 * day, rows: 30 * day };
const now = new Date();
const daysAgo = (days: number) => new Date(now.getTime() - days * day).toISOString();

describe.each(engines)("%s", (engine) => {
  let place: StorePlace;
  let store: Store;
  beforeAll(async () => {
    place = await newStorePlace(engine);
    store = await place.open();
  });
  afterAll(() => place.remove());
  beforeEach(async () => {
    for (const table of ["deliveries", "messages", "lanes", "hook_leases", "hooks"] as const) {
      await store.db.deleteFrom(table).execute();
    }
  });

  interface Row<State> {
    days: number;
    /** when it was done; the same day where it is not said */
    done?: number | null;
    state: State;
    body?: string;
  }

  async function deliver(...rows: Row<DeliveryState>[]): Promise<string[]> {
    const stored = await addDeliveries(
      store,
      rows.map(({ days, body = "{}" }) => ({
        ...{ workspace, hook: "hook", forge: "gitlab", brand: undefined, key: crypto.randomUUID(), headers: {} },
        body: Buffer.from(body),
        received: { id: crypto.randomUUID(), at: daysAgo(days) },
      })),
    );
    for (const [at, { days, done = days, state }] of rows.entries()) {
      await store.db
        .updateTable("deliveries")
        .set({ state, decisions: Buffer.from("d"), finished_at: done === null ? null : daysAgo(done) })
        .where("id", "=", stored[at]?.id ?? "")
        .execute();
    }
    return stored.map(({ id }) => id);
  }

  async function write(...rows: Row<MessageState>[]): Promise<void> {
    for (const { days, done = days, state } of rows) {
      const message = { workspace, channel: "#api", delivery: "d", rule: "r", event: push() };
      await store.db.transaction().execute((trx) => addMessages(store, trx, [message]));
      const { seq, id } = await store.db
        .selectFrom("messages")
        .select(["seq", "id"])
        .orderBy("seq", "desc")
        .limit(1)
        .executeTakeFirstOrThrow();
      await store.db
        .updateTable("messages")
        .set({ state, created_at: daysAgo(days), finished_at: done === null ? null : daysAgo(done) })
        .set({ sent: store.sealer.seal({ table: "messages", workspace, row: id }, '{"text":"sent","blocks":[]}') })
        .where("seq", "=", seq)
        .execute();
    }
  }

  const leftOf = async (table: "deliveries" | "messages") => {
    const content = table === "deliveries" ? sql`body is not null` : sql`length(event) > 0`;
    const at = sql.ref(table === "deliveries" ? "received_at" : "created_at");
    const { rows } = await sql<{ at: string; state: string; content: number | boolean }>`
      select ${at} as at, state, ${content} as content from ${sql.table(table)} order by at, seq`.execute(store.db);
    return rows.map(({ at: time, state, content: full }) => {
      const days = Math.round((now.getTime() - Date.parse(time)) / day);
      return `${days} ${state}${full ? "" : " emptied"}`;
    });
  };
  const removeAll = async (of = store) => {
    const rounds: number[] = [];
    do rounds.push(await removeOld(of, keep, now));
    while (rounds.at(-1) !== 0);
    return rounds;
  };

  test("deliveries lose their bodies, then go; those that wait stay", async () => {
    await deliver(
      { days: 40, state: "event" },
      { days: 40, state: "pending", done: null },
      { days: 40, state: "event", done: 3 },
      { days: 40, state: "event", done: 9 },
      { days: 31, state: "duplicate" },
      { days: 29, state: "unreadable" },
      { days: 8, state: "ignored" },
      { days: 6, state: "event" },
    );
    expect(await removeOld(store, keep, now)).toBe(7);
    expect(await leftOf("deliveries")).toEqual([
      "40 pending",
      "40 event",
      "40 event emptied",
      "29 unreadable emptied",
      "8 ignored emptied",
      "6 event",
    ]);
    expect(await removeOld(store, keep, now)).toBe(0);
  });

  test("messages lose their contents, then go; those that wait stay", async () => {
    await write(
      { days: 40, state: "sent" },
      { days: 40, state: "pending", done: null },
      { days: 40, state: "retry", done: null },
      { days: 40, state: "uncertain", done: null },
      { days: 40, state: "dead", done: 2 },
      { days: 40, state: "suppressed", done: 8 },
      { days: 8, state: "sent" },
      { days: 6, state: "dead" },
    );
    await removeAll();
    expect(await leftOf("messages")).toEqual([
      "40 pending",
      "40 retry",
      "40 uncertain",
      "40 dead",
      "40 suppressed emptied",
      "8 sent emptied",
      "6 dead",
    ]);
    const list = await listMessages(store, { workspace, limit: 9 });
    expect(list.find(({ created_at }) => created_at === daysAgo(8))).toMatchObject({ state: "sent", sent: undefined });
  });

  test("what was removed is neither sent nor read again, and says so", async () => {
    await write({ days: 8, state: "dead" }, { days: 8, state: "suppressed" }, { days: 6, state: "dead" });
    const [delivery = ""] = await deliver({ days: 8, state: "event" });
    await removeAll();
    const ids = (await listMessages(store, { workspace, limit: 9 })).map(({ id }) => id).reverse();
    await expect(retryMessage(store, workspace, ids[0] ?? "")).rejects.toThrow(
      `The content of message “${ids[0]}” was removed when it was older than BELFRY_KEEP_BODIES.`,
    );
    expect(await retryMessages(store, workspace, { channel: "#api" })).toBe(1);
    expect(await leftOf("messages")).toEqual(["8 dead emptied", "8 suppressed emptied", "6 pending"]);
    expect(await replayDelivery(store, workspace, delivery)).toBe(false);
    expect(await findDelivery(store, workspace, delivery)).toMatchObject({
      state: "event",
      body: null,
      decisions: null,
    });
  });

  test("a store whose contents were all removed opens", async () => {
    await write({ days: 8, state: "sent" });
    await deliver({ days: 8, state: "event" });
    await removeAll();
    const again = await place.open();
    expect(await listMessages(again, { workspace, limit: 9 })).toHaveLength(1);
    await again.close();
  });

  /** Many rows at once: the same delivery and message over and over, one day older than allowed each second one. */
  async function multiply(count: number, days: number): Promise<void> {
    await deliver({ days, state: "event" });
    await write({ days, state: "sent" });
    const numbers = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count - 1})`;
    await sql`insert into deliveries (workspace_id, id, hook_id, forge, key, state, headers, body, body_hash, bytes,
        received_at, finished_at)
      ${numbers} select workspace_id, id || '-' || i, hook_id, forge, key || '-' || i, state, headers, body, body_hash,
        bytes, received_at, finished_at from deliveries, n where received_at = ${daysAgo(days)}`.execute(store.db);
    await sql`insert into messages (workspace_id, id, channel, delivery_id, rule_id, state, attempts, lost_answers, event,
        event_format, sent, created_at, finished_at)
      ${numbers} select workspace_id, id || '-' || i, channel, delivery_id, rule_id, state, 1, 0, event, event_format,
        sent, created_at, finished_at from messages, n where created_at = ${daysAgo(days)}`.execute(store.db);
  }

  test("no transaction changes more than 500 rows, the oldest first", async () => {
    await multiply(700, 10);
    await multiply(700, 20);
    expect(await removeOld(store, keep, now)).toBe(1_000);
    const emptied = async (table: "deliveries" | "messages", days: number) =>
      (await leftOf(table)).filter((row) => row.startsWith(`${days} `) && row.endsWith("emptied")).length;
    expect([await emptied("deliveries", 20), await emptied("messages", 20)]).toEqual([500, 500]);
    expect([await emptied("deliveries", 10), await emptied("messages", 10)]).toEqual([0, 0]);
    expect(await removeAll()).toEqual([1_000, 800, 0]);
  });

  test("large bodies go a few at a time", async () => {
    const body = "x".repeat(3_000_000);
    await deliver(...[20, 19, 18].map((days) => ({ days, state: "event" as const, body })));
    expect(await removeAll()).toEqual([2, 1, 0]);
    await deliver({ days: 20, state: "event", body: "x".repeat(9_000_000) });
    expect(await removeAll()).toEqual([1, 0]);
  });

  test("lanes that rest go with what they knew; those that wait, are taken or rested lately stay", async () => {
    const old = daysAgo(31);
    const lanes = {
      rests: { ready_at: null, paced_at: old },
      "rests since nobody knows": { ready_at: null, paced_at: null },
      "rests for a day": { ready_at: null, paced_at: daysAgo(1) },
      waits: { ready_at: old, paced_at: old },
      taken: { ready_at: null, paced_at: old, owner: "worker" },
      "#api": { ready_at: null, paced_at: old },
    };
    await write({ days: 40, state: "retry", done: null });
    await store.db.transaction().execute((trx) =>
      wakeLanes(
        store,
        trx,
        Object.keys(lanes).map((channel) => ({ workspace, channel })),
      ),
    );
    for (const [channel, set] of Object.entries(lanes)) {
      await store.db.updateTable("lanes").set(set).where("channel", "=", channel).execute();
    }
    expect(await removeAll()).toEqual([2, 0]);
    const left = await store.db.selectFrom("lanes").select("channel").orderBy("channel").execute();
    expect(left.map(({ channel }) => channel)).toEqual(["#api", "rests for a day", "taken", "waits"]);
  });

  test("leases of hooks that were removed go, once all is read", async () => {
    const kept = await addHook(store, gitlabHook(workspace, "kept", "s"));
    const gone = await addHook(store, gitlabHook(workspace, "gone", "s"));
    await removeHook(store, workspace, gone.id);
    await deliver({ days: 1, state: "pending", done: null });
    const lease = (hook_id: string, owner: string | null = null) => ({
      workspace_id: workspace,
      hook_id,
      owner,
      fence: 3,
    });
    const leases = [lease(kept.id), lease(gone.id), lease("hook"), lease("taken", "worker")];
    await store.db.insertInto("hook_leases").values(leases).execute();
    expect(await removeAll()).toEqual([1, 0]);
    const left = await store.db.selectFrom("hook_leases").select("hook_id").execute();
    expect(left.map(({ hook_id }) => hook_id).sort()).toEqual([kept.id, "hook", "taken"].sort());
  });

  test("rows are bounded while as many come as go", async () => {
    const counts: number[] = [];
    const perRound = 120;
    for (let round = 0; round < 20; round++) {
      // Each round is a day: what was made in the first ones comes to the end of its time.
      const today = new Date(now.getTime() + round * day);
      const rows = Array.from({ length: perRound }, () => ({ days: -round, state: "event" as const }));
      const load = addDeliveries(
        store,
        rows.map(({ days }) => ({
          ...{ workspace, hook: "hook", forge: "gitlab", brand: undefined, key: crypto.randomUUID(), headers: {} },
          body: Buffer.from("{}"),
          received: { id: crypto.randomUUID(), at: daysAgo(days) },
        })),
      );
      const [removed] = await Promise.all([removeOld(store, { bodies: 2 * day, rows: 5 * day }, today), load]);
      expect(removed).toBeLessThanOrEqual(2 * perRound);
      await sql`update deliveries set state = 'event', finished_at = received_at where state = 'pending'`.execute(
        store.db,
      );
      const { count } = await store.db
        .selectFrom("deliveries")
        .select((select) => select.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      counts.push(count);
    }
    expect(Math.max(...counts)).toBe(counts.at(-1));
    expect(counts.at(-1)).toBe(6 * perRound);
  });

  test("the newest arrival", async () => {
    expect(await newestArrival(store)).toBeUndefined();
    await deliver({ days: 3, state: "event" }, { days: 2, state: "event" }, { days: 9, state: "event" });
    expect(await newestArrival(store)).toBe(Date.parse(daysAgo(2)));
  });

  test.runIf(engine === "postgres")("two at once remove each row once", async () => {
    const other = await place.open();
    await multiply(900, 40);
    const both = await Promise.all([removeAll(), removeAll(other)]);
    const removed = both.flat().reduce((sum, one) => sum + one, 0);
    // Emptied, and then removed.
    expect(removed).toBeLessThanOrEqual(2 * 1_800);
    expect(removed).toBeGreaterThanOrEqual(1_800);
    expect([...(await leftOf("deliveries")), ...(await leftOf("messages"))]).toEqual([]);
  });

  test("it finds what is old through indexes, however much is not", async () => {
    await multiply(4_000, 20);
    await removeAll();
    await multiply(50, 10);
    if (engine === "postgres") await sql`analyze deliveries, messages`.execute(store.db);
    const asked: RootOperationNode[] = [];
    const db = store.db.withPlugin({
      transformQuery: ({ node }) => {
        asked.push(node);
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    await removeOld({ ...store, db }, keep, now);
    const plans: string[] = [];
    for (const node of asked) {
      const query = store.db.getExecutor().compileQuery(node, { queryId: "plan" });
      if (!query.sql.trim().startsWith("select seq")) continue;
      const explain = { ...query, sql: `explain ${engine === "sqlite" ? "query plan " : ""}${query.sql}` };
      const { rows } = await store.db.executeQuery<Record<string, string>>(explain);
      plans.push(rows.map((row) => row["detail"] ?? row["QUERY PLAN"]).join("\n"));
    }
    const names = ["deliveries_bodies", "messages_contents", "deliveries_received", "messages_created"];
    expect(plans.map((plan) => names.find((name) => plan.includes(name)))).toEqual(names);
    for (const plan of plans) expect(plan).not.toMatch(/SCAN|Seq Scan|Sort|TEMP B-TREE/);
  });
});
