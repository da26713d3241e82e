import { type Selectable, sql } from "kysely";
import type { Message } from "../slack/message.ts";
import { openSent } from "./open-messages.ts";
import type { MessagesTable } from "./schema.ts";
import type { Store } from "./store.ts";

/** A posted message without its content. */
export type ShownRow = Pick<
  Selectable<MessagesTable>,
  "id" | "channel" | "thread_ts" | "broadcast" | "edits" | "created_at" | "finished_at"
> & { ts: string };

/** A post of a channel, or a reply that the channel got as well; oldest replies first. */
export interface ShownPost {
  row: ShownRow;
  replies: ShownRow[];
}

export interface ShownChannel {
  name: string;
  /** id of its newest message among those that are looked at: ids grow with time */
  newest: string | undefined;
}

/** Of so many newest messages of a workspace anything is looked at: what is asked every second must stay cheap. */
const mostLooked = 1_000;
/** Posts of a channel. */
const mostPosts = 200;
const mostChannels = 200;

/** The newest posted messages of a workspace whose content is still there, oldest first. */
export async function listShown({ db }: Pick<Store, "db">, workspace: string): Promise<ShownRow[]> {
  const rows = await db
    .selectFrom("messages")
    .select(["seq", "id", "channel", "ts", "thread_ts", "broadcast", "edits", "created_at", "finished_at"])
    .select(sql<boolean>`sent is not null`.as("has_content"))
    .where("workspace_id", "=", workspace)
    .orderBy("seq", "desc")
    .limit(mostLooked)
    .execute();
  return rows
    .flatMap(({ seq: _, has_content, ts, ...row }) => (has_content && ts !== null ? [{ ...row, ts }] : []))
    .reverse();
}

/** The channels that ever got a message, by name, with what is newest of these rows. */
export async function listShownChannels(
  { db }: Pick<Store, "db">,
  workspace: string,
  rows: readonly ShownRow[],
): Promise<ShownChannel[]> {
  const lanes = await db
    .selectFrom("lanes")
    .select("channel")
    .where("workspace_id", "=", workspace)
    .orderBy("channel")
    .limit(mostChannels)
    .execute();
  const newest = new Map(rows.map(({ channel, id }) => [channel, id]));
  return lanes.map(({ channel }) => ({ name: channel, newest: newest.get(channel) }));
}

/** The newest posts of a channel with their threads, oldest first. Replies to what is not among them are left out. */
export function postsOf(rows: readonly ShownRow[], channel: string): ShownPost[] {
  const here = rows.filter((row) => row.channel === channel);
  const threads = new Map<string, ShownRow[]>();
  for (const row of here) {
    if (row.thread_ts === null) continue;
    const thread = threads.get(row.thread_ts);
    if (thread) thread.push(row);
    else threads.set(row.thread_ts, [row]);
  }
  return here
    .filter(({ thread_ts, broadcast }) => thread_ts === null || broadcast === 1)
    .slice(-mostPosts)
    .map((row) => ({ row, replies: row.thread_ts === null ? (threads.get(row.ts) ?? []) : [] }));
}

/** What messages show now, by their ids. What is damaged or gone meanwhile is missing: it stops nothing. */
export async function openShown(
  store: Store,
  workspace: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Message>> {
  if (ids.length === 0) return new Map();
  const rows = await store.db
    .selectFrom("messages")
    .select(["id", "sent"])
    .where("workspace_id", "=", workspace)
    .where("id", "in", ids)
    .where("sent", "is not", null)
    .execute();
  return new Map(
    rows.flatMap(({ id, sent }) => {
      const message = sent && openOrNot(store, workspace, id, sent);
      return message ? [[id, message] as const] : [];
    }),
  );
}

function openOrNot(store: Store, workspace: string, id: string, sent: Uint8Array): Message | undefined {
  try {
    return openSent(store, workspace, id, sent);
  } catch {
    // The page says that it cannot be read; the error itself may quote the row.
    return undefined;
  }
}
