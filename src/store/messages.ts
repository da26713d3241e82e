import { sql } from "kysely";
import { UserError } from "../errors.ts";
import type { Message } from "../slack/message.ts";
import { byTerminal, type Doing, record } from "./audit.ts";
import { isOpen, wakeLanes } from "./lanes.ts";
import { openSent } from "./open-messages.ts";
import type { MessageState, MessagesTable } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

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
    /** Slack's id of the message within its channel */
    ts?: string | undefined;
    limit: number;
  },
): Promise<(MessageSummary & { sent: Message | undefined })[]> {
  let query = store.db
    .selectFrom("messages")
    .select([...summary, "sent"])
    .where("workspace_id", "=", filter.workspace);
  if (filter.state) query = query.where("state", "=", filter.state);
  if (filter.channel) query = query.where("channel", "=", filter.channel);
  if (filter.ts) query = query.where("ts", "=", filter.ts);
  if (filter.delivery) query = query.where("delivery_id", "=", filter.delivery);
  const rows = await query.orderBy("seq", "desc").limit(filter.limit).execute();
  return rows.map(({ sent, ...row }) => ({
    ...row,
    sent: sent ? openSent(store, filter.workspace, row.id, sent) : undefined,
  }));
}

/** What a message is when it comes into its lane once more; how often its answer was lost stays on record. */
export const again = {
  state: "pending",
  reason: null,
  finished_at: null,
  failures: 0,
  failed_at: null,
  collected: null,
} as const;

/** Messages whose event the retention has not removed, in the words of the partial index `messages_contents`. */
export const hasContent = sql<boolean>`length(event) > 0`;

/**
 * Puts a dead or suppressed message back into its lane. @returns false when there is none in such a state
 * @throws UserError when it is so old that its event was removed
 */
export async function retryMessage(
  store: Store,
  workspace: string,
  id: string,
  doing: Doing = byTerminal,
): Promise<boolean> {
  return inTransaction(store, async (trx) => {
    const message = await trx
      .selectFrom("messages")
      .select(sql<number>`length(event)`.as("length"))
      .where("workspace_id", "=", workspace)
      .where("id", "=", id)
      .where("state", "in", ["dead", "suppressed"])
      .executeTakeFirst();
    if (message?.length === 0) {
      throw new UserError(`The content of message “${id}” was removed when it was older than BELFRY_KEEP_BODIES.`);
    }
    const row = await trx
      .updateTable("messages")
      .set({ ...again, queued_at: store.now().toISOString() })
      .where("workspace_id", "=", workspace)
      .where("id", "=", id)
      .where("state", "in", ["dead", "suppressed"])
      .where(hasContent)
      .returning("channel")
      .executeTakeFirst();
    if (!row) return false;
    await wakeLanes(store, trx, [{ workspace, channel: row.channel }]);
    await record(store, trx, workspace, { ...doing, channel: row.channel, action: "retry", object: id });
    return true;
  });
}

/** Takes a waiting message out of its lane: it becomes `suppressed`. @returns false when it does not wait */
export const dropMessage = (store: Store, workspace: string, id: string, doing: Doing = byTerminal): Promise<boolean> =>
  inTransaction(store, async (trx) => {
    const row = await trx
      .updateTable("messages")
      .set({ state: "suppressed", reason: "dropped by hand", finished_at: store.now().toISOString() })
      .where("workspace_id", "=", workspace)
      .where("id", "=", id)
      .where((where) => where.or([isOpen, where("state", "=", "dead")]))
      .returning("channel")
      .executeTakeFirst();
    if (!row) return false;
    await record(store, trx, workspace, { ...doing, channel: row.channel, action: "drop", object: id });
    return true;
  });
