import { type RawBuilder, sql } from "kysely";
import type { Store } from "./store.ts";

/** What waits, of all workspaces together. */
export interface Backlog {
  deliveries: Waiting;
  messages: Waiting;
  /** channels that have messages waiting */
  lanes: number;
}

export interface Waiting {
  /** counted up to 100,000 */
  count: number;
  /** seconds that the oldest one waits; 0 where none does */
  oldest: number;
}

/** Counting goes through an index of what waits only; beyond this it would still cost more than it tells. */
const mostCounted = 100_000;

/** How much waits, and how long. Cheap however long the history and the queues are: it goes from queue to queue. */
export async function readBacklog(store: Store): Promise<Backlog> {
  const { rows } = await sql<
    Record<"deliveries" | "messages" | "lanes", number> & Record<"delivery" | "message", string | null>
  >`
    select ${count(queues.deliveries)} as deliveries, ${oldest(queues.deliveries)} as delivery,
      ${count(queues.messages)} as messages, ${oldest(queues.messages)} as message,
      (select count(*) from lanes where ready_at is not null) as lanes`.execute(store.db);
  const [row] = rows;
  const now = store.now().getTime();
  const seconds = (time: string | null | undefined) => (time ? Math.max(0, now - Date.parse(time)) / 1000 : 0);
  return {
    deliveries: { count: row?.deliveries ?? 0, oldest: seconds(row?.delivery) },
    messages: { count: row?.messages ?? 0, oldest: seconds(row?.message) },
    lanes: row?.lanes ?? 0,
  };
}

/** A table whose open rows form one queue for each value of `queue`; `open` in the words of the index (queue, seq). */
interface Queues {
  table: RawBuilder<unknown>;
  queue: RawBuilder<unknown>;
  open: RawBuilder<unknown>;
  since: RawBuilder<unknown>;
}

const queues: Record<"deliveries" | "messages", Queues> = {
  deliveries: {
    table: sql`deliveries`,
    queue: sql`hook_id`,
    open: sql`state = 'pending'`,
    since: sql`received_at`,
  },
  messages: {
    table: sql`messages`,
    queue: sql`channel`,
    open: sql`state in ('pending', 'retry', 'uncertain')`,
    since: sql`coalesce(queued_at, created_at)`,
  },
};

const count = ({ table, open }: Queues) =>
  sql<number>`(select count(*) from (select 1 from ${table} where ${open} limit ${sql.lit(mostCounted)}) as counted)`;

/**
 * The first row of each queue, found by one step through the index for each queue: a minimum over all rows would look at
 * all of them. https://wiki.postgresql.org/wiki/Loose_indexscan
 */
const oldest = ({ table, queue, open, since }: Queues) => {
  const next = (where: RawBuilder<unknown>) => sql<number | null>`(
    select later.seq from ${table} as later where ${open} and ${where}
    order by later.workspace_id, later.${queue}, later.seq limit 1)`;
  return sql<string | null>`(
    with recursive heads(seq) as (
      select seq from (select seq from ${table} where ${open} order by workspace_id, ${queue}, seq limit 1) as head
      union all
      select coalesce(
        ${next(sql`later.workspace_id = here.workspace_id and later.${queue} > here.${queue}`)},
        ${next(sql`later.workspace_id > here.workspace_id`)})
      from heads join ${table} as here on here.seq = heads.seq
    )
    select min(since) from (select (select ${since} from ${table} where seq = heads.seq) as since from heads) as times)`;
};
