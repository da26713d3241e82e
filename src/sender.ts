import { setTimeout as sleep } from "node:timers/promises";
import { isRefused, lookFor } from "./ask-slack.ts";
import type { Event } from "./events.ts";
import type { Keyed } from "./keyed.ts";
import type { Log } from "./log.ts";
import { collectingNotice } from "./notice.ts";
import { type Metrics, secondsSince } from "./operation/metrics.ts";
import { nextToken, type Pace, takeToken } from "./pace.ts";
import { backoff, judge } from "./send-failure.ts";
import type { Chat, Posted } from "./slack/chat.ts";
import { ChatError } from "./slack/errors.ts";
import type { Message } from "./slack/message.ts";
import { untilNextLane } from "./store/lanes.ts";
import { beginSend, type EndedSend, type OpenMessage, type SendResult } from "./store/open-messages.ts";
import { lastPassed, type TurnEnd } from "./store/paces.ts";
import { pauseRules } from "./store/pause-rules.ts";
import type { StoredRule } from "./store/rules.ts";
import type { Store } from "./store/store.ts";
import { type Taken, takeMessages } from "./store/take-message.ts";
import type { Rendered } from "./templates/templates.ts";

export interface Sender {
  store: Store;
  /** writes down how a send ended; resolves when that is on disk */
  finish: (ended: EndedSend) => Promise<void>;
  /** id of this worker */
  worker: () => string;
  /** the chat of a workspace; undefined where it is not connected (any more) */
  chatOf: (workspace: string) => Promise<Chat | undefined>;
  render: (event: Event, rule: StoredRule) => Rendered;
  pace: { channel: Pace | undefined; posts: Pace | undefined };
  /** milliseconds after which messages become one notice; undefined while their age cannot be told */
  collectAfter: () => number | undefined;
  log: Log;
  metrics: Metrics;
  /** aborted when the process stops */
  stopping: AbortSignal;
}

/** Sends of one workspace that are under way at once. */
export const mostOfWorkspace = 50;
/**
 * A process that stood still so long (milliseconds) between taking a message and posting it may have been given up,
 * and its lane be another's.
 */
const mostStill = 8_000;
/** A message whose answer was lost is posted again once, where nobody can say whether it is there. */
const mostLostAnswers = 1;

/**
 * One round: takes the next message of lanes that are ready and begins to send them. A lane sends in order: its next
 * message waits until this one is done.
 * @returns milliseconds until the next lane is ready, undefined when nothing waits
 */
export async function sendReady(sender: Sender, lanes: Keyed): Promise<number | undefined> {
  const { store, pace } = sender;
  const began = performance.now();
  const age = sender.collectAfter();
  const collectBefore = age === undefined ? undefined : new Date(store.now().getTime() - age);
  const most = Math.min(store.engine.together, lanes.room());
  if (most === 0) return undefined;
  const options = { worker: sender.worker(), pace, collectBefore };
  const { taken, lanes: found } = await takeMessages(store, { most, without: lanes.fullGroups() }, options);
  for (const one of taken) {
    const { workspace, channel } = one.lane;
    lanes.begin(laneKey(workspace, channel), () => send(sender, one, began), workspace);
  }
  // What was put aside makes way for the next: look again at once.
  return found > 0 ? 0 : untilNextLane(store, "post");
}

/** A lane's key among the work under way. */
export const laneKey = (workspace: string, channel: string) => JSON.stringify([workspace, channel]);

async function send(sender: Sender, taken: Taken, began: number): Promise<void> {
  const { message } = taken;
  const chat = await sender.chatOf(message.workspace);
  if (!chat) return fail(sender, taken, undefined, new ChatError("workspace", "not_connected"));
  const rendered = renderMessage(sender, taken);
  const begun = taken.begun ? taken : await settle(sender, taken, chat, rendered);
  if (!begun) return;
  if (performance.now() - began > mostStill) {
    return finish(sender, begun, { state: "retry", reason: "the process stood still" }, { end: "failed" });
  }
  const posted = await post(chat, begun.message, rendered, sender.log);
  if (posted instanceof ChatError) return fail(sender, begun, chat, posted);
  await noteSent(sender, begun, posted);
}

function renderMessage({ render, log, metrics }: Sender, { message, rule }: Taken): Message {
  if (message.collected !== undefined) return collectingNotice(message.collected, new Date(message.queuedAt));
  const began = performance.now();
  const { message: rendered, notice } = render(message.event, rule);
  metrics.took("render", (performance.now() - began) / 1000);
  if (notice) log.warn({ message: message.id, rule: message.rule, notice }, "template failed");
  return rendered;
}

