import { saysWhat } from "../cards/home.ts";
import { viewOf } from "../cards/view.ts";
import type { View } from "../cards/views.ts";
import type { Event } from "../events.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../operation/metrics.ts";
import type { Pace } from "../pace.ts";
import type { Chat, PostOptions } from "../slack/chat.ts";
import { ChatError } from "../slack/errors.ts";
import type { Message } from "../slack/message.ts";
import type { EndedSend } from "../store/finish-sends.ts";
import { untilNextLane } from "../store/lanes.ts";
import type { KnownObject } from "../store/objects.ts";
import type { OpenMessage } from "../store/open-messages.ts";
import type { StoredRule } from "../store/rules.ts";
import type { Store } from "../store/store.ts";
import { type Taken, takeMessages } from "../store/take-message.ts";
import type { Rendered } from "../templates/templates.ts";
import type { Keyed } from "../work/keyed.ts";
import type { ChatOf } from "./chats.ts";
import { fail, finish, noteSent } from "./finish.ts";
import type { Holds } from "./holds.ts";
import type { LatelyPrivate } from "./lately-private.ts";
import { collectingNotice } from "./notice.ts";
import { type Begun, settle } from "./settle.ts";
import { isStillPrivate } from "./still-private.ts";

export interface Sender {
  store: Store;
  /** writes down how a send ended; resolves when that is on disk */
  finish: (ended: EndedSend) => Promise<void>;
  /** id of this worker */
  worker: () => string;
  chatOf: ChatOf;
  /** @param how.thread it goes into the thread of a card, which says what it is about */
  render: (event: Event | View, rule: StoredRule, how: { thread: boolean }) => Rendered;
  pace: { channel: Pace | undefined; posts: Pace | undefined; updates: Pace | undefined };
  /** milliseconds after which messages become one notice; undefined while their age cannot be told */
  collectAfter: () => number | undefined;
  log: Log;
  metrics: Metrics;
  /** workspaces that Slack asked to wait */
  holds: Holds;
  /** private channels that Slack need not be asked about */
  lately: LatelyPrivate;
  /** messages were written */
  onMessages: () => void;
  /** aborted when the process stops */
  stopping: AbortSignal;
}

/** Lanes that are taken at once where workspaces have a pace: the more there are, the later the first one posts. */
const mostPaced = 8;
/** Sends of one workspace that are under way at once. */
export const mostOfWorkspace = 50;
/**
 * A process that stood still so long (milliseconds) between taking a message and posting it may have been given up,
 * and its lane be another's.
 */
export const mostStill = 8_000;
/**
 * One round: takes the next message of lanes that are ready and begins to send them. A lane sends in order: its next
 * message waits until this one is done.
 * @returns milliseconds until the next lane is ready, undefined when nothing waits
 */
export async function sendReady(sender: Sender, lanes: Keyed): Promise<number | undefined> {
  const { store, pace, metrics } = sender;
  const began = performance.now();
  const age = sender.collectAfter();
  const since = store.now();
  const collectBefore = age === undefined ? undefined : new Date(since.getTime() - age);
  const most = Math.min(pace.posts ? mostPaced : Number.POSITIVE_INFINITY, store.engine.together, lanes.room());
  if (most === 0) return undefined;
  const options = { worker: sender.worker(), pace, collectBefore };
  const { taken, aside, lanes: found } = await takeMessages(store, { most, without: lanes.fullGroups() }, options);
  for (const state of aside) metrics.message(state);
  for (const one of taken) {
    const { workspace, channel } = one.lane;
    lanes.begin(laneKey(workspace, channel), () => send(sender, one, began), workspace);
  }
  // There may be more where as many were found as were looked for, or where other workers held some of those. What is
  // not sent may make way for the next.
  const isAll = found === 0 || (store.engine.alone && found < most && found === taken.length);
  return isAll ? untilNextLane(store, "post", since) : 0;
}

/** A lane's key among the work under way. */
export const laneKey = (workspace: string, channel: string) => JSON.stringify([workspace, channel]);

