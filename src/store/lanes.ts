import { sql, type Transaction } from "kysely";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** The ordered queue of one channel. */
export interface Lane {
  workspace: string;
  channel: string;
  /** failures in a row, for the backoff */
  failures: number;
}

/** Messages that wait for their turn, in the words of the partial index `messages_open`: a list of bound values would miss it. */
export const isOpen = sql<boolean>`state in ('pending', 'retry', 'uncertain')`;

/** Starts a lane that rests. One that is waiting after a failure keeps its time. */
export async function wakeLane(trx: Transaction<Tables>, workspace: string, channel: string): Promise<void> {
  const ready_at = new Date().toISOString();
  await trx
    .insertInto("lanes")
    .values({ workspace_id: workspace, channel, ready_at, failures: 0 })
    .onConflict((conflict) =>
      conflict
        .columns(["workspace_id", "channel"])
        .doUpdateSet({ ready_at: sql<string>`coalesce(lanes.ready_at, excluded.ready_at)` }),
    )
    .execute();
}

/** No lane waits longer: one that seems to is from before the clock was set back. Slack's `Retry-After` counts up to it. */
const longestWait = 3_600_000;

/** Lanes that may send now, the longest waiting first. */
export async function readyLanes(store: Store, now: Date, most: number): Promise<Lane[]> {
  return store.db
    .selectFrom("lanes")
    .select(["workspace_id as workspace", "channel", "failures"])
    .where((where) =>
      where.or([
        where("ready_at", "<=", now.toISOString()),
        where("ready_at", ">", new Date(now.getTime() + longestWait).toISOString()),
      ]),
    )
    .orderBy("ready_at")
    .limit(most)
    .execute();
}

/** When the next resting lane wants to send; undefined while nothing waits. */
export async function nextLaneAt(store: Store, after: Date): Promise<Date | undefined> {
  const row = await store.db
    .selectFrom("lanes")
    .select((select) => select.fn.min("ready_at").as("at"))
    .where("ready_at", ">", after.toISOString())
    .executeTakeFirst();
  return row?.at ? new Date(row.at) : undefined;
}

/** Lets a lane rest until something new is written to it, unless something was written meanwhile. */
export async function restLane(store: Store, { workspace, channel }: Lane): Promise<void> {
  await store.db
    .updateTable("lanes")
    .set({ ready_at: null, failures: 0 })
    .where("workspace_id", "=", workspace)
    .where("channel", "=", channel)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("messages")
            .select("seq")
            .where("workspace_id", "=", workspace)
            .where("channel", "=", channel)
            .where(isOpen),
        ),
      ),
    )
    .execute();
}

/** Says when a lane may send again and how many failures it has had in a row. */
export async function delayLane(trx: Transaction<Tables>, lane: Lane, until: Date, failures: number): Promise<void> {
  await trx
    .updateTable("lanes")
    .set({ ready_at: until.toISOString(), failures })
    .where("workspace_id", "=", lane.workspace)
    .where("channel", "=", lane.channel)
    .execute();
}
