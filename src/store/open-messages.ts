import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import { type Event, eventFormat } from "../events.ts";
import type { Message } from "../slack/message.ts";
import { isOpen, type LaneChange, returnLane, type TakenLane, wakeLanes } from "./lanes.ts";
import { endTurns, type Turn, type TurnEnd } from "./paces.ts";
import type { MessageState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** What is to be said in a channel about an event, because of a rule. It is rendered when it is sent. */
export interface NewMessage {
  workspace: string;
  channel: string;
  delivery: string;
  rule: string;
  event: Event;
}

/** The message of a lane whose turn it is. */
export interface OpenMessage {
  workspace: string;
  channel: string;
  id: string;
  rule: string;
  delivery: string;
  state: MessageState;
  /** sends begun: whoever knows another number was overtaken and writes nothing */
  attempts: number;
  /** sends whose answer was lost */
  lostAnswers: number;
  /** sends that failed while others of the workspace passed */
  failures: number;
  failedAt: string | undefined;
  queuedAt: string;
  /** it stands for so many messages that are too old, itself included */
  collected: number | undefined;
  event: Event;
}

const place = (workspace: string, row: string) => ({ table: "messages", workspace, row });

/** What was sent, as it is kept. */
export const openSent = (store: Store, workspace: string, id: string, sent: Uint8Array): Message =>
  JSON.parse(store.sealer.open(place(workspace, id), sent).toString()) as Message;

/** Writes messages down in this order and starts their lanes, inside the transaction that finishes their deliveries. */
export async function addMessages(
  store: Store,
  trx: Transaction<Tables>,
  messages: readonly NewMessage[],
): Promise<void> {
  const now = store.now().toISOString();
  for (let at = 0; at < messages.length; at += mostRows) {
    const rows = messages.slice(at, at + mostRows).map((message) => toRow(store, message, now));
    await trx.insertInto("messages").values(rows).execute();
  }
  await wakeLanes(store, trx, messages);
}

/** Rows of one statement: databases bound the values of one, and each message holds a copy of its event. */
const mostRows = 200;

function toRow(store: Store, { workspace, channel, delivery, rule, event }: NewMessage, now: string) {
  const id = uuid();
  return {
    workspace_id: workspace,
    id,
    channel,
    delivery_id: delivery,
    rule_id: rule,
    state: "pending" as const,
    attempts: 0,
    lost_answers: 0,
    event: store.sealer.seal(place(workspace, id), JSON.stringify(event)),
    event_format: eventFormat,
    created_at: now,
    queued_at: now,
  };
}

/** A damaged row, or one of a newer version that was rolled back, must not stop the lane: undefined. */
export function openEvent(
  store: Store,
  workspace: string,
  row: { id: string; event: Uint8Array; event_format: number },
): Event | undefined {
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
 * @returns the message as it is now; undefined when it does not wait any more: somebody dropped it or was faster
 */
export async function beginSend(db: Store["db"], message: OpenMessage): Promise<OpenMessage | undefined> {
  const { workspace, id, attempts, state, lostAnswers } = message;
  const begun = {
    state: "uncertain" as const,
    attempts: attempts + 1,
    lost_answers: lostAnswers + (state === "uncertain" ? 1 : 0),
  };
  const { numUpdatedRows } = await db
    .updateTable("messages")
    .set(begun)
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where("attempts", "=", attempts)
    .where(isOpen)
    .executeTakeFirst();
  return numUpdatedRows > 0n
    ? { ...message, state: begun.state, attempts: begun.attempts, lostAnswers: begun.lost_answers }
    : undefined;
}

export type SendResult =
  | { state: "sent"; sent: Message; ts: string }
  | { state: "retry" | "uncertain"; reason: string; failures?: number }
  | { state: "dead"; reason: string; lostAnswers?: number }
  | { state: "suppressed"; reason: string; sent?: Message; ts?: string };

/** A send that ended: what became of the message, when its lane goes on, and what that means for the workspace's pace. */
export interface EndedSend {
  lane: TakenLane;
  message: OpenMessage;
  result: SendResult;
  change: LaneChange;
  turn?: Turn | undefined;
  end?: TurnEnd | undefined;
}

/**
 * Records in one transaction how sends ended. A message that was dropped meanwhile stays dropped, unless it was posted;
 * one that was begun again since is another's.
 */
export async function finishSends(store: Store, ended: readonly EndedSend[]): Promise<void> {
  await inTransaction(store, async (trx) => {
    // Lanes first and in one order, then turns in one order, as they are taken: so two never wait for each other.
    for (const { lane, change } of ended.toSorted(byLane)) await returnLane(store, trx, lane, change);
    for (const { message, result } of ended) await writeResult(store, trx, message, result);
    const ends = ended.flatMap(({ turn, end }) => (turn && end ? [{ turn, end }] : []));
    await endTurns(store, trx, ends);
  });
}

const byLane = ({ lane: a }: EndedSend, { lane: b }: EndedSend) =>
  a.workspace < b.workspace || (a.workspace === b.workspace && a.channel < b.channel) ? -1 : 1;

/** Writes down how a message ended or goes on. */
export async function writeResult(
  store: Store,
  trx: Transaction<Tables>,
  { workspace, id, attempts }: Pick<OpenMessage, "workspace" | "id" | "attempts">,
  result: SendResult,
): Promise<void> {
  const now = store.now().toISOString();
  const posted = result.state === "sent";
  const query = trx
    .updateTable("messages")
    .set({
      state: result.state,
      reason: posted ? null : result.reason,
      ...("sent" in result && {
        ts: result.ts,
        sent: store.sealer.seal(place(workspace, id), JSON.stringify(result.sent)),
      }),
      ...(result.state === "retry" || result.state === "uncertain"
        ? { failed_at: now, ...(result.failures !== undefined && { failures: result.failures }) }
        : { finished_at: now }),
      ...("lostAnswers" in result && { lost_answers: result.lostAnswers }),
    })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where("attempts", "=", attempts);
  await (posted ? query : query.where(isOpen)).execute();
}
