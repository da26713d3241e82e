import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import { type Event, eventFormat } from "../events.ts";
import type { Message } from "../slack/message.ts";
import { delayLane, isOpen, type Lane, wakeLane } from "./lanes.ts";
import type { MessageState, Tables } from "./schema.ts";
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
  /** sends whose answer was lost, the last one not counted */
  lostAnswers: number;
  /** undefined where the row cannot be read any more */
  event: Event | undefined;
}

const place = (workspace: string, row: string) => ({ table: "messages", workspace, row });

/** What was sent, as it is kept. */
export const openSent = (store: Store, workspace: string, id: string, sent: Uint8Array): Message =>
  JSON.parse(store.sealer.open(place(workspace, id), sent).toString()) as Message;

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
    .select(["id", "rule_id", "delivery_id", "state", "lost_answers", "event", "event_format"])
    .where("workspace_id", "=", workspace)
    .where("channel", "=", channel)
    .where(isOpen)
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
    lostAnswers: row.lost_answers,
    event: openEvent(store, workspace, row),
  };
}

/** A damaged row, or one of a newer version that was rolled back, must not stop the lane. */
function openEvent(store: Store, workspace: string, row: { id: string; event: Uint8Array; event_format: number }) {
  if (row.event_format > eventFormat) return undefined;
  try {
    return JSON.parse(store.sealer.open(place(workspace, row.id), row.event).toString()) as Event;
  } catch {
    // The caller says so in the message's reason; the error itself may quote the row.
    return undefined;
  }
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
    .where(isOpen)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export type SendResult =
  | { state: "sent"; sent: Message; ts: string }
  | { state: "retry" | "uncertain" | "suppressed" | "dead"; reason: string };

/** When a lane may send again, and its failures in a row. */
export interface Pause {
  until: Date;
  failures: number;
}

/**
 * Records in one transaction how a send ended and when its lane may go on. A message that was dropped meanwhile stays
 * dropped, unless it was posted.
 */
export async function finishSend(
  store: Store,
  lane: Lane,
  { workspace, id }: OpenMessage,
  result: SendResult,
  { until, failures }: Pause,
): Promise<void> {
  const posted = result.state === "sent";
  const done = posted || result.state === "suppressed" || result.state === "dead";
  await store.db.transaction().execute(async (trx) => {
    const query = trx
      .updateTable("messages")
      .set({
        state: result.state,
        reason: posted ? null : result.reason,
        ...(posted && {
          sent: store.sealer.seal(place(workspace, id), JSON.stringify(result.sent)),
          ts: result.ts,
        }),
        ...(done && { finished_at: new Date().toISOString() }),
      })
      .where("workspace_id", "=", workspace)
      .where("id", "=", id);
    await (posted ? query : query.where(isOpen)).execute();
    await delayLane(trx, lane, until, failures);
  });
}
