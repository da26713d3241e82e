import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { UserError } from "../../errors.ts";
import type { Engine } from "../engine/engine.ts";
import type { Tables } from "../schema.ts";
import { migrations, version } from "./index.ts";

/**
 * Brings the schema up to date: each migration in a transaction, so that one that is cut off leaves nothing behind;
 * several processes wait for each other. A newer database is left as it is while this version can work with it.
 * @throws UserError when the database is too new, or cannot be brought up to date
 */
export async function migrate(db: Kysely<Tables>, engine: Engine): Promise<void> {
  try {
    if (await isCurrent(db, engine)) return;
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    // Somebody else may have been faster.
    if (error && !(await isCurrent(db, engine))) throw error;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const problem =
      engine.problemOf(error) ?? `${engine.place} cannot be brought up to date by this version of Belfry.`;
    throw new UserError(`${problem} (${error instanceof Error ? error.message : error})`, { cause: error });
  }
}

async function isCurrent(db: Kysely<Tables>, engine: Engine): Promise<boolean> {
  if (!(await engine.hasTable(db, "belfry_schema"))) return false;
  const found = await db.selectFrom("belfry_schema").selectAll().executeTakeFirst();
  if (!found || found.version < version) return false;
  if (found.readable_from <= version) return true;
  throw new UserError(
    `${engine.place} was made by a newer Belfry, which this one cannot read (schema ${found.version}, readable from ${found.readable_from}; this is ${version}). Install the newer version again.`,
  );
}
