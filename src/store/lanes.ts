import { type Insertable, sql, type Transaction } from "kysely";
import { isDue } from "./card-tables.ts";
import type { LanesTable, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** The ordered queue of one channel. */
export interface Lane {
  workspace: string;
  channel: string;
}

/** A lane that a worker has taken: nobody else sends in it until it is returned, or the worker is given up. */
export interface TakenLane extends Lane {
  worker: string;
  fence: number;
  /** failures in a row, for the backoff */
  failures: number;
  /** when its bucket of tokens was full again before it was taken, in milliseconds since 1970 */
  fullAt: number;
  /** Slack's id of the channel, once it is known */
  channelId: string | undefined;
  /** since when it may send */
  readyAt: string;
}

/** Messages that wait for their turn, in the words of the partial index `messages_open`: a list of bound values would miss it. */
export const isOpen = sql<boolean>`state in ('pending', 'retry', 'uncertain')`;

/**
 * Starts lanes that rest. One that waits after a failure keeps its time. To be called after the messages are written,
 * once in a transaction, so that two that write to the same channels take the rows in the same order.
 */
export async function wakeLanes(store: Store, trx: Transaction<Tables>, lanes: readonly Lane[]): Promise<void> {
  if (lanes.length === 0) return;
  const now = store.now().toISOString();
  const keys = new Map(lanes.map((lane) => [JSON.stringify([lane.workspace, lane.channel]), lane]));
  const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lane]) => lane);
  const rows = sorted.map(({ workspace, channel }) => ({
    workspace_id: workspace,
    channel,
    ready_at: now,
    paced_at: now,
    failures: 0,
  }));
  for (let at = 0; at < rows.length; at += mostRows) await wakeRows(trx, rows.slice(at, at + mostRows));
}

/** Rows of one statement. */
const mostRows = 1_000;

async function wakeRows(trx: Transaction<Tables>, rows: Insertable<LanesTable>[]): Promise<void> {
  await trx
    .insertInto("lanes")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["workspace_id", "channel"]).doUpdateSet({
        ready_at: sql<string>`coalesce(lanes.ready_at, excluded.ready_at)`,
        paced_at: sql<string>`case when lanes.ready_at is null then excluded.paced_at else lanes.paced_at end`,
      }),
    )
    .execute();
}

/** In the words of the partial index `lanes_ready`. */
export const waits = sql<boolean>`ready_at is not null`;

/**
 * Milliseconds until a lane that nobody sends in wants to send, or its workspace may; undefined while nothing waits.
 * @param since a time before lanes were taken: what has become ready since then was not looked at, and waits no longer
 */
export async function untilNextLane(store: Store, method: string, since: Date): Promise<number | undefined> {
  const free = store.db.selectFrom("lanes").where(waits).where("owner", "is", null);
  const lane = await free
    .select((select) => select.fn.min("ready_at").as("at"))
    .where("ready_at", ">", since.toISOString())
    .executeTakeFirst();
  const pace = await store.db
    .selectFrom("paces")
    .select((select) => select.fn.min("next_at").as("at"))
    .where("method", "=", method)
    .where("next_at", ">", since.toISOString())
    .where((where) =>
      where.exists(
        where
          .selectFrom("lanes")
          .select("channel")
          .whereRef("lanes.workspace_id", "=", "paces.workspace_id")
          .where(waits)
          .where("owner", "is", null)
          .where("ready_at", "<=", since.toISOString()),
      ),
    )
    .executeTakeFirst();
  const times = [lane?.at, pace?.at].flatMap((at) => (at ? [Date.parse(at)] : []));
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - store.now().getTime());
}

/** Milliseconds by which clocks may differ. */
const tolerance = 2_000;

/** After a clock was set back, what was to wait for a moment would wait for hours: it may go at once. */
export async function mendTimes(store: Store): Promise<void> {
  const now = store.now();
  const later = new Date(now.getTime() + tolerance).toISOString();
  await store.db
    .updateTable("lanes")
    .set({ ready_at: now.toISOString(), full_at: null })
    .where(waits)
    .where("ready_at", ">", now.toISOString())
    .where("paced_at", ">", later)
    .execute();
  await store.db
    .updateTable("cards")
    .set({ rests_until: null })
    .where(isDue)
    .where("rests_until", ">", now.toISOString())
    .where("paced_at", ">", later)
    .execute();
  await store.db
    .updateTable("cards")
    .set({ edit_at: now.toISOString(), updated_at: now.toISOString() })
    .where(isDue)
    .where("edit_at", ">", now.toISOString())
    // What was taken by that clock, too: its worker may be gone.
    .where((where) => where.or([where("updated_at", ">", later), where("paced_at", ">", later)]))
    .execute();
  await store.db
    .updateTable("paces")
    .set({ next_at: now.toISOString(), full_at: now.toISOString(), paced_at: now.toISOString() })
    .where("paced_at", ">", later)
    .execute();
}
