import type { Message } from "../slack/message.ts";

/** `19 Nov, 14:02 UTC` */
const time = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** The one message that stands for those of a channel that waited too long. @param since when the first one came */
export function collectingNotice(count: number, since: Date): Message {
  const messages = count === 1 ? "1 message was" : `${count} messages were`;
  const text = `⏳ ${messages} left out here, the first from ${time.format(since)} UTC: Slack could not be reached in time. Belfry has kept ${count === 1 ? "it" : "them"}.`;
  return { text, blocks: [{ type: "section", text: { type: "mrkdwn", text } }] };
}
