import { createHash } from "node:crypto";
import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import type { DeliveriesTable, DeliveryState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** A verified delivery on its way into the store. */
export interface NewDelivery {
  workspace: string;
  hook: string;
  /** the forge's delivery id, else a hash of event header and body */
  key: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** What became of it. `reused`: the key is known, but with another body. */
export type Stored = { id: string; duplicate: false } | { id: string; duplicate: true; of: string; reused: boolean };

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

const place = (workspace: string, row: string) => ({ table: "deliveries", workspace, row });

/**
 * Stores deliveries in one durable transaction: when this resolves they are on disk. A known key is recorded as a
 * duplicate row; its body is kept only where it differs from the first one.
 */
export async function addDeliveries(store: Store, deliveries: readonly NewDelivery[]): Promise<Stored[]> {
  const rows = deliveries.map((delivery) => toRow(store, delivery));
  return store.db.transaction().execute(async (trx) => {
    const inserted = await trx
      .insertInto("deliveries")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .execute();
    const fresh = new Set(inserted.map(({ id }) => id));
    const results: Stored[] = [];
    for (const row of rows) {
      results.push(fresh.has(row.id) ? { id: row.id, duplicate: false } : await addDuplicate(trx, row));
    }
    return results;
  });
}

type Row = ReturnType<typeof toRow>;

function toRow(store: Store, delivery: NewDelivery) {
  const id = uuid();
  return {
    workspace_id: delivery.workspace,
    id,
    hook_id: delivery.hook,
    key: delivery.key,
    state: "pending" as DeliveryState,
    headers: JSON.stringify(delivery.headers),
    body: store.sealer.seal(place(delivery.workspace, id), delivery.body) as Uint8Array | null,
    body_hash: createHash("sha256").update(delivery.body).digest("hex"),
    bytes: delivery.body.length,
    received_at: new Date().toISOString(),
  };
}

async function addDuplicate(trx: Transaction<Tables>, row: Row): Promise<Stored> {
  const first = await trx
    .selectFrom("deliveries")
    .select(["id", "body_hash"])
    .where("workspace_id", "=", row.workspace_id)
    .where("hook_id", "=", row.hook_id)
    .where("key", "=", row.key)
    .where("state", "<>", "duplicate")
    .executeTakeFirstOrThrow();
  const reused = first.body_hash !== row.body_hash;
  await trx
    .insertInto("deliveries")
    .values({
      ...row,
      state: "duplicate",
      reason: reused ? "the key of another delivery, but a different body" : "sent again by the forge",
      duplicate_of: first.id,
      body: reused ? row.body : null,
      finished_at: row.received_at,
    })
    .execute();
  return { id: row.id, duplicate: true, of: first.id, reused };
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

function openBody(store: Store, workspace: string, row: { id: string; body: Uint8Array | null }): Buffer {
  if (!row.body) throw new Error("a delivery to read has no body");
  return store.sealer.open(place(workspace, row.id), row.body);
}
