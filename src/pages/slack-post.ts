import type { Message } from "../slack/message.ts";
import { bell } from "./bell.ts";
import { type Html, html } from "./html.ts";
import { drawMessage } from "./slack-blocks.ts";
import { drawMrkdwn } from "./slack-text.ts";

/** A message where it was posted. */
export interface Post {
  /** names it within the page */
  id: string;
  /** what it shows now; undefined where that cannot be read any more */
  message: Message | undefined;
  /** when it was posted, ISO 8601 */
  at?: string | undefined;
  /** how often it was edited */
  edits?: number;
  /** its thread, oldest first */
  replies?: readonly Post[];
  /** the message in whose thread it is as well, where it is a reply that the channel got too */
  answers?: { id: string | undefined; text: string };
}

/** How times are told. */
export interface Clock {
  /** `10:02` */
  time: (at: string) => string;
  /** `Tuesday, 3 November` */
  day: (at: string) => string;
}

/** @param timeZone of IANA; undefined: this machine's */
export function createClock(timeZone?: string): Clock {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
    return (at: string) => (Number.isNaN(Date.parse(at)) ? "" : made.format(new Date(at)));
  };
  return {
    time: format({ hour: "2-digit", minute: "2-digit" }),
    day: format({ weekday: "long", day: "numeric", month: "long" }),
  };
}

const edited = html` <span class="edited">(edited)</span>`;

const time = (at: string | undefined, clock: Clock): Html =>
  at ? html`<time datetime="${at}">${clock.time(at)}</time>` : html``;

const counted = (count: number): string => (count === 1 ? "1 reply" : `${count} replies`);

function drawThread(posts: readonly Post[], clock: Clock): Html {
  const last = posts.at(-1)?.at;
  return html`<details class="thread" open>
<summary><b>${counted(posts.length)}</b>${last ? html` <span>Last reply ${clock.time(last)}</span>` : ""}</summary>
<ol class="posts">
${posts.map((post) => drawPost(post, clock))}</ol>
</details>`;
}

const answering = ({ id, text }: NonNullable<Post["answers"]>): Html =>
  html`<p class="answers">${id === undefined ? "replied to a thread" : html`<a href="#${id}">replied to a thread:</a>`} ${drawMrkdwn(text.split("\n", 1)[0] ?? "")}</p>`;

/** A message with its sender, time, edits and thread, as an element of a list `posts`. */
export function drawPost({ id, message, at, edits = 0, replies = [], answers }: Post, clock: Clock): Html {
  const said = message
    ? drawMessage(message, edits > 0 ? edited : undefined)
    : html`<p class="context">This message cannot be read any more.</p>`;
  return html`<li class="post" id="${id}" data-edits="${edits}">
<span class="face">${bell}</span>
<div class="body">
<p class="by"><b>Belfry</b> <span class="app">APP</span> ${time(at, clock)}</p>
<div class="said">${answers ? answering(answers) : ""}${said}</div>
${replies.length > 0 ? drawThread(replies, clock) : ""}</div>
</li>
`;
}
