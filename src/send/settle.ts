import type { Chat } from "../slack/chat.ts";
import { ChatError } from "../slack/errors.ts";
import type { Message } from "../slack/message.ts";
import type { SendResult } from "../store/finish-sends.ts";
import { beginSends } from "../store/open-messages.ts";
import type { Taken } from "../store/take-message.ts";
import { lookFor } from "./ask-slack.ts";
import { backoff } from "./failure.ts";
import { finish, noteSent } from "./finish.ts";
import type { Sender } from "./sender.ts";

/** `began`: when that was written down, by a clock that nobody sets, in milliseconds */
export type Begun = Taken & { began: number };

/** A message whose answer was lost is posted again once, where nobody can say whether it is there. */
const mostLostAnswers = 1;
/** Where each time it is not there, Slack loses it rather than its answer. */
const mostLookedUp = 5;

/**
 * What becomes of a message whose answer was lost: where we may read the channel, it is looked for there; else it is
 * posted again once.
 * @returns the message, begun again; undefined when it is settled
 */
export async function settle(sender: Sender, taken: Taken, chat: Chat, rendered: Message): Promise<Begun | undefined> {
  const { message, lane } = taken;
  const found = await lookFor(sender.log, taken, chat);
  if (found instanceof ChatError) {
    const failures = lane.failures + 1;
    const result: SendResult = { state: "uncertain", reason: found.reason };
    await finish(sender, taken, result, { end: "failed" }, { failures, wait: backoff(failures) });
    return undefined;
  }
  if (found && found !== "unknown") {
    sender.log.info({ message: message.id }, "the message with the lost answer is there");
    // What a card showed then is not what it would show now: it is edited.
    const isOld = message.card !== undefined && message.collected === undefined;
    await noteSent(sender, taken, { ...found, sent: isOld ? undefined : rendered, thread: message.thread });
    return undefined;
  }
  const most = found === "unknown" ? mostLostAnswers : mostLookedUp;
  if (message.lostAnswers >= most) {
    const reason = "perhaps posted: Slack's answer was lost each time";
    const result: SendResult = { state: "dead", reason, lostAnswers: message.lostAnswers + 1 };
    await finish(sender, taken, result, { end: "failed" }, { failures: lane.failures });
    return undefined;
  }
  const began = performance.now();
  const begun = (await beginSends(sender.store, [message])).get(message.id);
  if (begun) return { ...taken, message: begun, begun: true, began };
  // Somebody dropped it meanwhile, or was faster: the lane goes on.
  await finish(sender, taken, { state: "suppressed", reason: "dropped by hand" }, { end: "failed" });
  return undefined;
}
