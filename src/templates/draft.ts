import type { KnownBlock } from "@slack/web-api";
import { TemplateError } from "./markup.ts";
import type { Preset } from "./presets.ts";

/** What a template has said so far: lives in Handlebars' private data, out of every template's reach. */
export interface Draft {
  /** finished blocks; their places in the output are marked */
  blocks: KnownBlock[];
  /** notification text, where the template sets one */
  text?: string;
  /** colour of the bar beside all blocks but the first, where the template sets one */
  color?: string;
  /** how much the message is to say */
  preset: Preset;
  /** the block helper that is open: blocks do not hold blocks */
  open?: string;
  /** fields and buttons of the open block */
  fields: string[];
  buttons: { label: string; url: string; style?: "primary" | "danger" }[];
  /** calls of helpers that are left */
  calls: number;
  /** rounds of `each` that are left */
  rounds: number;
}

/** Keeps a hostile or clumsy template short of 20 ms: the event loop is everybody's. */
export const budget = { calls: 10_000, rounds: 2000, output: 40_000 } as const;

export const newDraft = (preset: Preset = "full"): Draft => ({
  blocks: [],
  preset,
  fields: [],
  buttons: [],
  calls: budget.calls,
  rounds: budget.rounds,
});

/** Takes from a budget; an Error when it is used up. */
export function spend(draft: Draft, what: "calls" | "rounds", amount = 1): void {
  draft[what] -= amount;
  if (draft[what] < 0) throw new TemplateError(`more than ${budget[what].toLocaleString("en")} ${what}`);
}

/** Output is checked as it grows, so that nested loops stop early. */
export function bounded(output: string): string {
  if (output.length > budget.output) throw new TemplateError(`more than ${budget.output / 1000} kB of output`);
  return output;
}

/** Marks are noncharacters, which `visible` takes out of every payload: nobody else can write one. */
const blockMark = /\uFDD0(\d+)\uFDD1/;
const newline = "\uFDD2";
const space = "\uFDD3";

/** Text whose lines and spaces `tidy` leaves alone: code in a description. */
export const keepLayout = (text: string): string => text.replaceAll("\n", newline).replaceAll("  ", `${space}${space}`);

/** Lines without the template's indentation, double spaces and empty lines. */
export const tidy = (output: string): string =>
  output
    .split("\n")
    .map((line) => line.replace(/[ \t]+/g, " ").trim())
    .filter(Boolean)
    .join("\n")
    .replaceAll(newline, "\n")
    .replaceAll(space, " ");

/** Puts a block in its place and returns its mark. */
export function place(draft: Draft, block: KnownBlock): string {
  draft.blocks.push(block);
  return `\uFDD0${draft.blocks.length - 1}\uFDD1`;
}

/** A section of inert mrkdwn. `verbatim` keeps Slack from finding links, channels and people in it. */
export const section = (text: string): KnownBlock => ({
  type: "section",
  text: { type: "mrkdwn", text, verbatim: true },
});

/** The blocks in the order of the output; words outside of blocks become sections. */
export function blocksOf(output: string, draft: Draft): KnownBlock[] {
  return output.split(blockMark).flatMap((part, position) => {
    if (position % 2) return draft.blocks[Number(part)] ?? [];
    const text = tidy(part);
    return text ? section(text) : [];
  });
}
