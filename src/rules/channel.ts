import type { Piece, Problem } from "./problem.ts";
import { problemAt, quoted } from "./problem.ts";

/** `#name`, lower case and at most 80 characters: https://api.slack.com/methods/conversations.create#naming */
const channelName = /^#[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]{1,80}$/u;
const channelId = /^[CG][A-Z0-9]{6,20}$/;

/** Reads a channel: `#name` or its id, `C0123ABCD`. */
export function readChannel(word: Piece): { channel: string } | { problem: Problem } {
  const { text } = word;
  if (channelName.test(text) || channelId.test(text)) return { channel: text };
  const fixed = `#${text.replace(/^#/, "").toLowerCase()}`;
  const says = `${quoted(text)} is not a channel: write #name in lower case, or its id.`;
  return problemAt(word, says, channelName.test(fixed) ? fixed : undefined);
}
