import type { Chat } from "../slack/chat.ts";
import { ChatError } from "../slack/errors.ts";
import { pauseRules } from "../store/pause-rules.ts";
import { pausedBy } from "./failure.ts";
import { fail, finish, untilNoted } from "./finish.ts";
import type { Sender } from "./sender.ts";
import type { Begun } from "./settle.ts";

/** Why a rule is paused whose channel others read now, too. */
const notPrivate = "the channel is not private any more";

/**
 * Asks Slack before something confidential goes into a channel that was private when somebody wanted it there: Slack
 * sends no event when a private channel becomes public. Where others read it now the rule is paused until a person
 * resumes it, and where Slack cannot say the message waits.
 * @returns whether the message may be posted; else it is noted what became of it
 */
export async function isStillPrivate(sender: Sender, begun: Begun, chat: Chat): Promise<boolean> {
  const { message, rule } = begun;
  // A notice that stands for messages tells nothing of their events.
  if (!rule.isPrivate || !message.event.confidential || message.collected !== undefined) return true;
  const { workspace, id, delivery } = message;
  const channel = begun.lane.channelId ?? message.channel;
  const isOpen = await isReadByOthers(sender, { workspace, channel, message: id, delivery }, chat);
  if (isOpen === false) return true;
  // The scope is another one than that of posts: only this rule cannot go on without it.
  const isBarred = isOpen instanceof ChatError && isOpen.reason === "missing_scope";
  if (isOpen instanceof ChatError && !isBarred) await fail(sender, begun, chat, isOpen);
  else await holdBack(sender, begun, isBarred ? pausedBy("missing_scope") : notPrivate);
  return false;
}

/**
 * Whether others than the members of a private channel read it, as far as it was not asked lately.
 * @param ids of what is to be shown there, for the log
 */
export async function isReadByOthers(
  { lately, log }: Sender,
  { workspace, channel, ...ids }: { workspace: string; channel: string; message: string; delivery: string },
  chat: Chat,
): Promise<boolean | ChatError> {
  if (!chat.isOpen || lately.has(workspace, channel)) return false;
  try {
    const isOpen = await chat.isOpen(channel);
    if (!isOpen) lately.note(workspace, channel);
    return isOpen;
  } catch (error) {
    if (!(error instanceof ChatError)) log.error({ ...ids, error }, "asking Slack failed unexpectedly");
    else if (error.outcome !== "uncertain") return error;
    // Whatever became of the question, nothing was posted.
    return new ChatError("refused", error instanceof ChatError ? error.reason : "unexpected_error");
  }
}

const holdBack = (sender: Sender, begun: Begun, reason: string): Promise<void> =>
  untilNoted(sender, begun.message, async () => {
    const { workspace, channel, id, delivery, rule } = begun.message;
    await pauseRules(sender.store, workspace, { rule }, reason);
    sender.log.warn(
      { message: id, delivery, rule, channel, reason },
      "confidential message held back, its rule paused",
    );
    await finish(sender, begun, { state: "suppressed", reason }, { end: "failed" });
  });
