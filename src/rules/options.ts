import { actionNamed, actionNames, kindNamed, kindWords } from "./kinds.ts";
import { nearest } from "./nearest.ts";
import type { Piece, Problem } from "./problem.ts";
import { problemAt, quoted } from "./problem.ts";
import { plain } from "./words.ts";

/** How a rule posts. Absent means the default of whoever posts. */
export interface Options {
  /** replies about one object go into its thread, or not */
  thread?: "on" | "off";
  /** name of a template to use instead of the kind's own */
  template?: string;
  /** actions whose replies are also sent to the channel */
  broadcast?: string[];
  /** name that the messages are posted under */
  as?: string;
}

export type OptionKey = keyof Options;

interface Option {
  /** what it does, in one line */
  help: string;
  example: string;
  /** reads the value, given whole and split at its commas */
  read: (value: Piece, parts: Piece[]) => Options | { problem: Problem };
}

const allActions = [...new Set(kindWords.flatMap((word) => actionNames(kindNamed(word) ?? "push")))];

/** Every option of a rule. A new one is one row here and a field above. */
export const options: Record<OptionKey, Option> = {
  thread: { help: "news about one object go into its thread: on or off", example: "thread:off", read: readThread },
  template: {
    help: "how messages look: full, compact, one-line, or a template of your own",
    example: "template:compact",
    read: readTemplate,
  },
  broadcast: {
    help: "replies that the channel gets as well",
    example: "broadcast:merge,close",
    read: readBroadcast,
  },
  as: { help: "name to post under (no effect yet)", example: 'as:"Release train"', read: readAs },
};

export function isOptionKey(word: string): word is OptionKey {
  return Object.hasOwn(options, word);
}

export const optionKeys = Object.keys(options).filter(isOptionKey);

function readThread(value: Piece): Options | { problem: Problem } {
  const thread = plain(value.text).toLowerCase();
  if (thread === "on" || thread === "off") return { thread };
  return problemAt(value, `${quoted(value.text)} is not on or off.`, nearest(value.text, ["on", "off"]));
}

function readTemplate(value: Piece): Options | { problem: Problem } {
  const template = plain(value.text);
  if (/^[a-z0-9_./-]{1,64}$/.test(template) && !/^\/|\.\./.test(template)) return { template };
  return problemAt(
    value,
    `${quoted(value.text)} is not the name of a template: a-z, 0-9 and _ . / - only, at most 64.`,
  );
}

function readBroadcast(_value: Piece, parts: Piece[]): Options | { problem: Problem } {
  const broadcast: string[] = [];
  for (const part of parts) {
    const word = plain(part.text);
    const action = actionNamed(word, allActions);
    if (action === undefined) return problemAt(part, `${quoted(word)} is not an action.`, nearest(word, allActions));
    if (!broadcast.includes(action)) broadcast.push(action);
  }
  return { broadcast };
}

function readAs(value: Piece): Options | { problem: Problem } {
  const as = plain(value.text).trim();
  if (as.length >= 1 && as.length <= 80) return { as };
  return problemAt(value, "A name to post under has 1 to 80 characters.");
}
