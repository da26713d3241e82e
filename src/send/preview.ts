import { v7 as uuid } from "uuid";
import type { Chat } from "../slack/chat.ts";
import { draw } from "../slack/draw.ts";
import type { Message } from "../slack/message.ts";

/** Headlines of messages that are remembered, so that an edit which changes only details is not printed. */
const mostRemembered = 1_000;

/**
 * The chat of the local preview workspace: messages are printed, and kept in the store like any other. A reply stands
 * behind `↳`. Of an edit only a headline that changed is printed: the page shows the rest.
 */
export function createPreview(print: (text: string) => void, colour: boolean): Chat {
  const headlines = new Map<string, string>();

  const headlineOf = (message: Message) => draw(message, { colour }).split("\n", 1)[0] ?? "";

  function remember(ts: string, headline: string): void {
    headlines.delete(ts);
    headlines.set(ts, headline);
    const [oldest] = headlines.keys();
    if (oldest !== undefined && headlines.size > mostRemembered) headlines.delete(oldest);
  }

  return {
    post: async (channel, message, { thread, broadcast } = {}) => {
      const lines = draw(message, { colour }).split("\n");
      const [first, rest] = thread === undefined ? ["  ", "  "] : ["  ↳ ", "    "];
      const place = broadcast && thread !== undefined ? `${channel}, and in a thread` : channel;
      print(`\n${place}\n${lines.map((line, at) => `${at === 0 ? first : rest}${line}`).join("\n")}`);
      const ts = uuid();
      remember(ts, headlineOf(message));
      return { ts, channel };
    },
    update: async ({ ts, channel }, message) => {
      const headline = headlineOf(message);
      if (headlines.get(ts) !== headline) print(`\n${channel}\n  ✎ edited: ${headline}`);
      remember(ts, headline);
    },
  };
}
