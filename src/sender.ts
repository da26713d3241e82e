import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "./events.ts";
import type { Keyed } from "./keyed.ts";
import type { Log } from "./log.ts";
import type { Chat, Posted } from "./slack/chat.ts";
import { ChatError } from "./slack/errors.ts";
import type { Message } from "./slack/message.ts";
import { type Lane, nextLaneAt, readyLanes, restLane } from "./store/lanes.ts";
import { beginSend, finishSend, nextMessage, type OpenMessage, type SendResult } from "./store/open-messages.ts";
import { findRule, pauseRule, type StoredRule } from "./store/rules.ts";
import type { Store } from "./store/store.ts";
import type { Rendered } from "./templates/templates.ts";

export interface Sender {
  store: Store;
  /** the chat of a workspace; undefined where it is not connected (any more) */
  chatOf: (workspace: string) => Chat | undefined;
  render: (event: Event, rule: StoredRule) => Rendered;
  log: Log;
  now: () => Date;
  /** aborted when the process stops */
  stopping: AbortSignal;
}

const mostLanes = 100;
const longestWait = 60_000;
/** A message is posted again after a lost answer, but not for ever: each may have posted it. */
const mostLostAnswers = 3;

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
  if (!rule) return finish(sender, lane, message, { state: "suppressed", reason: "its rule was removed" });
  if (rule.paused !== undefined)
    return finish(sender, lane, message, { state: "suppressed", reason: `its rule is paused: ${rule.paused}` });
  if (message.event === undefined)
    return finish(sender, lane, message, { state: "dead", reason: "its row in the database cannot be read" });
  if (message.state === "uncertain" && message.lostAnswers + 1 >= mostLostAnswers)
    return finish(sender, lane, message, {
      state: "dead",
      reason: "perhaps posted: Slack's answer was lost each time",
    });
  await send(sender, lane, message, sender.render(message.event, rule));
}

async function send(sender: Sender, lane: Lane, message: OpenMessage, { message: rendered, notice }: Rendered) {
  const { store, log } = sender;
  const chat = sender.chatOf(message.workspace);
  if (!chat) return fail(sender, lane, message, new ChatError("workspace", "not_connected"));
  if (notice) log.warn({ message: message.id, rule: message.rule, notice }, "template failed");
  if (!(await beginSend(store, message))) return;
  const posted = await post(chat, message, rendered, log);
  if (posted instanceof ChatError) return fail(sender, lane, message, posted);
  await note(sender, lane, message, { state: "sent", ...posted });
  log.info({ message: message.id, delivery: message.delivery, channel: message.channel }, "message sent");
}

/** Posts; a message that Slack finds invalid once more as plain text: said plainly beats not said. */
async function post(chat: Chat, { id, channel }: OpenMessage, message: Message, log: Log) {
  const posted = await attempt(() => chat.post(channel, message, { id }), log);
  if (!(posted instanceof ChatError)) return { sent: message, ts: posted.ts };
  if (posted.outcome !== "invalid" || message.blocks.length === 0) return posted;
  log.error({ message: id, reason: posted.reason, detail: posted.detail }, "Slack refused the blocks");
  const text = { text: message.text, blocks: [] };
  const again = await attempt(() => chat.post(channel, text, { id }), log);
  return again instanceof ChatError ? again : { sent: text, ts: again.ts };
}

/** Failures as values. A mistake of ours counts as one too: it must not stop the lane for good, nor spin it. */
async function attempt(call: () => Promise<Posted>, log: Log): Promise<Posted | ChatError> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ChatError) return error;
    log.error({ error }, "send failed unexpectedly");
    return new ChatError("uncertain", "unexpected_error");
  }
}

/** A posted message is never posted again because the store could not note it: the note is tried until it is there. */
async function note(sender: Sender, lane: Lane, message: OpenMessage, result: SendResult): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await finish(sender, lane, message, result);
    } catch (error) {
      sender.log.error({ error, message: message.id }, "the message was posted, but the store did not take the note");
      await sleep(backoff(failures), undefined, { signal: sender.stopping });
    }
  }
}

/** The lane goes on at once. */
const finish = ({ store, now }: Sender, lane: Lane, message: OpenMessage, result: SendResult) =>
  finishSend(store, lane, message, result, { until: now(), failures: 0 });

/** What each kind of failure does to the message, its rule and its lane. */
async function fail(sender: Sender, lane: Lane, message: OpenMessage, error: ChatError): Promise<void> {
  const { store, log, now } = sender;
  const { outcome, reason, detail } = error;
  log.warn({ message: message.id, channel: message.channel, outcome, reason, detail }, "message not sent");
  if (outcome === "channel") await pauseRule(store, message.workspace, message.rule, `Slack: ${reason}`);
  if (outcome === "channel" || outcome === "invalid") return finish(sender, lane, message, { state: "dead", reason });
  const failures = lane.failures + 1;
  const wait = error.retryAfter === undefined ? backoff(failures) : error.retryAfter * 1000;
  const until = new Date(now().getTime() + wait);
  const state = outcome === "uncertain" ? "uncertain" : "retry";
  await finishSend(store, lane, message, { state, reason }, { until, failures });
}

/** 1, 2, 4 … 60 seconds, less up to a quarter so that lanes do not come back all at once. */
const backoff = (failures: number) =>
  Math.min(longestWait, 1000 * 2 ** Math.min(failures - 1, 10)) * (1 - Math.random() / 4);
