import { saysWhat } from "../cards/home.ts";
import type { Event } from "../events.ts";
import { wantsConfidential } from "../rules/wants-confidential.ts";
import { ChatError } from "../slack/errors.ts";
import type { Message } from "../slack/message.ts";
import type { TurnEnd } from "../store/end-turns.ts";
import { type EditResult, finishEdit } from "../store/finish-edits.ts";
import { type TakenCard, takeCards, untilNextCard } from "../store/take-cards.ts";
import type { Keyed } from "../work/keyed.ts";
import { backoff } from "./failure.ts";
import { attempt, connect, mostStill, type Sender, shownOf } from "./sender.ts";
import { isReadByOthers } from "./still-private.ts";

/** Cards that are taken at once: few, so that the workspaces' turns are not all one's own. */
const mostTaken = 16;

/**
 * One round: begins to edit cards that show less than is known. Each edit shows the newest state, so none is missed
 * where several were due.
 * @returns milliseconds until the next card is due, undefined when none waits
 */
export async function editReady(sender: Sender, cards: Keyed): Promise<number | undefined> {
  const { store, pace } = sender;
  const since = store.now();
  const began = performance.now();
  const most = Math.min(mostTaken, cards.room());
  if (most === 0) return undefined;
  const options = { worker: sender.worker(), pace: pace.updates };
  const { taken, found } = await takeCards(store, { most, without: cards.fullGroups() }, options);
  for (const card of taken)
    cards.begin(cardKey(card.workspace, card.id), () => edit(sender, card, began), card.workspace);
  return found > 0 ? 0 : untilNextCard(store, since);
}

/** A card's key among the work under way. */
export const cardKey = (workspace: string, id: string): string => JSON.stringify(["card", workspace, id]);

async function edit(sender: Sender, card: TakenCard, began: number): Promise<void> {
  const { result, end } = await tryEdit(sender, card, began);
  const { workspace, id } = card;
  const ids = { card: id, message: card.message.id, delivery: card.message.delivery };
  if (result.end === "shown") sender.log.info({ ...ids, edited: result.edited }, "card shows the newest state");
  else sender.log.warn({ ...ids, workspace, ...("reason" in result && { reason: result.reason }) }, words[result.end]);
  await finishEdit(sender.store, card, result, end);
  if (result.end === "refused" || result.end === "deleted") sender.onMessages();
}

const words = {
  later: "card not edited, tried again later",
  left: "card not edited",
  refused: "Slack does not let us edit the card: it goes on in its thread",
  deleted: "somebody deleted the card",
} as const;

interface Edited {
  result: EditResult;
  end: TurnEnd;
}

const unsent: TurnEnd = { end: "failed" };

async function tryEdit(sender: Sender, card: TakenCard, began: number): Promise<Edited> {
  const { known, episode, rule, message, workspace } = card;
  const view = shownOf(sender.log, known, episode);
  if (!view) return { result: { end: "left", reason: "too little is known of it" }, end: unsent };
  if (view.confidential && !wantsConfidential(rule.grammar))
    return { result: { end: "left", reason: "its rule does not want confidential things any more" }, end: unsent };
  const { message: rendered } = sender.render(view, rule, { thread: saysWhat(card.above) });
  if (isSame(rendered, message.sent)) return { result: { end: "shown", sent: rendered, edited: false }, end: unsent };
  const refused: EditResult = { end: "refused", event: view as Event, sent: rendered };
  if (card.state === "frozen") return { result: refused, end: unsent };
  const wait = sender.holds.left(workspace, "update");
  if (wait > 0) return { result: { end: "later", wait, reason: "Slack asked the workspace to wait" }, end: unsent };
  const sent = await callSlack(sender, card, { message: rendered, isConfidential: view.confidential }, began);
  if (!(sent instanceof ChatError)) return { result: { end: "shown", sent, edited: true }, end: { end: "passed" } };
  if (sent.retryAfter !== undefined) sender.holds.hold(workspace, "update", sent.retryAfter * 1000);
  return judge(sent, card, refused);
}

const isSame = (one: Message, other: Message | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Edits the card; one that Slack finds invalid once more as plain text. @returns what it shows, or how it failed */
async function callSlack(
  sender: Sender,
  { workspace, posted, rule, message }: TakenCard,
  { message: rendered, isConfidential }: { message: Message; isConfidential: boolean },
  began: number,
): Promise<Message | ChatError> {
  const ids = { message: message.id, delivery: message.delivery };
  const chat = await connect(sender, { id: message.id, delivery: message.delivery, workspace });
  if (chat instanceof ChatError) return chat;
  if (rule.isPrivate && isConfidential) {
    const isOpen = await isReadByOthers(sender, { workspace, channel: posted.channel, ...ids }, chat);
    // The next post finds out, and pauses the rule.
    if (isOpen === true || (isOpen instanceof ChatError && isOpen.reason === "missing_scope"))
      return new ChatError("channel", "not_private_any_more");
    if (isOpen instanceof ChatError) return isOpen;
  }
  // Another worker may have shown something newer by now.
  if (performance.now() - began > mostStill) return new ChatError("refused", "the process stood still");
  const show = async (content: Message) => {
    const answer = await attempt(async () => chat.update?.(posted, content), sender.log, ids);
    return answer instanceof ChatError ? answer : content;
  };
  const shown = await show(rendered);
  const isInvalid = shown instanceof ChatError && shown.outcome === "invalid" && !lost.includes(shown.reason);
  if (!isInvalid || rendered.blocks.length === 0) return shown;
  sender.log.error({ ...ids, reason: shown.reason, detail: shown.detail }, "Slack refused the blocks");
  return show({ text: rendered.text, blocks: [] });
}

/** Slack's words where the message is not there any more. */
const lost = ["message_not_found", "thread_not_found"];
/** Slack's words where a message may not be edited any more. https://docs.slack.dev/reference/methods/chat.update#errors */
const locked = ["cant_update_message", "edit_window_closed", "cant_broadcast_message"];

/** At a minute each some eight hours: a card that nobody hears of again must not show what was before an outage. */
const mostFailures = 500;

/** What a failed edit means: the same edit may be made again, so an answer that was lost is no trouble. */
function judge(error: ChatError, { failures }: TakenCard, refused: EditResult): Edited {
  const { reason, outcome, retryAfter } = error;
  if (lost.includes(reason)) return { result: { end: "deleted" }, end: unsent };
  if (locked.includes(reason)) return { result: refused, end: unsent };
  if (outcome === "rate_limited") {
    const wait = (retryAfter ?? 30) * 1000;
    return { result: { end: "later", wait, reason }, end: { end: "limited", wait } };
  }
  const passes = outcome === "refused" || outcome === "uncertain" || outcome === "workspace";
  if (!passes || failures >= mostFailures) return { result: { end: "left", reason }, end: unsent };
  return { result: { end: "later", wait: backoff(failures + 1), reason }, end: unsent };
}
