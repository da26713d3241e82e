import { createRequire } from "node:module";
import { clip, cut, defuse, escapeText, linkInert, visible, withoutLinks } from "./text.ts";

const load = createRequire(import.meta.url);

/** Loaded at the first description: the converter takes 17 MB, and most messages need none. */
function slackify(markdown: string): string {
  const { slackifyMarkdown }: typeof import("slackify-markdown") = load("slackify-markdown");
  return slackifyMarkdown(markdown);
}

/**
 * Noncharacters stand in for `& < >` while the markdown is converted: slackify-markdown lets `<@U1>` and `<!channel>`
 * through.
 */
const standIns = { "&": "\uFDD8", "<": "\uFDD9", ">": "\uFDDA" } as const;
const signs: Record<string, string> = { "\uFDD8": "&amp;", "\uFDD9": "&lt;", "\uFDDA": "&gt;" };

const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };

/** Tags that GitLab shows as layout: their words stay. Whatever else looks like a tag is shown as it is written. */
const layoutTag =
  /<\/?(?:a|b|center|details|div|em|h[1-6]|hr|i|img|kbd|li|ol|p|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|ul)(?:\s[^<>]*)?\/?>/gi;

/** https://docs.gitlab.com/user/project/quick_actions/ */
const quickAction = /^\/[a-z_]+(?:[ \t].*)?$/gm;

/** Code is shown as it stands: fences, also unfinished ones, and spans. */
const codeParts = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/;

const withoutExtras = (prose: string): string =>
  prose
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(layoutTag, "")
    .replace(/(!\[[^\]\n]*\]\([^)\n]*\))\{[^}\n]*\}/g, "$1")
    .replace(quickAction, "")
    .replace(/<(https?:\/\/[^\s<>]+)>/g, " $1 ")
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_all, name) => named[name] ?? "");

/** GitLab's markdown without what is not meant for readers: comments, quick actions, tags, attributes of images. */
const readable = (markdown: string): string =>
  markdown
    .split(codeParts)
    .map((part, position) => (position % 2 ? part : withoutExtras(part)))
    .join("");

/** Blocks cost the converter most: more lines than this are more than a glance. */
const lineLimit = 60;

/** The first lines of at most `size` units: a link that is cut in half would show its address. */
function head(text: string, size: number): string {
  const lines = text.split("\n");
  const markdown = lines.length > lineLimit ? `${lines.slice(0, lineLimit).join("\n")}\n…` : text;
  if (markdown.length <= size) return markdown;
  const start = clip(markdown, size);
  const end = start.lastIndexOf("\n");
  return end > size / 2 ? `${start.slice(0, end)}\n…` : start;
}

/** The converter needs seconds for a few thousand nested lists or quotations: three levels are enough. */
const shallow = (markdown: string): string =>
  markdown.replace(/^((?:[ \t]*(?:>|[-*+][ \t]|\d+[.)][ \t])){3})(?:[ \t]*(?:>|[-*+][ \t]|\d+[.)][ \t]))+/gm, "$1");

/** Its time also grows with the square of the open markers; honest texts have some dozens. */
const tooManyMarkers = (markdown: string): boolean => (markdown.match(/[*_~[`]/g)?.length ?? 0) > 250;

/** `>` that opens a quotation stays markdown; every other one is a character. */
const hide = (markdown: string): string =>
  markdown.replace(/^([ ]{0,3}>[> ]*)|[&<>]/gm, (sign, quote) => quote ?? standIns[sign as keyof typeof standIns]);

const boxes: Record<string, string> = { "[ ]": "☐", "[x]": "☑", "[X]": "☑" };

const show = (text: string): string => text.replace(/[\uFDD8-\uFDDA]/g, (sign) => signs[sign] ?? "");

/** Every link written anew by our own rules; the addresses come back percent-encoded by `encodeURI`. */
const relink = (mrkdwn: string): string =>
  mrkdwn.replace(/<([^<>|\n]+)(?:\|([^<>\n]*))?>/g, (_all, url: string, label?: string) => {
    const plain = url.replace(/%EF%B7%9([89A])|[\uFDD8-\uFDDA]/gi, (sign, end) =>
      decodeEntity(signs[end ? String.fromCharCode(Number.parseInt(`FDD${end}`, 16)) : sign] ?? ""),
    );
    const address = plain.replaceAll("&amp;", "&");
    return linkInert(address, label?.trim() ? label : escapeText(address));
  });

const decodeEntity = (entity: string): string => named[entity.slice(1, -1)] ?? "";

/** Ampersands and brackets that the converter wrote itself: only links and quotations are meant. */
const tidyUp = (mrkdwn: string): string =>
  mrkdwn
    .replace(/&#x20;/gi, " ")
    .replace(/&(?!(?:amp|lt|gt);)/g, "&amp;")
    .replace(/^((?:•|\d+[.)])[ \t]+)(\[[ xX]\])/gm, (_all, bullet, box) => `${bullet}${boxes[box]}`)
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/** Without formatting: for markdown that the converter cannot take, as malformed percent-encoding in an address. */
const plainly = (markdown: string): string =>
  escapeText(markdown)
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/**
 * Where markdown might mean more than its characters: a sign that is none of plain prose, a line that does not begin
 * with a letter or ends with a space, and what may be an address. Rather too much than too little.
 */
const meaning = /[^\p{L}\p{M}\p{N} \n,.;:?!'"()%/-]|^[^\p{L}\n]| $| {2}|\n{3}|[wW]{3}\.|:(?! |$)/mu;

/** Whether the converter would give back the same text: it takes 0.3 ms for a sentence. */
export const isPlain = (markdown: string): boolean => markdown.trim() === markdown && !meaning.test(markdown);

function convert(markdown: string): string {
  if (isPlain(markdown)) return markdown;
  if (tooManyMarkers(markdown)) return plainly(markdown);
  try {
    return tidyUp(relink(slackify(hide(shallow(markdown)))));
  } catch (error) {
    if (error instanceof URIError || error instanceof RangeError) return plainly(markdown);
    throw error;
  }
}

/** What a piece of mrkdwn takes of a reader's screen: a link shows its label, an entity one sign. */
const shown = (piece: string): number =>
  piece.startsWith("&") && piece.length > 1
    ? 1
    : piece.length > 2 && piece.startsWith("<")
      ? withoutLinks(piece).length
      : piece.length;

/** What is far behind the limit need not be parsed: a description may have a megabyte. */
const sourceLimit = 4000;

/**
 * A description in GitLab's markdown as inert mrkdwn that shows at most `limit` characters (addresses of links not
 * counted).
 * Emphasis, lists, code and links to http(s) stay; images become links; comments, quick actions and HTML tags go.
 * Nothing in it mentions anybody. At most some 4,000 characters of the source are read.
 */
export function toMrkdwn(markdown: string, limit: number): string {
  const size = Math.min(limit * 4, sourceLimit);
  const start = head(visible(readable(markdown.slice(0, sourceLimit * 4))), size);
  return cut(defuse(show(convert(start))), limit, shown);
}
