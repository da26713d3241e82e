import type { Message } from "../slack/message.ts";
import { isOpen, wakeLane } from "./lanes.ts";
import { openSent } from "./open-messages.ts";
import type { MessageState, MessagesTable } from "./schema.ts";
import type { Store } from "./store.ts";

const summary = [
  "id",
  "channel",
  "delivery_id",
  "rule_id",
  "state",
  "reason",
  "attempts",
  "lost_answers",
  "ts",
  "created_at",
  "finished_at",
] as const;

export type MessageSummary = Pick<MessagesTable, (typeof summary)[number]>;

/** A workspace's newest messages first. */
export async function listMessages(
  store: Store,
  filter: {
    workspace: string;
    state?: MessageState | undefined;
    channel?: string | undefined;
    delivery?: string | undefined;
    limit: number;
  },
): Promise<(MessageSummary & { sent: Message | undefined })[]> {
  let query = store.db
    .selectFrom("messages")
    .select([...summary, "sent"])
    .where("workspace_id", "=", filter.workspace);
  if (filter.state) query = query.where("state", "=", filter.state);
  if (filter.channel) query = query.where("channel", "=", filter.channel);
  if (filter.delivery) query = query.where("delivery_id", "=", filter.delivery);
  const rows = await query.orderBy("seq", "desc").limit(filter.limit).execute();
  return rows.map(({ sent, ...row }) => ({
    ...row,
    sent: sent ? openSent(store, filter.workspace, row.id, sent) : undefined,
  }));
}

/** Puts a dead or suppressed message back into its lane. @returns false when there is none in such a state */
export async function retryMessage(store: Store, workspace: string, id: string): Promise<boolean> {
  return store.db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable("messages")
      .set({ state: "pending", reason: null, finished_at: null })
      .where("workspace_id", "=", workspace)
      .where("id", "=", id)
      .where("state", "in", ["dead", "suppressed"])
      .returning("channel")
      .executeTakeFirst();
    if (row) await wakeLane(trx, workspace, row.channel);
    return row !== undefined;
  });
}

/** Takes a waiting message out of its lane: it becomes `suppressed`. @returns false when it does not wait */
export async function dropMessage(store: Store, workspace: string, id: string): Promise<boolean> {
  const { numUpdatedRows } = await store.db
    .updateTable("messages")
    .set({ state: "suppressed", reason: "dropped by hand", finished_at: new Date().toISOString() })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where((where) => where.or([isOpen, where("state", "=", "dead")]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
