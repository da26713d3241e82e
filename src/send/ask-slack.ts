import type { Log } from "../log.ts";
import type { Chat, Posted } from "../slack/chat.ts";
import { ChatError, type Outcome } from "../slack/errors.ts";
import type { Taken } from "../store/take-message.ts";

/** Milliseconds by which Slack's clock may be behind ours. */
const margin = 600_000;

/** Failures that pass. With any other we may not read, or not now, or not so far back. */
const passing: readonly Outcome[] = ["refused", "uncertain"];
/** Words of our own for what cannot be looked through. */
const ours = ["channel_id_unknown", "history_too_long"];

/**
 * Looks for a message whose answer was lost, where we may read the channel.
 * @returns undefined when it is not there; a failure where asking again later will tell
 */
export async function lookFor(
  log: Log,
  { message, lane }: Taken,
  chat: Chat,
): Promise<Posted | undefined | "unknown" | ChatError> {
  if (!chat.find) return "unknown";
  try {
    return await chat.find(
      lane.channelId ?? message.channel,
      message.id,
      new Date(Date.parse(message.queuedAt) - margin),
      message.thread,
    );
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    log.info({ message: message.id, reason: error.reason }, "cannot look for a message with a lost answer");
    return passing.includes(error.outcome) && !ours.includes(error.reason) ? error : "unknown";
  }
}

/** Words of ours, which say nothing about Slack. */
const waiting = ["not_connected", "token_unreadable"];
/** What a scope or a setting of the workspace forbids passes `auth.test` all the same. */
const certain = [
  "missing_scope",
  "access_denied",
  "team_not_found",
  "enterprise_is_restricted",
  "not_allowed_token_type",
];

/**
 * Whether a workspace refuses us for good. Slack has answered “invalid_auth” in outages, so that is believed only when
 * it says so twice.
 */
export async function isRefused(chat: Chat | undefined, { reason }: ChatError): Promise<boolean> {
  if (waiting.includes(reason)) return false;
  if (certain.includes(reason)) return true;
  if (!chat?.check) return false;
  try {
    await chat.check();
    return false;
  } catch (error) {
    return error instanceof ChatError && error.outcome === "workspace";
  }
}
