import type { KnownBlock } from "@slack/web-api";
import type { Reply } from "../commands/command.ts";
import { limits } from "../slack/limits.ts";
import type { Message } from "../slack/message.ts";
import { cut, withoutLinks } from "../slack/text.ts";

/** What all our buttons' ids begin with. */
export const buttonId = "belfry_run";

/** A reply as Slack takes it. @param keep keeps what a button runs, and answers with the id that the button carries */
export async function replyMessage(reply: Reply, keep: (line: string) => Promise<string>): Promise<Message> {
  const text = cut(reply.text, limits.section);
  const section: KnownBlock = { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
  const buttons = await Promise.all(
    (reply.buttons ?? []).map(async ({ label, line, style }, index) => ({
      type: "button" as const,
      action_id: `${buttonId}_${index}`,
      text: { type: "plain_text" as const, text: label },
      value: await keep(line),
      ...(style && { style }),
    })),
  );
  const actions: KnownBlock[] = buttons.length > 0 ? [{ type: "actions", elements: buttons }] : [];
  return { text: withoutLinks(text), blocks: [section, ...actions] };
}
