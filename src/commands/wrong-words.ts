import type { Problem } from "../rules/problem.ts";
import { escapeText, visible } from "../slack/text.ts";
import { sentence } from "./say.ts";

/** Characters shown of a mistake, before it, behind it and instead of it: with 60 of the sentence at most 200. */
const most = { before: 40, wrong: 35, behind: 25, suggestion: 40 } as const;

/**
 * What is wrong with a rule's words: a sentence, and below it the words with the place marked.
 * @param words as they were typed, to which the problem's places refer
 */
export function wrongWords({ message, at, length, suggestion = "" }: Problem, words: string): string {
  const tooLong = suggestion.length > most.suggestion;
  const says = sentence(tooLong ? message.replace(` Did you mean \`${suggestion}\`?`, () => "") : message);
  if (words.trim() === "") return says;
  const before = Array.from(shown(words.slice(0, at)));
  const whole = Array.from(shown(words.slice(at, at + length)));
  const wrong = whole.slice(0, most.wrong);
  const behind = Array.from(shown(words.slice(at + length)));
  const start = Math.max(0, before.length - most.before);
  const head = `${start > 0 ? "…" : ""}${before.slice(start).join("")}`;
  const tail = whole.length > wrong.length ? "…" : clipped(behind);
  const mark = " ".repeat(Array.from(head).length) + "^".repeat(Math.max(1, wrong.length));
  return `${says}\n\`\`\`${inert(`${head}${wrong.join("")}${tail}`)}\n${mark}\`\`\``;
}

const clipped = (letters: readonly string[]) =>
  `${letters.slice(0, most.behind).join("")}${letters.length > most.behind ? "…" : ""}`;

/** As wide as it was, and on one line. */
const shown = (text: string): string => visible(text).replace(/\s/g, " ");

/** Nothing in it ends the block. */
const inert = (text: string): string => escapeText(text.replaceAll("`", "\u02CB"));
