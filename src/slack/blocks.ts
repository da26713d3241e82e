import type { KnownBlock } from "@slack/web-api";
import { limits } from "./limits.ts";
import type { Message } from "./message.ts";
import { cut, defuse, href, withoutLinks } from "./text.ts";

type Text = { type: "plain_text" | "mrkdwn"; text: string };
type Of<Type> = Extract<KnownBlock, { type: Type }>;

/**
 * A text of at most `limit` units; undefined where nothing is left. Plain text has no entities or links to keep whole,
 * mrkdwn has.
 */
function fitText<T extends Text>(given: T, limit: number): T | undefined {
  const text = given.type === "mrkdwn" ? cut(defuse(given.text), limit) : cutPlain(given.text, limit);
  return text.trim() ? { ...given, text } : undefined;
}

const cutPlain = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;

const present = <T>(value: T | undefined): value is T => value !== undefined;

function fitSection(block: Of<"section">, room: number): Of<"section"> | undefined {
  const { text: givenText, fields: givenFields, ...rest } = block;
  const text = givenText && fitText(givenText, Math.min(limits.section, room));
  let left = room - (text?.text.length ?? 0);
  const fields = (givenFields ?? []).slice(0, limits.fields).flatMap((given) => {
    const field = left > minimum ? fitText(given, Math.min(limits.field, left)) : undefined;
    left -= field?.text.length ?? 0;
    return field ?? [];
  });
  if (!text && fields.length === 0) return undefined;
  return { ...rest, ...(text && { text }), ...(fields.length > 0 && { fields }) };
}

function fitContext(block: Of<"context">, room: number): Of<"context"> | undefined {
  let left = room;
  const elements = block.elements.slice(0, limits.context).flatMap((given) => {
    if (given.type === "image") return given;
    const element = left > minimum ? fitText(given, Math.min(limits.section, left)) : undefined;
    left -= element?.text.length ?? 0;
    return element ?? [];
  });
  return elements.length > 0 ? { ...block, elements } : undefined;
}

function fitActions(block: Of<"actions">): Of<"actions"> | undefined {
  const elements = block.elements.slice(0, limits.actions).flatMap((element) => {
    if (element.type !== "button") return element;
    const text = fitText(element.text, limits.button);
    if (!text || (element.url !== undefined && !href(element.url))) return [];
    return { ...element, text };
  });
  return elements.length > 0 ? { ...block, elements } : undefined;
}

function fitHeader(block: Of<"header">): Of<"header"> | undefined {
  const text = fitText(block.text, limits.header);
  return text && { ...block, text };
}

/** Less room than this is not worth a cut text. */
const minimum = 20;

function fitBlock(block: KnownBlock, room: number): KnownBlock | undefined {
  switch (block.type) {
    case "section":
      return fitSection(block, room);
    case "context":
      return fitContext(block, room);
    case "actions":
      return fitActions(block);
    case "header":
      return fitHeader(block);
    default:
      return block;
  }
}

const textsOf = (block: KnownBlock): string[] => {
  if (block.type === "section") return [block.text, ...(block.fields ?? [])].filter(present).map(({ text }) => text);
  if (block.type === "context") return block.elements.flatMap((one) => (one.type === "image" ? [] : one.text));
  return block.type === "header" ? [block.text.text] : [];
};

const isColor = (color: string | undefined): color is string => /^#[0-9a-f]{6}$/i.test(color ?? "");

/**
 * The message as Slack takes it: every text within its limit, empty blocks gone, at most 50 blocks and 10,000 units of
 * text in all.
 * Cuts whole pieces only (never an entity, a surrogate pair or a link) and shows, rather than obeys, any markup that
 * is not a link.
 * A message without `text` gets the first text of its blocks; one without any words is an Error, as Slack would show
 * nothing. A colour stays where it is one.
 */
export function fitMessage(message: Message): Message {
  const blocks: KnownBlock[] = [];
  let room: number = limits.total;
  for (const given of message.blocks) {
    if (blocks.length === limits.blocks || room <= minimum) break;
    const block = fitBlock(given, room);
    if (!block) continue;
    blocks.push(block);
    room -= textsOf(block).reduce((sum, text) => sum + text.length, 0);
  }
  const words = message.text.trim() || withoutLinks(blocks.flatMap(textsOf)[0] ?? "").trim();
  if (!words) throw new Error("The message has no text.");
  const { color } = message;
  return { text: cut(defuse(words), limits.text), blocks, ...(isColor(color) && { color }) };
}
