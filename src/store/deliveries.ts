import { sql } from "kysely";
import { byTerminal, type Doing, record } from "./audit.ts";
import { openColumn } from "./delivery-seal.ts";
import { isOpen } from "./lanes.ts";
import { replayed } from "./pending-deliveries.ts";
import type { DeliveriesTable, DeliveryState } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** The columns of a list. */
export const summary = [
  "id",
  "hook_id",
  "state",
  "reason",
  "duplicate_of",
  "bytes",
  "kind",
  "action",
  "project",
  "received_at",
  "finished_at",
] as const;

export type DeliverySummary = Pick<DeliveriesTable, (typeof summary)[number]>;

/** A workspace's newest deliveries first. @param filter.project its path, in either case */
export async function listDeliveries(
  store: Store,
  filter: { workspace: string; state?: DeliveryState | undefined; project?: string | undefined; limit: number },
): Promise<DeliverySummary[]> {
  let query = store.db
    .selectFrom("deliveries")
    .select([...summary])
    .where("workspace_id", "=", filter.workspace);
  if (filter.state) query = query.where("state", "=", filter.state);
  // In the words of the index `deliveries_project`.
  if (filter.project)
    query = query.where(sql<boolean>`project is not null and lower(project) = lower(${filter.project})`);
  return query.orderBy("seq", "desc").limit(filter.limit).execute();
}

/** One delivery with its headers, decisions and body (null where only its first copy has it, or it was removed). */
export async function findDelivery(store: Store, workspace: string, id: string) {
  const row = await store.db
    .selectFrom("deliveries")
    .selectAll()
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .executeTakeFirst();
  const open = (column: "body" | "decisions", sealed: Uint8Array | null) =>
    sealed && openColumn(store, workspace, id, column, sealed);
  return (
    row && { ...row, body: open("body", row.body), decisions: open("decisions", row.decisions)?.toString() ?? null }
  );
}

/**
 * Makes a delivery unread again, so that it is matched with today's rules. Messages of it that still wait give way to
 * the new ones. @returns false when there is none to replay: it waits, is a duplicate, or its body was removed
 */
export async function replayDelivery(
  store: Store,
  workspace: string,
  id: string,
  doing: Doing = byTerminal,
): Promise<boolean> {
  return inTransaction(store, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("deliveries")
      .set({ state: "pending", reason: replayed, finished_at: null })
      .where("workspace_id", "=", workspace)
      .where("id", "=", id)
      .where("state", "not in", ["pending", "duplicate"])
      .where("body", "is not", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await trx
      .updateTable("messages")
      .set({ state: "suppressed", reason: "replaced by a replay", finished_at: store.now().toISOString() })
      .where("workspace_id", "=", workspace)
      .where("delivery_id", "=", id)
      .where(isOpen)
      .execute();
    await record(store, trx, workspace, { ...doing, action: "replay", object: id });
    return true;
  });
}

/** When a delivery arrived, ISO 8601 in UTC: its id is a UUIDv7, which begins with its time in milliseconds. */
export const arrivedAt = (id: string): string =>
  new Date(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toISOString();
