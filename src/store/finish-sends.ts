import type { Transaction } from "kysely";
import type { Message } from "../slack/message.ts";
import { editEvery } from "./edit-every.ts";
import { isOpen, type LaneChange, returnLane, type TakenLane } from "./lanes.ts";
import { type OpenMessage, sealSent } from "./open-messages.ts";
import { endTurns, type Turn, type TurnEnd } from "./paces.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** How a send ended, or why there was none. */
export type SendResult =
  /** `sent` is undefined where it was found later: nobody knows what of its object it shows */
  | { state: "sent"; sent: Message | undefined; ts: string; thread?: string | undefined }
  | { state: "retry" | "uncertain"; reason: string; failures?: number }
  | { state: "dead"; reason: string; lostAnswers?: number }
  | { state: "suppressed"; reason: string; sent?: Message | undefined; ts?: string };

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
    // Cards first, as readers mark them before they wake lanes; then lanes and turns, each in one order, as they are
    // taken: so two never wait for each other.
    for (const { message, result, change } of ended.toSorted(byCard))
      if (result.state === "sent") await notePosted(store, trx, message, result, change.channelId);
    for (const { lane, change } of ended.toSorted(byLane)) await returnLane(store, trx, lane, change);
    for (const { message, result } of ended) await writeResult(store, trx, message, result);
    const ends = ended.flatMap(({ turn, end }) => (turn && end ? [{ turn, end }] : []));
    await endTurns(store, trx, ends);
  });
}

/**
 * A message that posts a card was posted. The first one counts: of several, as where a person retries the one that was
 * not sent, the others find the card there.
 */
async function notePosted(
  store: Store,
  trx: Transaction<Tables>,
  { workspace, id, card }: OpenMessage,
  { ts, sent }: Extract<SendResult, { state: "sent" }>,
  channelId: string | undefined,
): Promise<void> {
  if (!card) return;
  const now = store.now().getTime();
  const shown = sent ? { shown: card.known.revision } : { shown: 0, edit_at: new Date(now).toISOString() };
  await trx
    .updateTable("cards")
    .set({ ts, channel_id: channelId ?? null, message_id: id, ...shown })
    .set({ rests_until: new Date(now + editEvery).toISOString(), paced_at: new Date(now).toISOString() })
    .where("workspace_id", "=", workspace)
    .where("id", "=", card.id)
    .where("ts", "is", null)
    .execute();
}

const byCard = ({ message: a }: EndedSend, { message: b }: EndedSend) =>
  (a.card?.id ?? "") < (b.card?.id ?? "") ? -1 : 1;

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
        ...(result.sent && { sent: sealSent(store, workspace, id, result.sent) }),
      }),
      ...(posted && result.thread !== undefined && { thread_ts: result.thread }),
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
