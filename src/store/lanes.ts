import { sql, type Transaction } from "kysely";
import { isDue } from "./card-tables.ts";
import { type Params, prepared } from "./prepared.ts";
import type { Tables } from "./schema.ts";
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
  const rows = sorted.map(({ workspace, channel }) => ({ workspace_id: workspace, channel }));
  await wake({ ...store, db: trx }, { lanes: rows, now });
}

interface LaneKey {
  workspace_id: string;
  channel: string;
}

const wake = prepared(({ db }, param: Params<{ lanes: readonly LaneKey[]; now: string }>) => {
  const now = param.value("now");
  return db
    .insertInto("lanes")
    .columns(["workspace_id", "channel", "ready_at", "paced_at", "failures"])
    .expression((from) =>
      // Without a condition SQLite takes what follows for one of a join. https://sqlite.org/lang_upsert.html
      from
        .selectFrom(param.rows("lanes", { workspace_id: "text", channel: "text" }).as("given"))
        .select(["workspace_id", "channel"])
        .select(() => [
          sql<string>`${now}`.as("ready_at"),
          sql<string>`${now}`.as("paced_at"),
          sql.lit(0).as("failures"),
        ])
        .where(sql<boolean>`true`),
    )
    .onConflict((conflict) =>
      conflict.columns(["workspace_id", "channel"]).doUpdateSet({
        ready_at: sql<string>`coalesce(lanes.ready_at, excluded.ready_at)`,
        paced_at: sql<string>`case when lanes.ready_at is null then excluded.paced_at else lanes.paced_at end`,
      }),
    )
    .compile();
});

/** In the words of the partial index `lanes_ready`. */
export const waits = sql<boolean>`ready_at is not null`;

/**
 * Milliseconds until a lane that nobody sends in wants to send, or its workspace may; undefined while nothing waits.
 * @param since a time before lanes were taken: what has become ready since then was not looked at, and waits no longer
 */
export async function untilNextLane(store: Store, method: string, since: Date): Promise<number | undefined> {
  const lane = await nextLane(store, { since: since.toISOString() });
  const pace = await nextPace(store, { method, since: since.toISOString() });
  const times = [...lane.rows, ...pace.rows].flatMap(({ at }) => (at ? [Date.parse(at)] : []));
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - store.now().getTime());
}

const nextLane = prepared(({ db }, param: Params<{ since: string }>) =>
  db
    .selectFrom("lanes")
    .select((select) => select.fn.min("ready_at").as("at"))
    .where(waits)
    .where("owner", "is", null)
    .where("ready_at", ">", param.value("since"))
    .compile(),
);

const nextPace = prepared(({ db }, param: Params<{ method: string; since: string }>) =>
  db
    .selectFrom("paces")
    .select((select) => select.fn.min("next_at").as("at"))
    .where("method", "=", param.value("method"))
    .where("next_at", ">", param.value("since"))
    .where((where) =>
      where.exists(
        where
          .selectFrom("lanes")
          .select("channel")
          .whereRef("lanes.workspace_id", "=", "paces.workspace_id")
          .where(waits)
          .where("owner", "is", null)
          .where("ready_at", "<=", param.value("since")),
      ),
    )
    .compile(),
);

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
