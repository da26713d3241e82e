import { toMrkdwn } from "../slack/markdown.ts";
import { link, withoutLinks } from "../slack/text.ts";
import { keepLayout, spend } from "./draft.ts";
import { type Call, type Helper, numberOf } from "./helper.ts";
import { markup, raw } from "./markup.ts";

/** Ten conversions of a paragraph are a budget: each may take some milliseconds, the more the longer it is. */
const cost = (limit: number): number => Math.max(900, limit * 3);

function converted(name: string, [text, wanted]: unknown[], { draft }: Call): string {
  const limit = Math.min(numberOf(wanted, `the limit of ${name}`), 1000);
  spend(draft, "calls", cost(limit));
  return toMrkdwn(raw(text, name), limit);
}

/** The first lines that are not empty; a fence that stays open is closed. */
function firstLines(mrkdwn: string, most: number): string {
  const lines = mrkdwn.split("\n");
  let left = most;
  const end = lines.findIndex((line) => line.trim() !== "" && left-- === 0);
  if (end < 0) return mrkdwn;
  const start = lines.slice(0, end).join("\n").trimEnd();
  return (start.split("```").length - 1) % 2 ? `${start}\n…\n\`\`\`` : `${start}\n…`;
}

/** Whether words are missing at the end. */
const isClipped = (mrkdwn: string): boolean => /…`?(?:\n```)?$/.test(mrkdwn);

/** Fences, and the signs of quotations: a sign of the text itself is an entity. */
const layout = /```|>/g;

const oneLine = (mrkdwn: string): string => withoutLinks(mrkdwn).replace(layout, " ").replace(/\s+/g, " ").trim();

/** Helpers for texts that people wrote in the forge's markdown. */
export const proseHelpers: Record<string, Helper> = {
  markdown: {
    usage: "{{markdown text 500 lines=8 more=url}}",
    does: "the forge's markdown as Slack shows it, at most so many characters (1,000 at the most) and lines; `more` is where a link leads that stands there when words are missing",
    run: (args, call) => {
      const { lines, more } = call.hash;
      const all = converted("markdown", args, call);
      const text = lines === undefined ? all : firstLines(all, numberOf(lines, "the lines of markdown"));
      const end = typeof more === "string" && isClipped(text) ? ` ${link(more, "more")}` : "";
      return markup(keepLayout(text + end));
    },
  },
  excerpt: {
    usage: "{{excerpt text 120}}",
    does: "the beginning of the forge's markdown in one line, without links",
    run: (args, call) => markup(oneLine(converted("excerpt", args, call))),
  },
};
