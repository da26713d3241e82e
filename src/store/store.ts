import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { UserError } from "../errors.ts";
import { sqliteDialect } from "./dialect.ts";
import { loadKeys } from "./keys.ts";
import { migrations } from "./migrations/index.ts";
import type { Tables } from "./schema.ts";
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
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new UserError(`Cannot make the data folder ${data}. Set BELFRY_DATA to a folder that can be written.`, {
      cause,
    });
  }
  const sealer = createSealer(loadKeys(data, keys));
  const db = new Kysely<Tables>({ dialect: sqliteDialect(join(data, "belfry.db")) });
  try {
    await migrate(db);
    await checkKeys(db, sealer);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, sealer, close: () => db.destroy() };
}

async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new UserError(`The database cannot be brought up to date: ${describe(error)}`, { cause: error });
}

/** A wrong key must stop the start, not surface later as unreadable rows. */
async function checkKeys(db: Kysely<Tables>, sealer: Sealer): Promise<void> {
  const hook = await db.selectFrom("hooks").select(["workspace_id", "id", "secrets"]).limit(1).executeTakeFirst();
  if (hook) sealer.open({ table: "hooks", workspace: hook.workspace_id, row: hook.id }, hook.secrets);
}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error));
