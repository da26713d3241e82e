import type { KnownBlock } from "@slack/web-api";
import type { Message } from "./message.ts";
import { visible } from "./text.ts";

const styles = { bold: [1, 22], dim: [2, 22], underline: [4, 24], code: [36, 39] } as const;

type Paint = (style: keyof typeof styles, text: string) => string;

const colours: Paint = (style, text) => `\u001b[${styles[style][0]}m${text}\u001b[${styles[style][1]}m`;
const noColours: Paint = (_style, text) => text;

const decoded = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

const decode = (text: string): string =>
  text.replace(/&(?:lt|gt|amp);/g, (entity) => decoded[entity as keyof typeof decoded]);

/**
 * Links, code, bold: the first that begins wins, as in Slack. A marker that we took the force from has a zero-width
 * space at its side.
 */
const markup =
  /<([^<>|]+)(?:\|([^<>]*))?>|(?<!\u200B)`([^`\n]+)`(?!\u200B)|(?<![\p{L}\p{N}\u200B])\*([^*\n]+)\*(?![\p{L}\p{N}\u200B])/gu;

function drawMrkdwn(mrkdwn: string, paint: Paint): string {
  const drawn = mrkdwn.replace(markup, (all, url, label, code, bold) => {
    if (url) return label ? `${paint("underline", label)} ${paint("dim", `<${url}>`)}` : `<${url}>`;
    if (code) return paint("code", `\`${code}\``);
    return paint === noColours ? all : paint("bold", bold);
  });
  return decode(drawn);
}

/**
 * Words of a payload may hold escape sequences. Zero-width spaces stay for now: they tell shown markers from working
 * ones.
 */
const safe = (text: string): string => text.split("\u200B").map(visible).join("\u200B");

const drawText = (text: { type: string; text: string }, paint: Paint): string =>
  text.type === "mrkdwn" ? drawMrkdwn(safe(text.text), paint) : safe(text.text);

const drawButton = (label: string, url?: string): string => `[${safe(label)}]${url ? ` <${safe(url)}>` : ""}`;

function drawBlock(block: KnownBlock, paint: Paint): string {
  switch (block.type) {
    case "section":
      return [block.text, ...(block.fields ?? [])].flatMap((text) => (text ? drawText(text, paint) : [])).join("\n");
    case "context":
      return block.elements
        .map((element) => (element.type === "image" ? safe(element.alt_text) : drawText(element, paint)))
        .flatMap((text) => text.split("\n"))
        .map((line) => paint("dim", `  ${line}`))
        .join("\n");
    case "header":
      return paint("bold", safe(block.text.text));
    case "actions":
      return block.elements
        .map((element) => (element.type === "button" ? drawButton(element.text.text, element.url) : ""))
        .join("  ");
    case "divider":
      return "---";
    default:
      return `(${block.type})`;
  }
}

/** The lines with a bar of the message's colour beside them. Of the colour only numbers reach the terminal. */
function besideBar(lines: string, color: string): string {
  const [red, green, blue] = [1, 3, 5].map((from) => Number.parseInt(color.slice(from, from + 2), 16));
  return lines.replace(/^/gm, `\u001b[38;2;${red};${green};${blue}m▎\u001b[39m`);
}

/**
 * The message as text for a terminal: one line per line, details indented, links as `label <address>`, buttons as
 * `[Label]`, with `colour` the bar beside all blocks but the first.
 * What Slack would show, without zero-width characters; control characters of a payload never reach the terminal.
 */
export function draw(message: Message, { colour }: { colour: boolean }): string {
  const paint = colour ? colours : noColours;
  const bar = colour ? message.color : undefined;
  const drawn = message.blocks
    .map((block) => drawBlock(block, paint))
    .map((lines, index) => (bar && index > 0 ? besideBar(lines, bar) : lines))
    .join("\n");
  return (drawn || drawMrkdwn(safe(message.text), paint)).replaceAll("\u200B", "");
}
