import { openBody } from "./delivery-body.ts";
import type { DeliveriesTable, DeliveryState } from "./schema.ts";
import type { Store } from "./store.ts";

const summary = [
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

/** A workspace's newest deliveries first. */
export async function listDeliveries(
  store: Store,
  filter: { workspace: string; state?: DeliveryState | undefined; project?: string | undefined; limit: number },
): Promise<DeliverySummary[]> {
  let query = store.db
    .selectFrom("deliveries")
    .select([...summary])
    .where("workspace_id", "=", filter.workspace);
  if (filter.state) query = query.where("state", "=", filter.state);
  if (filter.project) query = query.where("project", "=", filter.project);
  return query.orderBy("seq", "desc").limit(filter.limit).execute();
}

/** One delivery with its headers, decisions and body (null where only its first copy has it). */
export async function findDelivery(store: Store, workspace: string, id: string) {
  const row = await store.db
    .selectFrom("deliveries")
    .selectAll()
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { ...row, body: row.body && openBody(store, workspace, row) };
}

/** Makes a delivery unread again, so that it is matched with today's rules. @returns false when there is none to replay */
export async function replayDelivery(store: Store, workspace: string, id: string): Promise<boolean> {
  const { numUpdatedRows } = await store.db
    .updateTable("deliveries")
    .set({ state: "pending", reason: null, finished_at: null })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where("state", "not in", ["pending", "duplicate"])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
