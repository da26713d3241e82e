import type { Log } from "./log.ts";
import type { Chat, Posted } from "./slack/chat.ts";
import { ChatError } from "./slack/errors.ts";
import type { Taken } from "./store/take-message.ts";

/**
 * Looks for a message whose answer was lost, where we may read the channel.
 * @returns undefined when it is not there
 */
export async function lookFor(log: Log, { message, lane }: Taken, chat: Chat): Promise<Posted | undefined | "unknown"> {
  if (!chat.find) return "unknown";
  try {
    return await chat.find(lane.channelId ?? message.channel, message.id, new Date(message.queuedAt));
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    log.info({ message: message.id, reason: error.reason }, "cannot look for a message with a lost answer");
    return "unknown";
  }
}

/** Slack has answered “invalid_auth” in outages: a workspace is given up only when it says so twice. */
export async function isRefused(chat: Chat | undefined): Promise<boolean> {
  if (!chat?.check) return false;
  try {
    await chat.check();
    return false;
  } catch (error) {
    return error instanceof ChatError && error.outcome === "workspace";
  }
}
