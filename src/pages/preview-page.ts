import { bell } from "./bell.ts";
import { type Html, html, markupOf, verbatim } from "./html.ts";
import { script } from "./preview-script.ts";
import { previewStyle } from "./preview-style.ts";
import { type Clock, drawPost, type Post } from "./slack-post.ts";

export interface PreviewChannel {
  /** as rules call it: `#api`, or Slack's id */
  name: string;
  /** changes with each message */
  newest: string | undefined;
}

export interface PreviewPage {
  /** undefined while there is none */
  channel: string | undefined;
  channels: readonly PreviewChannel[];
  /** oldest first */
  posts: readonly Post[];
  /** what the script compares: another one where anything differs */
  revision: string;
  clock: Clock;
}

/** Address of a channel's page. */
export const channelPath = (channel: string): string => `/preview?channel=${encodeURIComponent(channel)}`;

const named = (channel: string): Html =>
  channel.startsWith("#") ? html`<span class="sign">#</span>${channel.slice(1)}` : html`${channel}`;

function drawChannel({ name, newest = "" }: PreviewChannel, here: string | undefined): Html {
  const link =
    name === here
      ? html`<a href="${channelPath(name)}" aria-current="page">${named(name)}</a>`
      : html`<a href="${channelPath(name)}">${named(name)}</a>`;
  return html`<li id="c-${encodeURIComponent(name)}" data-edits="${newest}">${link}</li>\n`;
}

/** Posts with a line where a day begins. */
function drawDays(posts: readonly Post[], clock: Clock): Html[] {
  let last = "";
  return posts.map((post) => {
    const day = post.at ? clock.day(post.at) : last;
    const line =
      day === last ? html`` : html`<li class="day" id="d-${day.replace(/\W+/g, "-")}"><span>${day}</span></li>\n`;
    last = day;
    return html`${line}${drawPost(post, clock)}`;
  });
}

/** The messages of one channel of the preview workspace, beside a list of all its channels. */
export const previewPage = ({ channel, channels, posts, revision, clock }: PreviewPage): string =>
  markupOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${channel ?? "No channel yet"} · Belfry preview</title>
<noscript><meta http-equiv="refresh" content="5"></noscript>
<style>${verbatim(previewStyle)}</style>
</head>
<body data-revision="${revision}">
<nav aria-label="Channels">
<p class="workspace">${bell}Belfry <span>preview</span></p>
<h2>Channels</h2>
<ul id="channels">
${channels.map((one) => drawChannel(one, channel))}</ul>
<p class="hint">Messages as Slack would show them. They stay on this machine.</p>
</nav>
<main>
<header><h1>${channel === undefined ? "No channel yet" : named(channel)}</h1></header>
<div class="log" role="log" aria-live="polite" aria-label="Messages" tabindex="0"><div>
${posts.length > 0 ? html`<p class="none" id="none" hidden>${nothingYet}</p>` : html`<p class="none" id="none">${nothingYet}</p>`}
<ol class="posts" id="posts">
${drawDays(posts, clock)}</ol>
</div></div>
<p class="away" id="away" role="status" hidden>Belfry does not answer. This page goes on when it does.</p>
</main>
<script type="module">${verbatim(script)}</script>
</body>
</html>
`);

const nothingYet = "Nothing yet. The next message appears here by itself.";
