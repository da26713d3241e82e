import { hash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import { isKeyOfBody } from "../forges/delivery.ts";
import { sealColumn } from "./delivery-seal.ts";
import type { DeliveryState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** A verified delivery on its way into the store. */
export interface NewDelivery {
  workspace: string;
  hook: string;
  forge: string;
  brand: string | undefined;
  /** its `deliveryKey` */
  key: string;
  headers: Record<string, string>;
  body: Buffer;
  /** where it was received before it is stored, see `receive`; otherwise made when it is stored */
  received?: Received;
}

/** What a delivery keeps, wherever and however often it is written. */
export interface Received {
  id: string;
  /** ISO 8601 */
  at: string;
}

/** A new id, and the time. */
export const receive = (store: Store): Received => ({ id: uuid(), at: store.now().toISOString() });

/** What became of it. `reused`: the key is known, but with another body. */
export type Stored = { id: string; duplicate: false } | { id: string; duplicate: true; of: string; reused: boolean };

/**
 * Stores deliveries in one durable transaction: when this resolves they are on disk. A known key is recorded as a
 * duplicate row; its body is kept only where it differs from the first one. A delivery whose id is there already is
 * left as it is: its transaction was committed, and the answer was lost.
 */
export const addDeliveries = (store: Store, deliveries: readonly NewDelivery[]): Promise<Stored[]> =>
  inTransaction(store, async (trx) => {
    const results: Stored[] = [];
    for (const group of groupsOf(deliveries)) {
      const rows = group.map((delivery) => deliveryRow(store, delivery));
      results.push(...(await addGroup(trx, rows)));
    }
    return results;
  });

/** The same for rows that were made before, by `deliveryRow`: encrypted, and kept somewhere else meanwhile. */
export const addRows = (store: Store, rows: readonly DeliveryRow[]): Promise<Stored[]> =>
  inTransaction(store, async (trx) => {
    const results: Stored[] = [];
    for (const group of groupsOf(rows)) results.push(...(await addGroup(trx, group)));
    return results;
  });

const groupBytes = 4_000_000;

/** What is encrypted and written by one statement: large bodies go alone, so that few copies are in memory. */
export function groupsOf<T extends { body: Uint8Array | null }>(deliveries: readonly T[]): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const delivery of deliveries) {
    const size = delivery.body?.length ?? 0;
    if (groups.length === 0 || size > room) {
      groups.push([]);
      room = groupBytes;
    }
    groups.at(-1)?.push(delivery);
    room -= size;
  }
  return groups;
}

async function addGroup(trx: Transaction<Tables>, rows: readonly DeliveryRow[]): Promise<Stored[]> {
  const inserted = await trx
    .insertInto("deliveries")
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .execute();
  const fresh = new Set(inserted.map(({ id }) => id));
  const results: Stored[] = [];
  for (const row of rows) {
    results.push(fresh.has(row.id) ? { id: row.id, duplicate: false } : await addKnown(trx, row));
  }
  return results;
}

export type DeliveryRow = ReturnType<typeof deliveryRow>;

/** A delivery as it is written, encrypted for its place. */
export function deliveryRow(store: Store, delivery: NewDelivery) {
  const { id, at } = delivery.received ?? receive(store);
  return {
    workspace_id: delivery.workspace,
    id,
    hook_id: delivery.hook,
    forge: delivery.forge,
    brand: delivery.brand ?? null,
    key: delivery.key,
    state: "pending" as DeliveryState,
    headers: JSON.stringify(delivery.headers),
    body: sealColumn(store, delivery.workspace, id, "body", delivery.body) as Uint8Array | null,
    body_hash: hash("sha256", delivery.body),
    bytes: delivery.body.length,
    received_at: at,
  };
}

/**
 * In the words of the partial index `deliveries_key`, so that the plan does not hang on a bound value. A duplicate with
 * an event keeps its key: another hook told its event, and sent again it is no news either.
 */
const isFirst = sql<boolean>`(state <> 'duplicate' or event_key is not null)`;

/** Milliseconds in which the same body means the same delivery. */
const sameBodyWindow = 600_000;

/** Whether a known key is no repeat: a flag that goes on, off and on again sends the same body twice. */
const isNews = (row: DeliveryRow, first: { received_at: string }) =>
  isKeyOfBody(row.key) &&
  // One that waited in a spool may be the older one.
  Math.abs(Date.parse(row.received_at) - Date.parse(first.received_at)) > sameBodyWindow;

/** Gives the key to the newer delivery. */
async function addNews(trx: Transaction<Tables>, row: DeliveryRow, first: string | undefined): Promise<Stored> {
  if (first !== undefined) {
    await trx
      .updateTable("deliveries")
      .set({ key: `${row.key} until ${row.id}` })
      .where("workspace_id", "=", row.workspace_id)
      .where("id", "=", first)
      .execute();
  }
  await trx.insertInto("deliveries").values(row).execute();
  return { id: row.id, duplicate: false };
}

async function addKnown(trx: Transaction<Tables>, row: DeliveryRow): Promise<Stored> {
  const before = await trx
    .selectFrom("deliveries")
    .select(["state", "duplicate_of"])
    .where("workspace_id", "=", row.workspace_id)
    .where("id", "=", row.id)
    .executeTakeFirst();
  if (!before) return addDuplicate(trx, row);
  if (before.duplicate_of === null) return { id: row.id, duplicate: false };
  return { id: row.id, duplicate: true, of: before.duplicate_of, reused: false };
}

async function addDuplicate(trx: Transaction<Tables>, row: DeliveryRow): Promise<Stored> {
  const first = await trx
    .selectFrom("deliveries")
    .select(["id", "body_hash", "received_at"])
    .where("workspace_id", "=", row.workspace_id)
    .where("hook_id", "=", row.hook_id)
    .where("key", "=", row.key)
    .where(isFirst)
    .executeTakeFirst();
  // The retention may have removed it a moment ago.
  if (!first || isNews(row, first)) return addNews(trx, row, first?.id);
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
