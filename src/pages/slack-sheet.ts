import { createHash } from "node:crypto";
import { type Html, html, markupOf, verbatim } from "./html.ts";
import { type Clock, drawPost, type Post } from "./slack-post.ts";
import { slackStyle } from "./slack-style.ts";

const style = `${slackStyle}
body{padding:1rem 0}
h1{font-weight:800;font-size:1.375rem;padding:.25rem 1.25rem .75rem}
h2{font-size:.8125rem;color:var(--quiet);padding:.75rem 1.25rem .25rem;margin-top:.5rem;border-top:1px solid var(--line)}
main>section:first-of-type h2{border-top:0;margin-top:0}
.note{padding:.25rem 1.25rem .5rem;color:var(--quiet)}
@media (max-width:48rem){h1,h2,.note{padding-left:1rem;padding-right:1rem}}
`;

const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`;

/** Messages under one heading. */
export interface SheetPart {
  title: string;
  posts: readonly Post[];
  /** said below the heading: why something is missing */
  note?: string | undefined;
}

const drawPart = ({ title, posts, note }: SheetPart, clock: Clock): Html => html`<section>
<h2>${title}</h2>
${note ? html`<p class="note">${note}</p>\n` : ""}<ol class="posts">
${posts.map((post) => drawPost(post, clock))}</ol>
</section>
`;

/** One file that shows messages as Slack would: it needs nothing else, and loads and runs nothing. */
export const drawSheet = (title: string, parts: readonly SheetPart[], clock: Clock): string =>
  markupOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${verbatim(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${parts.map((part) => drawPart(part, clock))}</main>
</body>
</html>
`);
