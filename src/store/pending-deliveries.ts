import type { Transaction } from "kysely";
import { openBody } from "./delivery-body.ts";
import type { DeliveryState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

export interface PendingDelivery {
  seq: number;
  id: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** How reading a delivery ended. */
export interface ReadDelivery {
  id: string;
  state: Exclude<DeliveryState, "pending" | "duplicate">;
  reason?: string | undefined;
  kind?: string | undefined;
  action?: string | undefined;
  project?: string | undefined;
  decisions?: string | undefined;
}

/** Hooks that have deliveries to read, the longest waiting first. */
export async function hooksWithPending(store: Store): Promise<{ workspace: string; hook: string }[]> {
  return store.db
    .selectFrom("deliveries")
    .select(["workspace_id as workspace", "hook_id as hook"])
    .where("state", "=", "pending")
    .groupBy(["workspace_id", "hook_id"])
    .orderBy((order) => order.fn.min("seq"))
    .execute();
}

/** The next unread deliveries of one hook in the order they arrived, at most `most` and about `bytes` in all. */
export async function pendingDeliveries(
  store: Store,
  { workspace, hook, most, bytes }: { workspace: string; hook: string; most: number; bytes: number },
): Promise<PendingDelivery[]> {
  const heads = await store.db
    .selectFrom("deliveries")
    .select(["seq", "bytes"])
    .where("workspace_id", "=", workspace)
    .where("hook_id", "=", hook)
    .where("state", "=", "pending")
    .orderBy("seq")
    .limit(most)
    .execute();
  let sum = 0;
  const fitting = heads.filter((head, index) => {
    sum += head.bytes;
    return index === 0 || sum <= bytes;
  });
  const last = fitting.at(-1);
  if (!last) return [];
  const rows = await store.db
    .selectFrom("deliveries")
    .select(["seq", "id", "headers", "body"])
    .where("workspace_id", "=", workspace)
    .where("hook_id", "=", hook)
    .where("state", "=", "pending")
    .where("seq", "<=", last.seq)
    .orderBy("seq")
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    id: row.id,
    headers: JSON.parse(row.headers) as Record<string, string>,
    body: openBody(store, workspace, row),
  }));
}

/** Records how reading ended, inside the transaction that also writes the messages. */
export async function finishDelivery(trx: Transaction<Tables>, workspace: string, read: ReadDelivery): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({
      state: read.state,
      reason: read.reason ?? null,
      kind: read.kind ?? null,
      action: read.action ?? null,
      project: read.project ?? null,
      decisions: read.decisions ?? null,
      finished_at: new Date().toISOString(),
    })
    .where("workspace_id", "=", workspace)
    .where("id", "=", read.id)
    .execute();
}
