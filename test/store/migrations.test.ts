import { type Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { afterEach, describe, expect, test } from "vitest";
import { findDelivery, listDeliveries } from "../../src/store/deliveries.ts";
import type { Engine } from "../../src/store/engine/engine.ts";
import { findHook } from "../../src/store/hooks.ts";
import { listMessages } from "../../src/store/messages.ts";
import * as first from "../../src/store/migrations/0001-first.ts";
import { connectStore, type Store } from "../../src/store/store.ts";
import { takeMessages } from "../../src/store/take-message.ts";
import { push } from "../rules/events.ts";
import { runBelfry } from "../support/belfry.ts";
import { cache } from "../support/commands.ts";
import { type KillPlace, killAt } from "../support/kill-at.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

/** A database of the version before becomes one of this version, whatever happens on the way. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const workspace = "acme";
const at = "2026-11-01T10:00:00.000Z";
const event = push({ branch: "before" });

/** A database as version 1 left it, with something in each table. */
async function newOldPlace(engine: Engine["name"]): Promise<StorePlace> {
  const place = await newStorePlace(engine);
  cleanups.push(place.remove);
  const store = await connectStore(place.options);
  await migrateTo(store, { "0001-first": first });
  const { db, sealer } = store;
  const seal = (table: string, row: string, text: string) => sealer.seal({ table, workspace, row }, text);
  await db.insertInto("workspaces").values({ id: workspace, chat: "preview", created_at: at }).execute();
  await db
    .insertInto("hooks")
    .values({
      ...{ workspace_id: workspace, id: "h1", name: "gitlab", forge: "gitlab", scheme: "token" },
      ...{ secrets: seal("hooks", "h1", JSON.stringify(["s3cret"])), origin: "command", created_at: at },
    })
    .execute();
  for (const state of ["pending", "event"] as const) {
    await db
      .insertInto("deliveries")
      .values({
        ...{ workspace_id: workspace, id: state, hook_id: "h1", forge: "gitlab", key: `key ${state}`, state },
        ...{
          headers: "{}",
          body: seal("deliveries", `${state} body`, "{}"),
          body_hash: "x",
          bytes: 2,
          received_at: at,
        },
      })
      .execute();
  }
  await db
    .insertInto("rules")
    .values({
      ...{ workspace_id: workspace, id: "r1", channel: "#api", words: "platform/api push", origin: "command" },
      created_at: at,
    })
    .execute();
  await db.insertInto("rule_anchors").values({ workspace_id: workspace, anchor: "x", rule_id: "r1" }).execute();
  await db
    .insertInto("messages")
    .values({
      ...{ workspace_id: workspace, id: "m1", channel: "#api", delivery_id: "event", rule_id: "r1", state: "pending" },
      ...{ attempts: 0, lost_answers: 0, event: seal("messages", "m1", JSON.stringify(event)), event_format: 1 },
      created_at: at,
    })
    .execute();
  await db
    .insertInto("lanes")
    .values({ workspace_id: workspace, channel: "#api", ready_at: at, failures: 0 })
    .execute();
  await store.close();
  return place;
}

async function migrateTo({ db }: Store, known: Record<string, typeof first>): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => known } }).migrateToLatest();
  if (error) throw error;
}

/** What was there is there, is read, and goes on. */
async function expectAll(place: StorePlace): Promise<void> {
  const store = await place.open();
  expect(await findHook(store, "h1")).toMatchObject({ name: "gitlab", secrets: ["s3cret"] });
  const deliveries = await listDeliveries(store, { workspace, limit: 9 });
  expect(deliveries.map(({ id, state }) => [id, state])).toEqual([
    ["event", "event"],
    ["pending", "pending"],
  ]);
  expect((await findDelivery(store, workspace, "pending"))?.body?.toString()).toBe("{}");
  const options = { worker: "w", pace: { channel: undefined, posts: undefined }, collectBefore: undefined };
  const { taken } = await takeMessages(store, { most: 9, without: [] }, options);
  expect(taken).toMatchObject([{ message: { id: "m1", queuedAt: at, event }, rule: { id: "r1" }, begun: true }]);
  expect(await listMessages(store, { workspace, limit: 9 })).toHaveLength(1);
  await store.close();
}

describe.each(engines)("on %s:", (engine) => {
  test("what the version before wrote is read, and goes on", async () => {
    await expectAll(await newOldPlace(engine));
  });

  test.each<[string, KillPlace]>([
    ["after its first statement", { after: ['create table "belfry_schema"'] }],
    ["in the middle", { after: ["update messages set queued_at"] }],
    ["before its commit", { after: ['insert into "kysely_migration"', "commit"], before: true }],
    ["after its commit", { after: ['insert into "kysely_migration"', "commit"] }],
  ])("killed %s, it is done again from the start", async (_, kill) => {
    const place = await newOldPlace(engine);
    const environment = { ...cache, ...place.environment };
    expect((await runBelfry(["migrate"], { ...environment, ...killAt(kill) })).code).toBeNull();
    // Several at once, as processes do that start after a crash.
    const again = await Promise.all([1, 2].map(() => runBelfry(["migrate"], environment)));
    expect(again.map(({ code, err }) => [code, err])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    await expectAll(place);
  });

  test("the very first one, killed in the middle, is done again, too", async () => {
    const place = await newStorePlace(engine);
    cleanups.push(place.remove);
    const environment = { ...cache, ...place.environment };
    const kill = killAt({ after: ['create table "messages"'] });
    expect((await runBelfry(["migrate"], { ...environment, ...kill })).code).toBeNull();
    expect(await runBelfry(["migrate"], environment)).toMatchObject({ code: 0, err: "" });
    expect(await listDeliveries(await place.open(), { workspace, limit: 9 })).toEqual([]);
  });
});

describe("a database of another application is refused, and stays as it was:", () => {
  test.each(engines)("%s, with a table of one of our names", async (engine) => {
    const place = await newStorePlace(engine);
    cleanups.push(place.remove);
    const store = await connectStore(place.options);
    await sql`create table messages (id integer primary key, words text)`.execute(store.db);
    await sql`insert into messages (id, words) values (1, 'theirs')`.execute(store.db);
    await expect(place.open()).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("messages"),
    });
    expect((await sql`select * from messages`.execute(store.db)).rows).toEqual([{ id: 1, words: "theirs" }]);
    const tables = (await store.db.introspection.getTables()).map(({ name }) => name);
    expect(tables.filter((name) => !name.startsWith("kysely_"))).toEqual(["messages"]);
    await store.close();
  });

  test.each(engines)("%s, with Kysely's migrations of its own", async (engine) => {
    const place = await newStorePlace(engine);
    cleanups.push(place.remove);
    const store = await connectStore(place.options);
    const up = async (db: Kysely<unknown>) => db.schema.createTable("theirs").addColumn("id", "integer").execute();
    await migrateTo(store, { "0001-theirs": { up } });
    await expect(place.open()).rejects.toMatchObject({ name: "UserError" });
    const tables = (await store.db.introspection.getTables()).map(({ name }) => name);
    expect(tables.filter((name) => !name.startsWith("kysely_"))).toEqual(["theirs"]);
    await store.close();
  });
});
