import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { UserError } from "../errors.ts";
import { sqliteDialect } from "./dialect.ts";
import { makeFolder } from "./folder.ts";
import { loadKeys } from "./keys.ts";
import { migrations } from "./migrations/index.ts";
import type { Sealed, Tables } from "./schema.ts";
import { createSealer, type Sealer } from "./seal.ts";

/** The database and the key to it. Each file beside this one holds the queries of one table. */
export interface Store {
  readonly db: Kysely<Tables>;
  readonly sealer: Sealer;
  close(): Promise<void>;
}

/**
 * Opens the store, makes the data folder at the first start and brings the schema up to date.
 * @param data the data folder
 * @param keys BELFRY_KEYS, if set
 * @throws UserError when the folder, the keys or the schema do not fit
 */
export async function openStore(data: string, keys?: string): Promise<Store> {
  makeFolder(data);
  const path = join(data, "belfry.db");
  await refuseEmpty(path);
  const sealer = createSealer(loadKeys(data, keys));
  const db = new Kysely<Tables>({ dialect: sqliteDialect(path) });
  try {
    await migrate(db, path);
    await checkKeys(db, sealer);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, sealer, close: () => db.destroy() };
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

async function migrate(db: Kysely<Tables>, path: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new UserError(`${problemOf(error, path)} (${describe(error)})`, { cause: error });
}

// https://sqlite.org/rescode.html
const problems: Record<number, (path: string) => string> = {
  5: () => "The database is busy: another command works on it. Try again.",
  8: (path) => `${path} cannot be written.`,
  11: (path) => `${path} is damaged. Nothing was changed; restore it from your backup.`,
  14: (path) => `${path} cannot be opened.`,
  26: (path) => `${path} is not a database, or is damaged. Nothing was changed; restore it from your backup.`,
};

function problemOf(error: unknown, path: string): string {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return problems[code]?.(path) ?? `${path} cannot be brought up to date by this version of Belfry.`;
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

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error));
