import { sql } from "kysely";
import { describe, expect } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { readBacklog } from "../../src/store/backlog.ts";
import type { Store } from "../../src/store/store.ts";
import { watchQueries } from "../support/plans.ts";
import { engines, testOn } from "../support/stores.ts";

const ago = (store: Store, seconds: number) => new Date(store.now().getTime() - seconds * 1000).toISOString();

const delivery = (workspace: string, hook: string, key: string) => ({
  workspace,
  hook,
  forge: "gitlab",
  brand: undefined,
  key,
  headers: {},
  body: Buffer.from("{}"),
});

/** Many finished rows of each table, as a long history leaves them. */
async function addHistory(store: Store, rows: number): Promise<void> {
  const numbers =
    store.engine.name === "postgres"
      ? sql`select generate_series(1, ${sql.lit(rows)}) as n`
      : sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(rows)}) select n from numbers`;
  const text = (expression: string) => sql.raw(`cast(${expression} as text)`);
  await sql`insert into deliveries (workspace_id, id, hook_id, forge, key, state, headers, body_hash, bytes, received_at)
    select 'acme', ${text("n")}, 'h', 'gitlab', ${text("n")}, 'event', '{}', '', 2, '2026-01-01T00:00:00.000Z'
    from (${numbers}) as many`.execute(store.db);
  await sql`insert into messages (workspace_id, id, channel, delivery_id, rule_id, state, attempts, lost_answers, event, event_format, created_at)
    select 'acme', ${text("n")}, '#api', ${text("n")}, 'r', 'sent', 1, 0, '', 1, '2026-01-01T00:00:00.000Z'
    from (${numbers}) as many`.execute(store.db);
}

const received = (store: Store, key: string, seconds: number) =>
  store.db
    .updateTable("deliveries")
    .set({ received_at: ago(store, seconds) })
    .where("key", "=", key)
    .execute();

async function addOpenMessage(store: Store, channel: string, created: string, queued: string | null = created) {
  const state = queued === null ? "uncertain" : "pending";
  await sql`insert into messages (workspace_id, id, channel, delivery_id, rule_id, state, attempts, lost_answers, event, event_format, created_at, queued_at)
    values ('acme', ${`${channel}${created}${queued}`}, ${channel}, 'd', 'r', ${state}, 0, 0, '', 1, ${created}, ${queued})`.execute(
    store.db,
  );
}

describe.each(engines)("on %s", (engine) => {
  const test = testOn(engine);

  test("nothing waits", async ({ store }) => {
    await addHistory(store, 10);
    expect(await readBacklog(store)).toEqual({
      deliveries: { count: 0, oldest: 0 },
      messages: { count: 0, oldest: 0 },
      lanes: 0,
    });
  });

  test("the oldest of all hooks and all channels, whichever comes first", async ({ store }) => {
    await addHistory(store, 10);
    const all = [
      delivery("b", "h1", "k1"),
      delivery("b", "h1", "k2"),
      delivery("a", "h2", "k3"),
      delivery("b", "h2", "k4"),
    ];
    await addDeliveries(store, all);
    await received(store, "k1", 10);
    await received(store, "k2", 5);
    await received(store, "k3", 20);
    await received(store, "k4", 90);
    await addOpenMessage(store, "#b", ago(store, 500), ago(store, 30));
    await addOpenMessage(store, "#a", ago(store, 40), null);
    await addOpenMessage(store, "#c", ago(store, 10));
    for (const [channel, ready_at] of [
      ["#a", ago(store, 1)],
      ["#b", null],
    ] as const)
      await store.db.insertInto("lanes").values({ workspace_id: "acme", channel, ready_at, failures: 0 }).execute();
    const { deliveries, messages, lanes } = await readBacklog(store);
    expect([deliveries.count, messages.count, lanes]).toEqual([4, 3, 1]);
    expect(Math.floor(deliveries.oldest)).toBe(90);
    expect(Math.floor(messages.oldest)).toBe(40);
  });
});

describe("what waits is found through its index, however long the history is", () => {
  testOn("sqlite")("SQLite", async ({ store }) => {
    const { watched, plan } = watchQueries(store);
    await readBacklog(watched);
    const steps = await plan();
    const looks = steps.filter((step) => /\b(deliveries|messages|lanes|here|later)\b/.test(step));
    const cheap = [
      /^SCAN deliveries USING COVERING INDEX deliveries_pending$/,
      // SQLite looks at the state of each, so it is not enough of itself.
      /^SCAN messages USING INDEX messages_open$/,
      /^SEARCH later USING (COVERING )?INDEX (deliveries_pending|messages_open) \(workspace_id=\? AND \w+>\?\)$/,
      /^SEARCH later USING (COVERING )?INDEX (deliveries_pending|messages_open) \(workspace_id>\?\)$/,
      /^SEARCH (deliveries|messages|here) USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
      /^(SCAN|SEARCH) lanes USING COVERING INDEX lanes_ready/,
    ];
    expect(looks.filter((step) => !cheap.some((pattern) => pattern.test(step)))).toEqual([]);
    expect(looks.length).toBeGreaterThan(8);
  });

  testOn("postgres")("PostgreSQL", async ({ store }) => {
    await addHistory(store, 20_000);
    await addDeliveries(store, [delivery("acme", "h", "new")]);
    await addOpenMessage(store, "#api", ago(store, 1));
    await sql`analyze`.execute(store.db);
    const asked: string[] = [];
    const watched = {
      ...store,
      db: store.db.withPlugin({
        transformQuery: ({ node, queryId }) => {
          asked.push(store.db.getExecutor().compileQuery(node, queryId).sql);
          return node;
        },
        transformResult: async ({ result }) => result,
      }),
    };
    await readBacklog(watched);
    expect(asked).toHaveLength(1);
    const { rows } = await sql<{ "QUERY PLAN": string }>`explain ${sql.raw(asked[0] ?? "")}`.execute(store.db);
    const steps = rows.map((row) => row["QUERY PLAN"]);
    expect(steps.filter((step) => /Seq Scan on (deliveries|messages)/.test(step))).toEqual([]);
    expect(steps.filter((step) => /Index.*using (deliveries_pending|messages_open)/.test(step)).length).toBeGreaterThan(
      3,
    );
  });
});
