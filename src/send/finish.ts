import { setTimeout as sleep } from "node:timers/promises";
import { secondsSince } from "../operation/metrics.ts";
import { nextToken, takeToken } from "../pace.ts";
import type { Chat, Posted } from "../slack/chat.ts";
import type { ChatError } from "../slack/errors.ts";
import type { Message } from "../slack/message.ts";
import type { SendResult } from "../store/open-messages.ts";
import { lastPassed, type TurnEnd } from "../store/paces.ts";
import { pauseRules } from "../store/pause-rules.ts";
import type { Taken } from "../store/take-message.ts";
import { isRefused } from "./ask-slack.ts";
import { backoff, judge } from "./failure.ts";
import type { Sender } from "./sender.ts";

/** A posted message is never posted again because the store could not note it: the note is tried until it is there. */
export async function noteSent(sender: Sender, taken: Taken, { ts, channel, sent }: Posted & { sent: Message }) {
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
export async function fail(sender: Sender, taken: Taken, chat: Chat | undefined, error: ChatError): Promise<void> {
  const { store, log } = sender;
  const { message, lane } = taken;
  const { workspace, channel } = message;
  log.warn(
    {
      message: message.id,
      delivery: message.delivery,
      channel,
      outcome: error.outcome,
      reason: error.reason,
      detail: error.detail,
    },
    "message not sent",
  );
  const passed = await lastPassed(store.db, workspace, taken.turn.method);
  const isGone = error.outcome === "workspace" && (await isRefused(chat));
  const verdict = judge(error, { message, failures: lane.failures, passed, isGone });
  if (verdict.end.end === "limited") sender.holds.hold(workspace, verdict.end.wait);
  if (verdict.pause) {
    const rules = await pauseRules(store, workspace, verdict.pause === "channel" ? { channel } : {}, verdict.reason);
    log.warn({ workspace, channel, rules, reason: error.reason }, "rules paused");
  }
  await finish(sender, taken, verdict.result, verdict.end, verdict.failures, undefined, verdict.wait);
}

/** Writes down how a message ended or goes on. The lane goes on after `wait` milliseconds, as its pace lets it. */
export async function finish(
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
