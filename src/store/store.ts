import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import { UserError } from "../errors.ts";
import type { Engine } from "./engine/engine.ts";
import { type Journal, sqlite } from "./engine/sqlite.ts";
import { makeFolder } from "./folder.ts";
import { loadKeys } from "./keys.ts";
import { migrate } from "./migrations/migrate.ts";
import type { Tables } from "./schema.ts";
import { createSealer, type Sealer } from "./seal.ts";

/** The database and the key to it. Each file beside this one holds the queries of one table. */
export interface Store {
  readonly db: Kysely<Tables>;
  readonly sealer: Sealer;
  readonly engine: Engine;
  /** the clock that all processes of the store share */
  now(): Date;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** the data folder */
  data: string;
  /** BELFRY_KEYS, if set */
  keys?: string | undefined;
  /** PostgreSQL instead of SQLite in the data folder */
  database?: { url: string; isDyno: boolean } | undefined;
  /** failures that hurt nobody at the moment, such as an idle connection that broke */
  onError?: (error: unknown) => void;
}

/**
 * Opens the store, makes the data folder at the first start and brings the schema up to date.
 * @throws UserError when the folder, the keys, the database or the schema do not fit
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  return prepared(await connectStore(options));
}

/**
 * The store, which may be away: to be used once `prepareStore` has passed.
 * @throws UserError when the folder or the keys do not fit
 */
export async function connectStore({ data, keys, database, onError = () => {} }: StoreOptions): Promise<Store> {
  if (!database) return connectSqlite(data, "belfry.db", keys);
  const sealer = createSealer(loadKeys(data, keys));
  // Its driver takes memory that SQLite does not need.
  const { postgres } = await import("./engine/postgres.ts");
  return connect(postgres(database.url, { isDyno: database.isDyno, onError }), sealer);
}

/**
 * Brings the schema up to date and checks that the keys fit. Nothing of it hurts when it is done again.
 * @throws UserError when the database, the schema or the keys do not fit
 */
export async function prepareStore({ db, engine, sealer }: Store): Promise<void> {
  await migrate(db, engine);
  await checkKeys(db, sealer);
}

/** Rejects unless the store is there and would take a row: a standby after a failover answers, but takes none. */
export async function probeStore({ db }: Store): Promise<void> {
  await sql`update belfry_schema set version = version where 1 = 0`.execute(db);
}

/** A store in one file of the data folder. */
export const openSqlite = async (data: string, file: string, keys?: string, journal?: Journal): Promise<Store> =>
  prepared(await connectSqlite(data, file, keys, journal));

async function connectSqlite(data: string, file: string, keys?: string, journal?: Journal): Promise<Store> {
  makeFolder(data);
  const path = join(data, file);
  await refuseEmpty(path);
  return connect(sqlite(path, journal), createSealer(loadKeys(data, keys)));
}

function connect(engine: Engine, sealer: Sealer): Store {
  const db = new Kysely<Tables>({ dialect: engine.dialect });
  const close = async () => {
    await engine.close();
    await db.destroy();
  };
  return { db, sealer, engine, now: engine.now, close };
}

async function prepared(store: Store): Promise<Store> {
  try {
    await prepareStore(store);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/** SQLite takes a file without a byte for a new database, and would begin anew where everything was lost. */
async function refuseEmpty(path: string): Promise<void> {
  const isEmpty = () => statSync(path, { throwIfNoEntry: false })?.size === 0;
  if (!isEmpty()) return;
  // Another process may be making it: that takes a moment.
  await setTimeout(500);
  if (!isEmpty()) return;
  throw new UserError(
    `${path} is empty: what was in it is lost. Restore it from your backup, or remove it to begin anew.`,
  );
}

/**
 * A wrong key must stop the start, not surface later as rows that nobody can read. A damaged row must not stop it: it
 * concerns nothing but itself. Through the indexes of what the retention has left.
 */
async function checkKeys(db: Kysely<Tables>, sealer: Sealer): Promise<void> {
  const bodies = await db
    .selectFrom("deliveries")
    .select("body as sealed")
    .where("body", "is not", null)
    .orderBy("received_at", "desc")
    .limit(1)
    .execute();
  const contents = await db
    .selectFrom("messages")
    .select("event as sealed")
    .where(sql<boolean>`length(event) > 0`)
    .orderBy("created_at", "desc")
    .limit(1)
    .execute();
  const hooks = await db.selectFrom("hooks").select("secrets as sealed").execute();
  const tokens = await db.selectFrom("workspaces").select("token as sealed").where("token", "is not", null).execute();
  for (const { sealed } of [...hooks, ...tokens, ...bodies, ...contents]) if (sealed) sealer.checkKey(sealed);
}
