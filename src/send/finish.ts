import { setTimeout as sleep } from "node:timers/promises";
import { secondsSince } from "../operation/metrics.ts";
import { nextToken, takeToken } from "../pace.ts";
import type { Chat, Posted } from "../slack/chat.ts";
import type { ChatError } from "../slack/errors.ts";
import type { Message } from "../slack/message.ts";
import type { TurnEnd } from "../store/end-turns.ts";
import type { SendResult } from "../store/finish-sends.ts";
import { lastPassed } from "../store/paces.ts";
import type { Taken } from "../store/take-message.ts";
import { toldInNotice } from "../store/take-message.ts";
import { isRefused } from "./ask-slack.ts";
import { backoff, judge } from "./failure.ts";
import { giveUp } from "./give-up.ts";
import type { Sender } from "./sender.ts";

/** Notes that a message was posted. One that is a notice stays repeatable: what it stands for was not said. */
export async function noteSent(
  sender: Sender,
  taken: Taken,
  { ts, channel, sent, thread }: Posted & { sent: Message | undefined; thread?: string | undefined },
  at?: number,
): Promise<void> {
  const { log, metrics, store } = sender;
  const { id, delivery, collected } = taken.message;
  const result: SendResult =
    collected === undefined
      ? { state: "sent", sent, ts, thread }
      : { state: "suppressed", reason: toldInNotice(id), sent, ts };
  await untilNoted(sender, taken.message, () =>
    finish(sender, taken, result, { end: "passed" }, { channelId: channel, at }),
  );
  metrics.took("delay", secondsSince(delivery, store.now()));
  log.info({ message: id, delivery, channel: taken.message.channel }, "message sent");
}

/** What Slack has said is not asked again because the store could not note it: the note is tried until it is there. */
export async function untilNoted(
  { log, stopping }: Sender,
  { id, delivery }: Taken["message"],
  note: () => Promise<void>,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await note();
    } catch (error) {
      log.error({ error, message: id, delivery }, "Slack has answered, but the store did not take the note");
      await sleep(backoff(failures), undefined, { signal: stopping });
    }
  }
}

/** What a failed post means for the message, its rules, its lane and its workspace. */
export async function fail(
  sender: Sender,
  taken: Taken,
  chat: Chat | undefined,
  error: ChatError,
  at?: number,
): Promise<void> {
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
  const { holds } = sender;
  if (error.retryAfter !== undefined) holds.hold(workspace, "post", error.retryAfter * 1000);
  const isSure = error.outcome === "workspace" && (await isRefused(chat, error));
  await untilNoted(sender, message, async () => {
    // A token that came meanwhile is not the one that was refused.
    const isGone = isSure && (await sender.chatOf(workspace, { isFresh: true })) === chat;
    const passed = await lastPassed(store.db, workspace, taken.turn.method);
    const verdict = judge(error, { message, failures: lane.failures, passed, isGone });
    if (verdict.pause) {
      const whose = { workspace, channel: verdict.pause === "channel" ? channel : undefined };
      await giveUp(sender, { ...whose, reason: verdict.reason, word: error.reason });
    }
    const { result, end, failures, wait } = verdict;
    await finish(sender, taken, result, end, { failures, wait, at });
  });
}

/** How a lane goes on after a message. */
export interface Onward {
  /** failures of the lane in a row */
  failures?: number;
  /** Slack's id of the channel, as it was told */
  channelId?: string;
  /** milliseconds until it may send again, at the earliest */
  wait?: number;
  /** when the post began, in milliseconds since 1970: its pace counts from there */
  at?: number | undefined;
}

/** Writes down how a message ended or goes on. */
export async function finish(
  { store, pace, metrics, finish: write }: Sender,
  { lane, message, turn }: Taken,
  result: SendResult,
  end: TurnEnd,
  { failures = 0, channelId, wait = 0, at }: Onward = {},
): Promise<void> {
  const now = store.now().getTime();
  // Never later than now: the clock may have been set back while Slack was asked.
  const from = Math.min(at ?? now, now);
  const fullAt = pace.channel ? takeToken(lane.fullAt, from, pace.channel) : lane.fullAt;
  const ready = Math.max(now + wait, pace.channel ? nextToken(fullAt, pace.channel) : now);
  await write({ lane, message, result, change: { ready, failures, fullAt, channelId }, turn, end });
  metrics.message(result.state);
}
