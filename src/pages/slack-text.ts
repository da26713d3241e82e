import { type Html, html } from "./html.ts";
import { emojiNamed } from "./slack-emoji.ts";

/** An emoji by its name or as a character. */
const emoji = /(:[a-z0-9_+'\-]+:(?::skin-tone-[2-6]:)?|\p{RGI_Emoji})/v;
const named = /^:([^:]+):(?::skin-tone-(\d):)?$/;

/** Text without markup: what stands in it is shown, with its emoji as large as Slack has them. */
function words(text: string): Html[] {
  return text.split(emoji).map((part, at) => {
    // They only take the force from what stands beside them.
    if (at % 2 === 0) return html`${part.replaceAll("\u200B", "")}`;
    const [, name, tone] = named.exec(part) ?? [];
    const sign = name === undefined ? part : emojiNamed(name, tone === undefined ? undefined : Number(tone));
    return sign === undefined ? html`${part}` : html`<span class="emoji">${sign}</span>`;
  });
}

/** Slack's plain text: no markup and no entities, only emoji. */
export const drawPlain = (text: string): Html => html`${words(text)}`;

const entities: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const decode = (text: string): string => text.replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity);

/** The address of a link, where it is one that a click may follow. */
export function safeAddress(text: string): string | undefined {
  const url = URL.parse(text);
  const isSafe = url && ["http:", "https:", "mailto:"].includes(url.protocol) && !url.username && !url.password;
  return isSafe ? url.href : undefined;
}

/** What stands between angle brackets: an address, or a mention of a person, a channel or a group. */
function drawBrackets(all: string, target: string, label: string | undefined): Html {
  const shown = words(decode(label || target.replace(/^(?:[@#!]|mailto:)/, "")));
  if (/^[@!]/.test(target)) return html`<span class="mention">@${shown}</span>`;
  if (target.startsWith("#")) return html`<span class="mention">#${shown}</span>`;
  const url = safeAddress(decode(target));
  return url ? html`<a href="${url}" target="_blank" rel="noreferrer">${shown}</a>` : html`${words(decode(all))}`;
}

/** A marker that was taken its force, what stands in angle brackets, code: in none of them is anything formatted. */
const atom = /\u200B([*_~`])\u200B|<([^<>|\n]+)(?:\|([^<>]*))?>|`([^`\n]+)`/g;

/** Markers work where no letter or digit stands on their outer side and no space on their inner one. */
const styled = /(?<![\p{L}\p{N}])([*_~])(?!\s)((?:(?!\1)[^\n])+)(?<!\s)\1(?![\p{L}\p{N}])/gu;

const styles: Record<string, (inner: Html[]) => Html> = {
  "*": (inner) => html`<b>${inner}</b>`,
  _: (inner) => html`<i>${inner}</i>`,
  "~": (inner) => html`<s>${inner}</s>`,
};

/** One or more lines without quotations and fences. Noncharacters stand in for what is drawn already. */
function drawLines(mrkdwn: string): Html {
  const drawn: Html[] = [];
  const text = mrkdwn.replace(/[\uFDD0\uFDD1]/g, "").replace(atom, (all, sign, target, label, code) => {
    const piece =
      sign !== undefined
        ? html`${sign}`
        : target !== undefined
          ? drawBrackets(all, target, label)
          : html`<code>${decode(code).replaceAll("\u200B", "")}</code>`;
    return `\uFDD0${drawn.push(piece) - 1}\uFDD1`;
  });

  const unstyled = (part: string): Html[] =>
    part
      .split(/\uFDD0(\d+)\uFDD1/)
      .flatMap((one, at) => (at % 2 === 0 ? words(decode(one)) : (drawn[Number(one)] ?? [])));

  const inside = (part: string): Html[] => {
    const parts: Html[] = [];
    let from = 0;
    for (const found of part.matchAll(styled)) {
      const [all, marker = "", inner = ""] = found;
      parts.push(...unstyled(part.slice(from, found.index)), ...[styles[marker]?.(inside(inner)) ?? []].flat());
      from = found.index + all.length;
    }
    return [...parts, ...unstyled(part.slice(from))];
  };
  return html`${inside(text)}`;
}

const quote = /^(?:&gt;|>) ?/;

/** Lines of one sort, quoted or not, belong together. */
function drawProse(text: string): Html[] {
  const runs: { quoted: boolean; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const quoted = quote.test(line);
    const last = runs.at(-1);
    if (last?.quoted === quoted) last.lines.push(line);
    else runs.push({ quoted, lines: [line] });
  }
  return runs.flatMap(({ quoted, lines }) => {
    if (quoted)
      return html`<blockquote>${drawLines(lines.map((line) => line.replace(quote, "")).join("\n"))}</blockquote>`;
    const prose = lines.join("\n");
    // A quotation has its own lines: one empty line around it is no distance.
    return prose.trim() || lines.length > 2 ? drawLines(prose) : [];
  });
}

/**
 * Slack's mrkdwn as HTML: bold, italic, struck, code, fences, quotations, links, mentions, emoji. Whatever it says,
 * nothing of it becomes other markup, and only http, https and mailto are linked.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
export function drawMrkdwn(mrkdwn: string): Html {
  const parts = mrkdwn.split(/\n?```\n?([\s\S]+?)\n?```\n?/);
  return html`${parts.map((part, at) => {
    if (part === undefined || part === "") return "";
    return at % 2 ? html`<pre>${decode(part).replaceAll("\u200B", "")}</pre>` : drawProse(part);
  })}`;
}
