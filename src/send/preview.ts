import { v7 as uuid } from "uuid";
import type { Chat } from "../slack/chat.ts";
import { draw } from "../slack/draw.ts";

/** The chat of the local preview workspace: messages are printed, and kept in the store like any other. */
export function createPreview(print: (text: string) => void, colour: boolean): Chat {
  return {
    post: async (channel, message) => {
      print(`\n${channel}\n${draw(message, { colour }).replace(/^/gm, "  ")}`);
      return { ts: uuid(), channel };
    },
  };
}
