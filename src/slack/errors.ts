/**
 * What a failed post means for the message:
 *
 * refused       not posted, and likely to work later
 * rate_limited  not posted; works after `retryAfter` seconds
 * uncertain     perhaps posted: the answer is missing or says nothing
 * invalid       not posted, and this message never will be
 * channel       not posted, and no message to this channel will be until somebody changes the channel
 * workspace     not posted, and no message of this workspace will be until it is connected again
 */
export type Outcome = "refused" | "rate_limited" | "uncertain" | "invalid" | "channel" | "workspace";

const sentences: Record<Outcome, string> = {
  refused: "Slack did not take the message",
  rate_limited: "Slack asks us to wait",
  uncertain: "Slack may or may not have taken the message",
  invalid: "Slack finds the message invalid",
  channel: "Slack does not let us post in this channel",
  workspace: "Slack does not accept our token",
};

/** A message that was not posted, or perhaps not. Holds no token, no header and nothing of the message: safe to log and show. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly outcome: Outcome;
  /** Slack's error word, an HTTP status (`http_502`) or a network code (`ECONNREFUSED`) */
  readonly reason: string;
  /** seconds to wait, 1 to 3600; only where the outcome is `rate_limited` */
  readonly retryAfter: number | undefined;
  /** which blocks are wrong (JSON pointers) or which scopes are missing */
  readonly detail: string | undefined;

  constructor(
    outcome: Outcome,
    reason: string,
    options: { retryAfter?: number | undefined; detail?: string | undefined; cause?: unknown } = {},
  ) {
    const { retryAfter, detail, ...rest } = options;
    super(`${sentences[outcome]}: ${reason}${detail ? ` (${detail})` : ""}`, rest);
    this.outcome = outcome;
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.detail = detail;
  }
}

// https://docs.slack.dev/reference/methods/chat.postMessage#errors
const words: Partial<Record<Outcome, string[]>> = {
  rate_limited: ["ratelimited", "rate_limited"],
  uncertain: ["fatal_error", "request_timeout"],
  invalid: [
    "attachment_payload_limit_exceeded",
    "cannot_reply_to_message",
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_charset",
    "invalid_form_data",
    "invalid_json",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "invalid_thread_ts",
    "markdown_text_conflict",
    "message_not_found",
    "metadata_must_be_sent_from_app",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "thread_not_found",
    "too_many_attachments",
  ],
  channel: [
    "channel_is_limited_access",
    "channel_not_found",
    "channel_type_not_supported",
    "ekm_access_denied",
    "is_archived",
    "is_inactive",
    "messages_tab_disabled",
    "no_permission",
    "not_in_channel",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "team_access_not_granted",
  ],
  workspace: [
    "access_denied",
    "accesslimited",
    "account_inactive",
    "enterprise_is_restricted",
    "invalid_auth",
    "malformed_token",
    "missing_scope",
    "not_allowed_token_type",
    "not_authed",
    "team_not_found",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
  ],
};

/** The words with which Slack refuses a whole workspace. */
export const workspaceWords: readonly string[] = words.workspace ?? [];

const outcomes = new Map(
  Object.entries(words).flatMap(([outcome, list]) => list.map((word) => [word, outcome as Outcome] as const)),
);

/** What one of Slack's error words means for a post. A word that we do not know is `refused`: Slack said no. */
export function outcomeOf(word: string): Outcome {
  return outcomes.get(word) ?? (word.startsWith("restricted_action") ? "channel" : "refused");
}
