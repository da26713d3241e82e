import type { KnownBlock } from "@slack/web-api";
import { cut, withoutLinks } from "../slack/text.ts";
import { section } from "./draft.ts";

/** How much a message says: `full` what its template says, `compact` two lines, `one-line` one. */
export type Preset = keyof typeof presets;

/** Characters that a line of a reduced message shows: more is no line any more. */
const mostShown = 300;

/** What a piece of mrkdwn takes of a line: a link shows its label, an entity one sign. */
const shown = (piece: string): number =>
  piece.length > 1 && piece.startsWith("&") ? 1 : piece.startsWith("<") ? withoutLinks(piece).length : piece.length;

const firstLine = (mrkdwn: string): string => cut(mrkdwn.split("\n", 1)[0] ?? "", mostShown, shown);

const isHeadline = (block: KnownBlock) => block.type === "section" && block.text !== undefined;

/** The first line of the first paragraph: templates say who did what to which object where in it. */
function headline(blocks: readonly KnownBlock[]): KnownBlock[] {
  const found = blocks.find(isHeadline);
  return found?.type === "section" && found.text ? [section(firstLine(found.text.text))] : [];
}

/** The first grey line. */
function context(blocks: readonly KnownBlock[]): KnownBlock[] {
  const found = blocks.find(({ type }) => type === "context");
  const [said] = found?.type === "context" ? found.elements : [];
  return said?.type === "mrkdwn" ? [{ type: "context", elements: [{ ...said, text: firstLine(said.text) }] }] : [];
}

const presets = {
  full: (blocks: KnownBlock[]): KnownBlock[] => blocks,
  compact: (blocks: KnownBlock[]): KnownBlock[] => [...headline(blocks), ...context(blocks)],
  "one-line": (blocks: KnownBlock[]): KnownBlock[] => headline(blocks),
} as const;

export const presetNames = Object.keys(presets);

const isPreset = (name: string): name is Preset => Object.hasOwn(presets, name);

/** The preset that a rule's `template` names; `full` where it names a template of somebody's own, or none. */
export const presetOf = (template: string | undefined): Preset =>
  template !== undefined && isPreset(template) ? template : "full";

/** The blocks that a preset leaves of a template's; all of them where the template has no headline. */
export function reduced(blocks: KnownBlock[], preset: Preset): KnownBlock[] {
  return blocks.some(isHeadline) ? presets[preset](blocks) : blocks;
}
