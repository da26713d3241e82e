import { sql, type Transaction } from "kysely";
import { fitting } from "./fitting.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** Milliseconds that everything stays after the app was uninstalled: whoever installs it again finds it all. */
const stays = 7 * 86_400_000;
/** Rows that one transaction removes at most. */
const most = 500;

/** All tables of a workspace and their keys beside it. First what takes on something new. */
const tables = {
  hooks: ["id"],
  rules: ["id"],
  rule_anchors: ["anchor", "rule_id"],
  mutes: ["id"],
  confirmations: ["id"],
  waiting_replies: ["rule_id"],
  cards: ["id"],
  objects: ["project", "object"],
  messages: ["seq"],
  lanes: ["channel"],
  paces: ["method"],
  hook_leases: ["hook_id"],
  audit: ["seq"],
} as const;

/**
 * Takes one step at erasing a workspace that was uninstalled more than seven days ago, at last its row.
 * @param now the time to go by (retention-clock.ts)
 * @returns how many rows were removed; as long as there are any, there may be more
 */
export async function eraseRemoved(store: Store, now: Date): Promise<number> {
  const before = new Date(now.getTime() - stays).toISOString();
  return inTransaction(store, async (trx) => {
    await store.engine.lockKeys(trx, ["retention"]);
    const found = await trx
      .selectFrom("workspaces")
      .select("id")
      .where("removed_at", "<", before)
      .orderBy("removed_at")
      .limit(1)
      .executeTakeFirst();
    if (!found) return 0;
    // Its row is locked until the end: nobody installs the app again between this look and what follows.
    const { numUpdatedRows } = await trx
      .updateTable("workspaces")
      .set((set) => ({ removed_at: set.ref("removed_at") }))
      .where("id", "=", found.id)
      .where("removed_at", "<", before)
      .executeTakeFirst();
    return numUpdatedRows > 0n ? eraseSome(trx, found.id) : 0;
  });
}

async function eraseSome(trx: Transaction<Tables>, workspace: string): Promise<number> {
  for (const [table, columns] of Object.entries(tables)) {
    const keys = sql.join(columns.map((column) => sql.ref(column)));
    const ours = sql`workspace_id = ${workspace}`;
    const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ${ours} and (${keys}) in (
      select ${keys} from ${sql.table(table)} where ${ours} limit ${most}
    )`.execute(trx);
    if (numAffectedRows) return Number(numAffectedRows);
  }
  return (await eraseDeliveries(trx, workspace)) || eraseRow(trx, workspace);
}

/** Bodies are large: few go at a time. */
async function eraseDeliveries(trx: Transaction<Tables>, workspace: string): Promise<number> {
  const rows = await trx
    .selectFrom("deliveries")
    .select(["seq", "bytes as weight"])
    .where("workspace_id", "=", workspace)
    .orderBy("seq")
    .limit(most)
    .execute();
  if (rows.length === 0) return 0;
  const chosen = fitting(rows).map(({ seq }) => seq);
  await trx.deleteFrom("deliveries").where("workspace_id", "=", workspace).where("seq", "in", chosen).execute();
  return chosen.length;
}

async function eraseRow(trx: Transaction<Tables>, workspace: string): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom("workspaces").where("id", "=", workspace).executeTakeFirst();
  return Number(numDeletedRows);
}
