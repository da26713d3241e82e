import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import { type Event, eventFormat } from "../events.ts";
import type { Message } from "../slack/message.ts";
import { wakeLane } from "./lanes.ts";
import type { MessageState, MessagesTable, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** What is to be said in a channel about an event, because of a rule. It is rendered when it is sent. */
export interface NewMessage {
  workspace: string;
  channel: string;
  delivery: string;
  rule: string;
  event: Event;
}

/** The next message of a lane. */
export interface OpenMessage {
  workspace: string;
  channel: string;
  id: string;
  rule: string;
  delivery: string;
  state: MessageState;
  attempts: number;
  event: Event;
}

/** States that still wait for their turn. */
const open = ["pending", "retry", "uncertain"] as const;

const place = (workspace: string, row: string) => ({ table: "messages", workspace, row });

/** Writes a message down and starts its lane, inside the transaction that finishes the delivery. */
export async function addMessage(store: Store, trx: Transaction<Tables>, message: NewMessage): Promise<void> {
  const id = uuid();
  await trx
    .insertInto("messages")
    .values({
      workspace_id: message.workspace,
      id,
      channel: message.channel,
      delivery_id: message.delivery,
      rule_id: message.rule,
      state: "pending",
      attempts: 0,
      lost_answers: 0,
      event: store.sealer.seal(place(message.workspace, id), JSON.stringify(message.event)),
      event_format: eventFormat,
      created_at: new Date().toISOString(),
    })
    .execute();
  await wakeLane(trx, message.workspace, message.channel);
}

/** The oldest message of a lane that is not done. */
export async function nextMessage(store: Store, workspace: string, channel: string): Promise<OpenMessage | undefined> {
  const row = await store.db
    .selectFrom("messages")
    .select(["id", "rule_id", "delivery_id", "state", "attempts", "event"])
    .where("workspace_id", "=", workspace)
    .where("channel", "=", channel)
    .where("state", "in", [...open])
    .orderBy("seq")
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    workspace,
    channel,
    id: row.id,
    rule: row.rule_id,
    delivery: row.delivery_id,
    state: row.state,
    attempts: row.attempts,
    event: JSON.parse(store.sealer.open(place(workspace, row.id), row.event).toString()) as Event,
  };
}

/**
 * Records that a send begins, before it begins: a message that a crash leaves in this state may have been posted.
 * One that was in this state already is counted as a lost answer.
 * @returns false when it does not wait any more: somebody dropped it
 */
export async function beginSend(store: Store, { workspace, id, state }: OpenMessage): Promise<boolean> {
  const { numUpdatedRows } = await store.db
    .updateTable("messages")
    .set((set) => ({
      state: "uncertain" as const,
      attempts: set("attempts", "+", 1),
      lost_answers: set("lost_answers", "+", state === "uncertain" ? 1 : 0),
    }))
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where("state", "in", [...open])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export type SendResult =
  | { state: "sent"; sent: Message; ts: string }
  | { state: "retry" | "uncertain"; reason: string }
  | { state: "suppressed" | "dead"; reason: string; sent?: Message };

/** Records how a send ended. One that was dropped meanwhile stays dropped, unless it was posted. */
export async function finishSend(store: Store, { workspace, id }: OpenMessage, result: SendResult): Promise<void> {
  const done = result.state === "sent" || result.state === "suppressed" || result.state === "dead";
  const sent = "sent" in result && result.sent;
  const query = store.db
    .updateTable("messages")
    .set({
      state: result.state,
      reason: "reason" in result ? result.reason : null,
      ...(sent && { sent: store.sealer.seal(place(workspace, id), JSON.stringify(sent)) }),
      ...(result.state === "sent" && { ts: result.ts }),
      ...(done && { finished_at: new Date().toISOString() }),
    })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id);
  await (result.state === "sent" ? query : query.where("state", "in", [...open])).execute();
}

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
    sent: sent
      ? (JSON.parse(store.sealer.open(place(filter.workspace, row.id), sent).toString()) as Message)
      : undefined,
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
    .where("state", "in", [...open, "dead"])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
