import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import { UserError } from "../errors.ts";
import type { Engine } from "./engine/engine.ts";
import { postgres } from "./engine/postgres.ts";
import { sqlite } from "./engine/sqlite.ts";
import { makeFolder } from "./folder.ts";
import { loadKeys } from "./keys.ts";
import { migrate } from "./migrations/migrate.ts";
import type { Sealed, Tables } from "./schema.ts";
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
export async function openStore({ data, keys, database, onError = () => {} }: StoreOptions): Promise<Store> {
  if (!database) return openSqlite(data, "belfry.db", keys);
  const sealer = createSealer(loadKeys(data, keys));
  return open(postgres(database.url, { isDyno: database.isDyno, onError }), sealer);
}

/** A store in one file of the data folder. */
export async function openSqlite(data: string, file: string, keys?: string): Promise<Store> {
  makeFolder(data);
  const path = join(data, file);
  await refuseEmpty(path);
  return open(sqlite(path), createSealer(loadKeys(data, keys)));
}

async function open(engine: Engine, sealer: Sealer): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: engine.dialect });
  const close = async () => {
    await engine.close();
    await db.destroy();
  };
  try {
    await migrate(db, engine);
    await checkKeys(db, sealer);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, sealer, engine, now: engine.now, close };
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
 * concerns nothing but itself.
 */
async function checkKeys(db: Kysely<Tables>, sealer: Sealer): Promise<void> {
  const newest = (table: "deliveries" | "messages", column: "body" | "event") =>
    db
      .selectFrom(table)
      .select(sql<Sealed>`${sql.ref(column)}`.as("sealed"))
      .where(sql.ref(column), "is not", null)
      .orderBy("seq", "desc")
      .limit(1)
      .execute();
  const hooks = await db.selectFrom("hooks").select("secrets as sealed").execute();
  const samples = [...hooks, ...(await newest("deliveries", "body")), ...(await newest("messages", "event"))];
  for (const { sealed } of samples) sealer.checkKey(sealed);
}
