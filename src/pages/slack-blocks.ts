import type { Message } from "../slack/message.ts";
import { type Html, html } from "./html.ts";
import { drawMrkdwn, drawPlain, safeAddress } from "./slack-text.ts";

type Block = Message["blocks"][number];
type Of<Type> = Extract<Block, { type: Type }>;
interface Text {
  type: string;
  text: string;
}

const drawText = ({ type, text }: Text): Html => (type === "mrkdwn" ? drawMrkdwn(text) : drawPlain(text));

/** Nothing is loaded: a picture is what it says of itself. */
const picture = (words: string): Html => html`<span class="picture">${words}</span>`;

function drawButton({ text, url, style }: { text: Text; url?: string; style?: string }): Html {
  const look = style === "primary" || style === "danger" ? `button ${style}` : "button";
  const address = url === undefined ? undefined : safeAddress(url);
  return address === undefined
    ? html`<span class="${look}">${drawPlain(text.text)}</span>`
    : html`<a class="${look}" href="${address}" target="_blank" rel="noreferrer">${drawPlain(text.text)}</a>`;
}

function drawSection({ text, fields = [], accessory }: Of<"section">, tail: Html): Html {
  const beside = accessory?.type === "button" ? drawButton(accessory) : "";
  const said = [
    text ? html`<div class="text">${drawText(text)}${fields.length > 0 ? "" : tail}</div>` : "",
    fields.length > 0
      ? html`<div class="fields">${fields.map((field) => html`<div class="text">${drawText(field)}</div>`)}</div>${tail}`
      : "",
  ];
  return beside ? html`<div class="accessory"><div>${said}</div>${beside}</div>` : html`${said}`;
}

const drawContext = ({ elements }: Of<"context">): Html => {
  const parts = elements.map((one) =>
    one.type === "image" ? picture(one.alt_text) : html`<span>${drawText(one)}</span>`,
  );
  return html`<div class="context">${parts}</div>`;
};

/** @param tail stands at the end of the block's text, where it has one, else below the block */
function drawBlock(block: Block, tail: Html): Html {
  switch (block.type) {
    case "section":
      return drawSection(block, tail);
    case "header":
      return html`<p class="header">${drawPlain(block.text.text)}</p>${tail}`;
    case "context":
      return html`${drawContext(block)}${tail}`;
    case "divider":
      return html`<hr>${tail}`;
    case "actions":
      return html`<div class="actions">${block.elements.map((one) => (one.type === "button" ? drawButton(one) : ""))}</div>${tail}`;
    case "image":
      return html`<p>${picture(block.alt_text)}</p>${tail}`;
    default:
      return html`<p>${picture(block.type)}</p>${tail}`;
  }
}

const nothing = html``;

function drawBlocks(blocks: readonly Block[], tail: Html): Html {
  return html`${blocks.map((block, at) => drawBlock(block, at === blocks.length - 1 ? tail : nothing))}`;
}

/** A style in an attribute would need a weaker policy; what SVG says of itself does not. */
const bar = (colour: string): Html =>
  html`<svg class="bar" aria-hidden="true"><rect width="100%" height="100%" rx="2" fill="${colour}"/></svg>`;

/** What people see of a message: with a colour, the first block stands above, the others beside a bar of it. @param tail stands at its end: `(edited)` */
export function drawMessage({ text, blocks, color }: Message, tail: Html = nothing): Html {
  const [first, ...rest] = blocks;
  if (!first) return html`<div class="text">${drawMrkdwn(text)}${tail}</div>`;
  if (color === undefined || rest.length === 0) return drawBlocks(blocks, tail);
  const colour = /^#[0-9a-f]{6}$/i.test(color) ? color : "#dddddd";
  return html`${drawBlock(first, tail)}<div class="attached">${bar(colour)}<div>${drawBlocks(rest, nothing)}</div></div>`;
}
