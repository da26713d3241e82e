import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import { sealColumn } from "./delivery-seal.ts";
import type { DeliveryState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** A verified delivery on its way into the store. */
export interface NewDelivery {
  workspace: string;
  hook: string;
  forge: string;
  brand: string | undefined;
  /** the forge's delivery id, else a hash of event header and body */
  key: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** What became of it. `reused`: the key is known, but with another body. */
export type Stored = { id: string; duplicate: false } | { id: string; duplicate: true; of: string; reused: boolean };

/**
 * Stores deliveries in one durable transaction: when this resolves they are on disk. A known key is recorded as a
 * duplicate row; its body is kept only where it differs from the first one.
 */
export async function addDeliveries(store: Store, deliveries: readonly NewDelivery[]): Promise<Stored[]> {
  return store.db.transaction().execute(async (trx) => {
    const results: Stored[] = [];
    for (const group of groupsOf(deliveries)) results.push(...(await addGroup(store, trx, group)));
    return results;
  });
}

const groupBytes = 4_000_000;

/** Deliveries that are encrypted and written by one statement: large bodies go alone, so that few copies are in memory. */
function groupsOf(deliveries: readonly NewDelivery[]): NewDelivery[][] {
  const groups: NewDelivery[][] = [];
  let room = 0;
  for (const delivery of deliveries) {
    if (groups.length === 0 || delivery.body.length > room) {
      groups.push([]);
      room = groupBytes;
    }
    groups.at(-1)?.push(delivery);
    room -= delivery.body.length;
  }
  return groups;
}

async function addGroup(store: Store, trx: Transaction<Tables>, group: readonly NewDelivery[]): Promise<Stored[]> {
  const rows = group.map((delivery) => toRow(store, delivery));
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
}

type Row = ReturnType<typeof toRow>;

function toRow(store: Store, delivery: NewDelivery) {
  const id = uuid();
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
    body_hash: createHash("sha256").update(delivery.body).digest("hex"),
    bytes: delivery.body.length,
    received_at: new Date().toISOString(),
  };
}

/** In the words of the partial index `deliveries_key`, so that the plan does not hang on a bound value. */
const isFirst = sql<boolean>`state <> 'duplicate'`;

/** Milliseconds in which the same body means the same delivery. */
const sameBodyWindow = 600_000;

/**
 * Whether a known key is no repeat. Ids of a forge never come again, but where it sends none the key is made of the
 * body, and a flag that goes on, off and on again sends the same body twice.
 */
const isNews = (row: Row, first: { received_at: string }) =>
  row.key.startsWith("body:") && Date.parse(row.received_at) - Date.parse(first.received_at) > sameBodyWindow;

/** Gives the key to the newer delivery. */
async function addNews(trx: Transaction<Tables>, row: Row, first: string): Promise<Stored> {
  await trx
    .updateTable("deliveries")
    .set({ key: `${row.key} until ${row.id}` })
    .where("workspace_id", "=", row.workspace_id)
    .where("id", "=", first)
    .execute();
  await trx.insertInto("deliveries").values(row).execute();
  return { id: row.id, duplicate: false };
}

async function addDuplicate(trx: Transaction<Tables>, row: Row): Promise<Stored> {
  const first = await trx
    .selectFrom("deliveries")
    .select(["id", "body_hash", "received_at"])
    .where("workspace_id", "=", row.workspace_id)
    .where("hook_id", "=", row.hook_id)
    .where("key", "=", row.key)
    .where(isFirst)
    .executeTakeFirstOrThrow();
  if (isNews(row, first)) return addNews(trx, row, first.id);
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
