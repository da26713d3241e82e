import type { Keyed } from "./keyed.ts";
import type { Log } from "./log.ts";
import type { Chat } from "./slack/chat.ts";
import { ChatError } from "./slack/errors.ts";
import type { Message } from "./slack/message.ts";
import { delayLane, type Lane, nextLaneAt, readyLanes, restLane } from "./store/lanes.ts";
import { beginSend, finishSend, nextMessage, type OpenMessage } from "./store/messages.ts";
import { findRule, pauseRule, type StoredRule } from "./store/rules.ts";
import type { Store } from "./store/store.ts";
import type { Rendered } from "./templates/templates.ts";

export interface Sender {
  store: Store;
  /** the chat of a workspace; undefined where it is not connected (any more) */
  chatOf: (workspace: string) => Chat | undefined;
  render: (message: OpenMessage, rule: StoredRule) => Rendered;
  log: Log;
  now: () => Date;
}

const mostLanes = 100;
const longestWait = 60_000;

/**
 * One round: begins to send in every lane that is ready and not busy. A lane sends in order: its next message waits
 * until this one is done.
 * @returns milliseconds until the next lane is ready, undefined when nothing waits
 */
export async function sendReady(sender: Sender, lanes: Keyed): Promise<number | undefined> {
  for (const lane of await readyLanes(sender.store, sender.now(), mostLanes)) {
    const key = JSON.stringify([lane.workspace, lane.channel]);
    if (!lanes.busy(key)) lanes.begin(key, () => sendNext(sender, lane));
  }
  const next = await nextLaneAt(sender.store, sender.now());
  return next && Math.max(0, next.getTime() - sender.now().getTime());
}

async function sendNext(sender: Sender, lane: Lane): Promise<void> {
  const { store } = sender;
  const message = await nextMessage(store, lane.workspace, lane.channel);
  if (!message) return restLane(store, lane);
  const rule = await findRule(store, message.workspace, message.rule);
  const suppressed = !rule ? "its rule was removed" : rule.paused && `its rule is paused: ${rule.paused}`;
  if (suppressed) return finishSend(store, message, { state: "suppressed", reason: suppressed });
  if (rule) await send(sender, lane, message, rule);
}

async function send(sender: Sender, lane: Lane, message: OpenMessage, rule: StoredRule): Promise<void> {
  const { store, log } = sender;
  const chat = sender.chatOf(message.workspace);
  if (!chat) return fail(sender, lane, message, new ChatError("workspace", "not_connected"));
  const { message: rendered, notice } = sender.render(message, rule);
  if (notice) log.warn({ message: message.id, rule: rule.id, notice }, "template failed");
  if (!(await beginSend(store, message))) return;
  try {
    const { sent, ts } = await postOrPlain(chat, message, rendered, log);
    await finishSend(store, message, { state: "sent", sent, ts });
    await delayLane(store, lane, sender.now(), 0);
    log.info({ message: message.id, delivery: message.delivery, channel: message.channel }, "message sent");
  } catch (error) {
    await fail(sender, lane, message, error instanceof ChatError ? error : unexpected(error, log));
  }
}

/** A mistake of ours must not stop the lane for good, nor spin it. */
function unexpected(error: unknown, log: Log): ChatError {
  log.error({ error }, "send failed unexpectedly");
  return new ChatError("uncertain", "unexpected_error");
}

/** A message that Slack finds invalid is posted once more as plain text: said plainly beats not said. */
async function postOrPlain(chat: Chat, { id, channel }: OpenMessage, message: Message, log: Log) {
  try {
    return { sent: message, ...(await chat.post(channel, message, { id })) };
  } catch (error) {
    if (!(error instanceof ChatError) || error.outcome !== "invalid" || message.blocks.length === 0) throw error;
    log.error({ message: id, reason: error.reason, detail: error.detail }, "Slack refused the blocks");
    const plain = { text: message.text, blocks: [] };
    return { sent: plain, ...(await chat.post(channel, plain, { id })) };
  }
}

/** What each kind of failure does to the message, its rule and its lane. */
async function fail(sender: Sender, lane: Lane, message: OpenMessage, error: ChatError): Promise<void> {
  const { store, log, now } = sender;
  const { outcome, reason } = error;
  log.warn(
    { message: message.id, channel: message.channel, outcome, reason, detail: error.detail },
    "message not sent",
  );
  if (outcome === "invalid") return finishSend(store, message, { state: "dead", reason });
  if (outcome === "channel") {
    await pauseRule(store, message.workspace, message.rule, `Slack: ${reason}`);
    return finishSend(store, message, { state: "dead", reason });
  }
  await finishSend(store, message, { state: outcome === "uncertain" ? "uncertain" : "retry", reason });
  const failures = lane.failures + 1;
  const wait = error.retryAfter === undefined ? backoff(failures) : error.retryAfter * 1000;
  await delayLane(store, lane, new Date(now().getTime() + wait), failures);
}

/** 1, 2, 4 … 60 seconds, less up to a quarter so that lanes do not come back all at once. */
const backoff = (failures: number) =>
  Math.min(longestWait, 1000 * 2 ** Math.min(failures - 1, 10)) * (1 - Math.random() / 4);