async function send(sender: Sender, taken: Taken, began: number): Promise<void> {
  const { message } = taken;
  const chat = await connect(sender, message);
  if (chat instanceof ChatError) return fail(sender, taken, undefined, chat);
  const rendered = renderMessage(sender, taken);
  const begun = taken.begun ? { ...taken, began } : await settle(sender, taken, chat, rendered);
  if (!begun) return;
  if (!(await isStillPrivate(sender, begun, chat))) return;
  const late = tooLate(sender, begun);
  if (late !== undefined) {
    return finish(
      sender,
      begun,
      { state: "retry", reason: late },
      { end: "failed" },
      { failures: taken.lane.failures },
    );
  }
  const at = sender.store.now().getTime();
  const posted = await post(chat, begun.message, rendered, sender.log);
  if (posted instanceof ChatError) return fail(sender, begun, chat, posted, at);
  await noteSent(sender, begun, posted, at);
}

/** The workspace's chat; one whose token cannot be read waits as one that is not connected. */
export async function connect(
  { chatOf, log }: Sender,
  { id, delivery, workspace }: Pick<OpenMessage, "id" | "delivery" | "workspace">,
): Promise<Chat | ChatError> {
  try {
    return (await chatOf(workspace)) ?? new ChatError("workspace", "not_connected");
  } catch (error) {
    log.error({ error, message: id, delivery }, "the workspace's token cannot be read");
    return new ChatError("workspace", "token_unreadable");
  }
}

/** Why a send that was begun must not go on; undefined where it may. */
function tooLate({ holds }: Sender, { lane, began }: Begun): string | undefined {
  if (performance.now() - began > mostStill) return "the process stood still";
  return holds.left(lane.workspace, "post") > 0 ? "Slack asked the workspace to wait" : undefined;
}

/** What a card shows; undefined where too little is known, or by a mistake of ours: that must not stop the lane. */
export function shownOf(log: Log, { object, facts }: KnownObject, episode: string): Event | View | undefined {
  try {
    return viewOf(object, facts, episode);
  } catch (error) {
    log.error({ error }, "what is known of an object could not be shown");
    return undefined;
  }
}

function renderMessage({ render, log, metrics }: Sender, { message, rule }: Taken): Message {
  if (message.collected !== undefined) return collectingNotice(message.collected, new Date(message.queuedAt));
  const began = performance.now();
  const { card, thread, above } = message;
  const view = card && shownOf(log, card.known, card.episode);
  const { message: rendered, notice } = render(view ?? message.event, rule, {
    thread: thread !== undefined && saysWhat(above),
  });
  metrics.took("render", (performance.now() - began) / 1000);
  if (notice)
    log.warn({ message: message.id, delivery: message.delivery, rule: message.rule, notice }, "template failed");
  return rendered;
}

/**
 * Posts; a message that Slack finds invalid once more as plain text, and a reply to a message that is gone once more
 * without its thread: said plainly beats not said.
 */
async function post(chat: Chat, { id, delivery, channel, thread, broadcast }: OpenMessage, message: Message, log: Log) {
  const ids = { message: id, delivery };
  const options = { id, thread, broadcast };
  const posted = await attempt(() => chat.post(channel, message, options), log, ids);
  if (!(posted instanceof ChatError)) return { ...posted, sent: message, thread };
  if (posted.outcome !== "invalid") return posted;
  const isThread = thread !== undefined && threadless.includes(posted.reason);
  if (!isThread && message.blocks.length === 0) return posted;
  log[isThread ? "info" : "error"](
    { ...ids, reason: posted.reason, detail: posted.detail },
    "Slack refused the message",
  );
  const other = isThread ? message : { text: message.text, blocks: [] };
  const place: PostOptions = isThread ? { id } : options;
  const again = await attempt(() => chat.post(channel, other, place), log, ids);
  return again instanceof ChatError ? again : { ...again, sent: other, thread: place.thread };
}

/** Slack's words where nobody can answer a message any more. */
const threadless = ["cannot_reply_to_message", "invalid_thread_ts", "message_not_found", "thread_not_found"];

/** Failures as values. A mistake of ours counts as one too: it must not stop the lane for good, nor spin it. */
export async function attempt<T>(call: () => Promise<T>, log: Log, ids: object): Promise<T | ChatError> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ChatError) return error;
    log.error({ ...ids, error }, "send failed unexpectedly");
    return new ChatError("uncertain", "unexpected_error");
  }
}
