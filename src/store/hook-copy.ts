import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import type { HooksTable } from "./schema.ts";
import type { Store } from "./store.ts";

export type HookRow = Selectable<HooksTable>;

/** Hooks as they are stored, in a store that is at hand while the other one is away. Their secrets stay encrypted. */
export interface HookCopy {
  /** Takes over what was just found under this id: nothing where there is no such hook any more. */
  note(id: string, found: HookRow | undefined): Promise<void>;
  /** Makes the copy the same as these. */
  refresh(rows: readonly HookRow[]): Promise<void>;
  /** how many there are */
  size(): number;
}

/** @param copy the store that holds the copy, which nothing else writes hooks to */
export async function openHookCopy(copy: Store): Promise<HookCopy> {
  let known = fingerprints(await allHooks(copy));
  return {
    note: async (id, found) => {
      if (known.get(id) === (found && fingerprint(found))) return;
      await copy.db.transaction().execute(async (trx) => {
        await trx
          .deleteFrom("hooks")
          .where(({ eb, and, or }) =>
            or([
              eb("id", "=", id),
              // A hook that was made anew has the name of the one before.
              ...(found ? [and([eb("workspace_id", "=", found.workspace_id), eb("name", "=", found.name)])] : []),
            ]),
          )
          .execute();
        if (found) await trx.insertInto("hooks").values(found).execute();
      });
      known = fingerprints(await allHooks(copy));
    },
    refresh: async (rows) => {
      const wanted = fingerprints(rows);
      if (wanted.size === known.size && [...wanted].every(([id, print]) => known.get(id) === print)) return;
      await copy.db.transaction().execute(async (trx) => {
        await trx.deleteFrom("hooks").execute();
        // One by one: a statement takes a limited number of values.
        for (const row of rows) await trx.insertInto("hooks").values(row).execute();
      });
      known = wanted;
    },
    size: () => known.size,
  };
}

/** All hooks of all workspaces: only for the copy. */
export const allHooks = (store: Store): Promise<HookRow[]> => store.db.selectFrom("hooks").selectAll().execute();

const fingerprints = (rows: readonly HookRow[]) => new Map(rows.map((row) => [row.id, fingerprint(row)]));

function fingerprint({ secrets, ...row }: HookRow): string {
  const sum = createHash("sha256").update(secrets);
  for (const name of Object.keys(row).sort()) sum.update(JSON.stringify([name, row[name as keyof typeof row]]));
  return sum.digest("base64");
}
