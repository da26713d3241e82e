import { type RawBuilder, sql, type Transaction } from "kysely";
import { eraseRemoved } from "./erase.ts";
import { expirySteps } from "./expire.ts";
import { fitting } from "./fitting.ts";
import { isOpen } from "./lanes.ts";
import { hasContent } from "./messages.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** How long things are kept, in milliseconds. */
export interface Keep {
  /** bodies and decisions of deliveries, contents of messages, what people wrote in a burst */
  bodies: number;
  /** rows of deliveries, messages, objects and cards, and lanes that rest */
  rows: number;
}

/** Rows that one transaction changes at most, so that nobody waits for it. */
const most = 500;

interface Step {
  table: "deliveries" | "messages";
  /** when the row was made; an index begins with it */
  at: "received_at" | "created_at";
  /** how much a row weighs, in bytes */
  weight: RawBuilder<number>;
  /** which rows: those that are done, in the words of a partial index where there is one */
  where: RawBuilder<boolean>;
  age: keyof Keep;
  change: RawBuilder<unknown>;
}

const light = sql<number>`0`;
const isRead = sql<boolean>`state <> 'pending'`;
const isClosed = sql<boolean>`not (${isOpen})`;

const steps: readonly Step[] = [
  {
    table: "deliveries",
    at: "received_at",
    weight: sql`bytes`,
    where: sql`body is not null and ${isRead}`,
    age: "bodies",
    change: sql`update deliveries set body = null, decisions = null`,
  },
  {
    table: "messages",
    at: "created_at",
    weight: light,
    where: sql`${hasContent} and ${isClosed}`,
    age: "bodies",
    change: sql`update messages set event = ${new Uint8Array()}, sent = null`,
  },
  {
    table: "deliveries",
    at: "received_at",
    weight: light,
    where: isRead,
    age: "rows",
    change: sql`delete from deliveries`,
  },
  {
    table: "messages",
    at: "created_at",
    weight: light,
    where: isClosed,
    age: "rows",
    change: sql`delete from messages`,
  },
];

/**
 * Removes what is too old of what is finished, oldest first, by a few short transactions; what ended by itself; and
 * what workspaces had that are gone. Deliveries that wait to be read and messages that wait to be sent stay, however
 * old they are.
 * @param now the time to go by (retention-clock.ts)
 * @returns how many rows were changed or removed; as long as there are any, there may be more
 */
export async function removeOld(store: Store, keep: Keep, now: Date): Promise<number> {
  const before = (age: keyof Keep) => new Date(now.getTime() - keep[age]).toISOString();
  const removals = [
    ...steps.map((step) => (trx: Transaction<Tables>) => removeRows(trx, step, before(step.age))),
    (trx: Transaction<Tables>) => removeLanes(trx, before("rows")),
    (trx: Transaction<Tables>) => removeAged(trx, "objects", before("bodies"), isSaid),
    (trx: Transaction<Tables>) => removeAged(trx, "objects", before("rows")),
    (trx: Transaction<Tables>) => removeAged(trx, "cards", before("rows")),
    removeLeases,
    ...expirySteps(now, most),
  ];
  let removed = 0;
  for (const remove of removals) {
    removed += await inTransaction(store, async (trx) => {
      // Two that choose the same rows would wait for each other, and the second one find nothing left.
      await store.engine.lockKeys(trx, ["retention"]);
      return remove(trx);
    });
  }
  return removed + (await eraseRemoved(store, now));
}

/** When the newest delivery arrived, in milliseconds since 1970. */
export async function newestArrival(store: Store): Promise<number | undefined> {
  const row = await store.db
    .selectFrom("deliveries")
    .select((select) => select.fn.max("received_at").as("at"))
    .executeTakeFirst();
  return row?.at ? Date.parse(row.at) : undefined;
}

async function removeRows(
  trx: Transaction<Tables>,
  { table, at, weight, where, change }: Step,
  before: string,
): Promise<number> {
  const { rows } = await sql<{ seq: number; weight: number }>`
    select seq, ${weight} as weight from ${sql.table(table)}
    where ${where} and ${sql.ref(at)} < ${before} and finished_at < ${before}
    order by ${sql.ref(at)} limit ${most}`.execute(trx);
  if (rows.length === 0) return 0;
  // The conditions once more: a row may have been replayed or retried meanwhile.
  const { numAffectedRows } = await sql`
    ${change} where seq in (${sql.join(fitting(rows).map(({ seq }) => seq))})
    and ${where} and finished_at < ${before}`.execute(trx);
  return Number(numAffectedRows);
}

/** What a lane knows that has rested so long is its pace and its channel's id: both are found again. */
async function removeLanes(trx: Transaction<Tables>, before: string): Promise<number> {
  const rests = sql<boolean>`ready_at is null and owner is null and (paced_at is null or paced_at < ${before})`;
  const { numAffectedRows } = await sql`
    delete from lanes where ${rests} and (workspace_id, channel) in (
      select workspace_id, channel from lanes where ${rests} and not exists (
        select 1 from messages where messages.workspace_id = lanes.workspace_id
          and messages.channel = lanes.channel and ${isOpen}
      ) limit ${most}
    )`.execute(trx);
  return Number(numAffectedRows);
}

const keys = { objects: sql`workspace_id, project, object`, cards: sql`workspace_id, id` };

/** What people wrote and pushed in a burst, which goes with the deliveries that told of it; in the words of `objects_said`. */
const isSaid = sql<boolean>`substr(object, 1, 5) in ('talk ', 'pushe')`;

/** Objects of which nothing was heard, and cards that did not change. */
async function removeAged(
  trx: Transaction<Tables>,
  table: keyof typeof keys,
  before: string,
  which = sql<boolean>`1 = 1`,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where (${keys[table]}) in (
      select ${keys[table]} from ${sql.table(table)} where updated_at < ${before} and ${which}
      order by updated_at limit ${most}
    ) and updated_at < ${before}`.execute(trx);
  return Number(numAffectedRows);
}

/** Leases of hooks that were removed, once their last deliveries are read. */
async function removeLeases(trx: Transaction<Tables>): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from hook_leases where owner is null and (workspace_id, hook_id) in (
      select workspace_id, hook_id from hook_leases
      where owner is null
        and not exists (
          select 1 from hooks where hooks.workspace_id = hook_leases.workspace_id and hooks.id = hook_leases.hook_id
        )
        and not exists (
          select 1 from deliveries where deliveries.workspace_id = hook_leases.workspace_id
            and deliveries.hook_id = hook_leases.hook_id and state = 'pending'
        )
      limit ${most}
    )`.execute(trx);
  return Number(numAffectedRows);
}