/**
 * What becomes of a message whose answer was lost: where we may read the channel, it is looked for there; else it is
 * posted again once.
 * @returns the message, begun again; undefined when it is settled
 */
async function settle(sender: Sender, taken: Taken, chat: Chat, rendered: Message): Promise<Taken | undefined> {
  const { message, lane } = taken;
  const found = await lookFor(sender.log, taken, chat);
  if (found && found !== "unknown") {
    sender.log.info({ message: message.id }, "the message with the lost answer is there");
    await noteSent(sender, taken, { ...found, sent: rendered });
    return undefined;
  }
  if (found === "unknown" && message.lostAnswers >= mostLostAnswers) {
    const reason = "perhaps posted: Slack's answer was lost each time";
    const result: SendResult = { state: "dead", reason, lostAnswers: message.lostAnswers + 1 };
    await finish(sender, taken, result, { end: "failed" }, lane.failures);
    return undefined;
  }
  const begun = await beginSend(sender.store.db, message);
  if (begun) return { ...taken, message: begun, begun: true };
  // Somebody dropped it meanwhile, or was faster: the lane goes on.
  await finish(sender, taken, { state: "suppressed", reason: "dropped by hand" }, { end: "failed" });
  return undefined;
}

/** Posts; a message that Slack finds invalid once more as plain text: said plainly beats not said. */
async function post(chat: Chat, { id, channel }: OpenMessage, message: Message, log: Log) {
  const posted = await attempt(() => chat.post(channel, message, { id }), log);
  if (!(posted instanceof ChatError)) return { ...posted, sent: message };
  if (posted.outcome !== "invalid" || message.blocks.length === 0) return posted;
  log.error({ message: id, reason: posted.reason, detail: posted.detail }, "Slack refused the blocks");
  const text = { text: message.text, blocks: [] };
  const again = await attempt(() => chat.post(channel, text, { id }), log);
  return again instanceof ChatError ? again : { ...again, sent: text };
}

/** Failures as values. A mistake of ours counts as one too: it must not stop the lane for good, nor spin it. */
async function attempt<T>(call: () => Promise<T>, log: Log): Promise<T | ChatError> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ChatError) return error;
    log.error({ error }, "send failed unexpectedly");
    return new ChatError("uncertain", "unexpected_error");
  }
}

/** A posted message is never posted again because the store could not note it: the note is tried until it is there. */
async function noteSent(sender: Sender, taken: Taken, { ts, channel, sent }: Posted & { sent: Message }) {
  const { log, metrics, store } = sender;
  const { id, delivery } = taken.message;
  for (let failures = 1; ; failures++) {
    try {
      await finish(sender, taken, { state: "sent", sent, ts }, { end: "passed" }, 0, channel);
      metrics.took("delay", secondsSince(delivery, store.now()));
      return log.info({ message: id, delivery, channel: taken.message.channel }, "message sent");
    } catch (error) {
      log.error({ error, message: id }, "the message was posted, but the store did not take the note");
      await sleep(backoff(failures), undefined, { signal: sender.stopping });
    }
  }
}

/** What a failed post means for the message, its rules, its lane and its workspace. */
async function fail(sender: Sender, taken: Taken, chat: Chat | undefined, error: ChatError): Promise<void> {
  const { store, log } = sender;
  const { message, lane } = taken;
  const { workspace, channel } = message;
  log.warn(
    { message: message.id, channel, outcome: error.outcome, reason: error.reason, detail: error.detail },
    "message not sent",
  );
  const passed = await lastPassed(store.db, workspace, taken.turn.method);
  const isGone = error.outcome === "workspace" && (await isRefused(chat));
  const verdict = judge(error, { message, failures: lane.failures, passed, isGone });
  if (verdict.pause) {
    const rules = await pauseRules(store, workspace, verdict.pause === "channel" ? { channel } : {}, verdict.reason);
    log.warn({ workspace, channel, rules, reason: error.reason }, "rules paused");
  }
  await finish(sender, taken, verdict.result, verdict.end, verdict.failures, undefined, verdict.wait);
}

/** Writes down how a message ended or goes on. The lane goes on after `wait` milliseconds, as its pace lets it. */
async function finish(
  { store, pace, metrics, finish: write }: Sender,
  { lane, message, turn }: Taken,
  result: SendResult,
  end: TurnEnd,
  failures = 0,
  channelId?: string,
  wait = 0,
): Promise<void> {
  const now = store.now().getTime();
  const fullAt = pace.channel ? takeToken(lane.fullAt, now, pace.channel) : lane.fullAt;
  const ready = Math.max(now + wait, pace.channel ? nextToken(fullAt, pace.channel) : now);
  await write({ lane, message, result, change: { ready, failures, fullAt, channelId }, turn, end });
  metrics.message(result.state);
}
