import type { Event } from "../events.ts";
import { fitMessage } from "../slack/blocks.ts";
import type { Message } from "../slack/message.ts";
import { withoutLinks } from "../slack/text.ts";
import { blocksOf, bounded, newDraft } from "./draft.ts";
import type { Run } from "./engine.ts";
import { TemplateError } from "./markup.ts";
import { plain } from "./plain.ts";

/** The loaded templates by name: `push`, `merge_request.merge`, `compact/push`. */
export type Templates = ReadonlyMap<string, Run>;

export interface Rendered {
  message: Message;
  /** name of the template, or `built-in` */
  used: string;
  /** which template failed and why, for people; holds no values of the event */
  notice?: string;
}

/** The names that may render an event, the most special first; `template` is the rule's option. */
export function candidates(event: Pick<Event, "kind" | "action">, template?: string): string[] {
  const own = [`${event.kind}.${event.action}`, event.kind];
  return template ? [...own.map((name) => `${template}/${name}`), template, ...own] : own;
}

/**
 * Handlebars compares the parts of an event with texts, which needs a `toString`; there is nothing else to climb to.
 */
const nearlyNothing: object = Object.freeze(Object.assign(Object.create(null), { toString: () => "part of an event" }));

/** Data only: a copy whose objects have no prototype but that. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, bare(one)]));
  return Object.setPrototypeOf(copy, nearlyNothing);
}

function run(template: Run, event: Event): Message {
  const draft = newDraft();
  const blocks = blocksOf(bounded(template(bare(event), draft)), draft);
  const first = blocks.find((block) => block.type === "section" && block.text);
  const spoken = first?.type === "section" ? withoutLinks(first.text?.text ?? "") : "";
  return fitMessage({ text: draft.text || spoken, blocks });
}

/** Only our own errors are known to hold no values of the event. */
const reason = (error: unknown): string =>
  error instanceof TemplateError ? error.message : `it failed with ${error instanceof Error ? error.name : "an error"}`;

/**
 * Renders an event by the first of its templates that works, at last by a built-in line: an event is always rendered.
 * `used` says by which; `notice` is there when the wished one is missing or a template failed.
 */
export function render(
  templates: Templates,
  event: Event,
  { template }: { template?: string | undefined } = {},
): Rendered {
  const names = candidates(event, template).filter((name) => templates.has(name));
  const notices: string[] = [];
  if (template && !names.some((name) => name === template || name.startsWith(`${template}/`)))
    notices.push(`There is no template ${template} for ${event.kind}.`);
  for (const used of names) {
    const found = templates.get(used);
    if (!found) continue;
    try {
      return { message: run(found, event), used, ...noticeOf(notices) };
    } catch (error) {
      notices.push(`The template ${used} failed: ${reason(error)}.`);
    }
  }
  return { message: fitMessage(plain(event)), used: "built-in", ...noticeOf(notices) };
}

const noticeOf = (notices: string[]): { notice?: string } => (notices.length > 0 ? { notice: notices.join(" ") } : {});
