/**
 * Makes texts of a payload inert in Slack's mrkdwn: what comes in may be hostile, what goes out shows the same words
 * and does nothing.
 * All functions are pure. https://docs.slack.dev/messaging/formatting-message-text#escaping
 */

import { limits } from "./limits.ts";

/** An entity, a link of ours, or one code point: the pieces that are never cut. */
const piece = /&(?:amp|lt|gt);|<https?:\/\/[^<>|\s]+(?:\|[^<>]*)?>|[\s\S]/gu;

/** Links as `link` writes them; anything else between angle brackets is not ours. */
const ourLink = /<(https?:\/\/[^<>|\s]+)(?:\|([^<>]*))?>/g;

/** Letters of living languages carry up to four marks; more is there to smear over the lines above and below. */
const markFlood = /(\p{M}{4})\p{M}+/gu;

/** Control characters, what cannot be seen, what turns the direction of text, halves of surrogate pairs. */
const unseen = /[[\p{DI}\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\uFFF9-\uFFFB]--[\t\n\uFE0E\uFE0F\u200D]]/gv;

/** A joiner joins emoji; anywhere else it only hides. */
const strayJoiner =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D|\u200D(?!\p{Extended_Pictographic})/gu;

/** Most texts are, and then there is nothing to look for in four passes. */
const isSimple = (text: string): boolean => /^[\t\n -~]*$/.test(text);

/** The text without characters that cannot be seen or drive a terminal. Tabs stay, line separators become newlines. */
export const visible = (text: string): string =>
  isSimple(text)
    ? text
    : text
        .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
        .replace(unseen, "")
        .replace(strayJoiner, "")
        .replace(markFlood, "$1");

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const encode = (text: string): string => text.replace(/[&<>]/g, (sign) => entities[sign as keyof typeof entities]);

/** The text with Slack's three control characters as entities: no mention, no link. Keeps newlines and markers. */
export const escapeText = (text: string): string => encode(visible(text));

const oneLine = (text: string): string => visible(text).replace(/\s+/g, " ").trim();

/**
 * One line that shows exactly its characters: a title, a name. Zero-width spaces take the force from `* _ ~`,
 * backticks, `:emoji:`
 * and a leading `>`.
 */
export const inline = (text: string): string =>
  encode(oneLine(text))
    .replace(/:(?=[\p{L}\p{N}_+'-]+:)/gu, ":\u200B")
    .replace(/[*_~`]/g, "\u200B$&\u200B")
    .replace(/^&gt;/, "\u200B&gt;");

/**
 * The address as Slack's link syntax takes it, or undefined where it is not a plain http(s) address of at most 3,000
 * characters.
 */
export function href(url: string): string | undefined {
  const parsed = URL.parse(visible(url).trim());
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) return undefined;
  const safe = encode(parsed.href.replace(/[<>|\s]/g, encodeURIComponent));
  return safe.length <= limits.url ? safe : undefined;
}

/** A link whose label is one inert line. Only http and https without user names in them; otherwise the label alone. */
export const link = (url: string | undefined, label: string): string => linkInert(url, inline(label));

/** As `link`, for a label that is inert already: links within it lose their addresses. */
export function linkInert(url: string | undefined, label: string): string {
  const safe = url === undefined ? undefined : href(url);
  const words = withoutLinks(label).replaceAll("|", "¦").replaceAll("\n", " ").trim();
  return safe && words ? `<${safe}|${words}>` : words;
}

/** A code span of one line, or nothing for nothing. */
export function code(text: string): string {
  const words = encode(oneLine(text).replaceAll("`", "\u02CB"));
  return words && `\`${words}\``;
}

/** Raw text of at most `limit` code points, the last one `…` where something is missing. Clip before you make inert. */
export function clip(text: string, limit: number): string {
  // One code point is at most two units long: no need to split a megabyte to find its first line.
  const points = Array.from(text.slice(0, limit * 2 + 2));
  if (points.length <= limit && text.length <= limit * 2 + 2) return text;
  return `${points
    .slice(0, Math.max(0, limit - 1))
    .join("")
    .replace(/(?:\p{M}|\u200D|\s)+$/u, "")}…`;
}

/**
 * Inert mrkdwn of at most `limit` UTF-16 units, or of whatever `cost` counts for a piece. Entities, surrogate pairs
 * and links stay whole;
 * an open code span is closed.
 */
export function cut(mrkdwn: string, limit: number, cost: (piece: string) => number = (piece) => piece.length): string {
  if (mrkdwn.length <= limit) return mrkdwn;
  const room = limit - "…\n```".length;
  let used = 0;
  let end = 0;
  let fits = 0;
  for (const [next] of mrkdwn.matchAll(piece)) {
    used += cost(next);
    if (used > limit) break;
    end += next.length;
    if (used <= room) fits = end;
  }
  return used <= limit ? mrkdwn : closed(mrkdwn.slice(0, fits).trimEnd());
}

function closed(short: string): string {
  if ((short.split("```").length - 1) % 2) return `${short}…\n\`\`\``;
  return (short.split("`").length - 1) % 2 ? `${short}…\`` : `${short}…`;
}

/** Mrkdwn where every link has become its label: for notifications. */
export const withoutLinks = (mrkdwn: string): string => mrkdwn.replace(ourLink, (_all, url, label) => label || url);

/**
 * The last line of defence: whatever stands between angle brackets and is not a link to http(s) is shown, not obeyed.
 */
export function defuse(mrkdwn: string): string {
  let safe = "";
  let from = 0;
  for (const found of mrkdwn.matchAll(ourLink)) {
    safe += mrkdwn.slice(from, found.index).replaceAll("<", "&lt;") + found[0];
    from = found.index + found[0].length;
  }
  return safe + mrkdwn.slice(from).replaceAll("<", "&lt;");
}
