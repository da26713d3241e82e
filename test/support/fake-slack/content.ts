import { type Answer, type Arguments, no, string } from "./answer.ts";
import { attachmentFaults, blockFaults, textLength } from "./blocks.ts";
import type { FakeMessage, FakeTeam, World } from "./world.ts";

/** The fault of text, blocks, attachments or metadata of a message, in Slack's shape. */
export function contentFault({ text, blocks, attachments, metadata }: Arguments): Answer | undefined {
  if (!text && blocks === undefined && attachments === undefined) return no("no_text");
  const messages = blocks === undefined ? [] : blockFaults(blocks);
  if (messages.length > 0) return no("invalid_blocks", { errors: messages, response_metadata: { messages } });
  if (Array.isArray(attachments) && attachments.length > 100) return no("too_many_attachments");
  const attached = attachments === undefined ? [] : attachmentFaults(attachments);
  if (attached.length > 0) return no("invalid_attachments", { response_metadata: { messages: attached } });
  if (textLength(blocks) + textLength(attachments) > 12_000) return no("msg_blocks_too_long");
  if (metadata === undefined) return undefined;
  const valid =
    typeof metadata === "object" && metadata !== null && "event_type" in metadata && "event_payload" in metadata;
  return valid ? undefined : no("invalid_metadata_format");
}

/** Slack keeps 40,000 characters of the text. */
export function clipped(text: unknown): { text: string; warning: Answer } {
  const points = [...string(text)];
  if (points.length <= 40_000) return { text: string(text), warning: {} };
  return { text: points.slice(0, 40_000).join(""), warning: { warning: "message_truncated" } };
}

/** A message of our bot. */
export function compose(world: World, team: FakeTeam, args: Arguments): FakeMessage {
  return {
    ts: world.nextTs(),
    text: clipped(args["text"]).text,
    user: team.bot,
    bot_id: botId(team),
    ...(args["blocks"] !== undefined && { blocks: args["blocks"] as unknown[] }),
    ...(args["attachments"] !== undefined && { attachments: args["attachments"] as unknown[] }),
    ...(args["metadata"] !== undefined && { metadata: args["metadata"] }),
  };
}

/** Slack's id of the bot beside that of its user. */
export const botId = (team: FakeTeam): string => `B${team.bot.slice(1, -"BOT".length)}`;

/** What everybody may see of a message. */
export function shown({ metadata, ...message }: FakeMessage, withMetadata: boolean): Answer {
  return { type: "message", ...message, ...(withMetadata && metadata !== undefined && { metadata }) };
}
