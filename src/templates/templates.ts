import type { View } from "../cards/views.ts";
import type { Event } from "../events.ts";
import { fitMessage } from "../slack/blocks.ts";
import type { Message } from "../slack/message.ts";
import { withoutLinks } from "../slack/text.ts";
import { blocksOf, bounded, newDraft } from "./draft.ts";
import type { Run } from "./engine.ts";
import { TemplateError } from "./markup.ts";
import { plain } from "./plain.ts";
import { type Preset, presetNames, presetOf, reduced } from "./presets.ts";

/** The loaded templates by name: `push`, `merge_request.merge`, `compact/push`. */
export type Templates = ReadonlyMap<string, Run>;

export interface Rendered {
  message: Message;
  /** name of the template, or `built-in` */
  used: string;
  /** which template failed and why, for people; holds no values of the event */
  notice?: string;
}

export interface Wish {
  /** the rule's option: a preset (`full`, `compact`, `one-line`) or a template of somebody's own */
  template?: string | undefined;
  /** true for a reply in the thread of the object's card: it does not repeat the object and its project */
  thread?: boolean | undefined;
}

/** The names that may render an event or a view, the most special first; `template` is the rule's option. */
export function candidates(event: Pick<Event | View, "kind" | "action">, template?: string): string[] {
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
  // A spread makes properties of its own of whatever they are called, `__proto__` and `toString` included.
  const copy: Record<string, unknown> = { __proto__: nearlyNothing, ...value };
  for (const [key, one] of Object.entries(copy)) if (typeof one === "object") copy[key] = bare(one);
  return copy;
}

interface Manner {
  preset: Preset;
  thread: boolean;
}

/** @param whole true where the template was written for its preset, and nothing is to be taken from it */
function run(template: Run, said: Event | View, manner: Manner, whole: boolean): Message {
  const draft = newDraft(manner.preset);
  const all = blocksOf(bounded(template(bare({ ...said, ...manner }), draft)), draft);
  const blocks = whole ? all : reduced(all, manner.preset);
  const first = blocks.find((block) => block.type === "section" && block.text);
  const spoken = first?.type === "section" ? withoutLinks(first.text?.text ?? "") : "";
  const message = { text: draft.text || spoken, blocks };
  return fitMessage(draft.color === undefined ? message : { ...message, color: draft.color });
}

/** Only our own errors are known to hold no values of the event. */
const reason = (error: unknown): string =>
  error instanceof TemplateError ? error.message : `it failed with ${error instanceof Error ? error.name : "an error"}`;

/**
 * Renders an event or a view by the first of its templates that works, at last by a built-in line: it is always
 * rendered. `used` says by which; `notice` is there when the wished one is missing or a template failed.
 */
export function render(templates: Templates, said: Event | View, { template, thread = false }: Wish = {}): Rendered {
  const names = candidates(said, template).filter((name) => templates.has(name));
  const notices: string[] = [];
  const isOwn = (name: string) => name === template || name.startsWith(`${template}/`);
  if (template && !presetNames.includes(template) && !names.some(isOwn))
    notices.push(`There is no template ${template} for ${said.kind}.`);
  const manner = { preset: presetOf(template), thread };
  for (const used of names) {
    const found = templates.get(used);
    if (!found) continue;
    try {
      return { message: run(found, said, manner, isOwn(used)), used, ...noticeOf(notices) };
    } catch (error) {
      notices.push(`The template ${used} failed: ${reason(error)}.`);
    }
  }
  return { message: fitMessage(plain(said)), used: "built-in", ...noticeOf(notices) };
}

const noticeOf = (notices: string[]): { notice?: string } => (notices.length > 0 ? { notice: notices.join(" ") } : {});
