import { bell } from "./bell.ts";
import { type Html, html, markupOf, verbatim } from "./html.ts";
import { style } from "./style.ts";

export interface Layout {
  /** what stands in the tab */
  title: string;
  /** what search engines and chats show of it */
  description: string;
  /** the page's own path, where the menu has it */
  path?: string;
  main: Html;
}

const places = [
  { path: "/support", label: "Support" },
  { path: "/privacy", label: "Privacy" },
];

const place = (here: string | undefined) => (one: (typeof places)[number]) =>
  here === one.path
    ? html`<li><a href="${one.path}" aria-current="page">${one.label}</a></li>`
    : html`<li><a href="${one.path}">${one.label}</a></li>`;

/** A whole page. */
export const layout = ({ title, description, path, main }: Layout): string =>
  markupOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
<style>${verbatim(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the page</a>
<header class="wrap top">
<a class="brand" href="/">${bell}Belfry</a>
<nav aria-label="Pages"><ul class="links">${places.map(place(path))}</ul></nav>
</header>
<main id="main" class="wrap">
${main}
</main>
<footer class="wrap"><div class="bottom">
<p>Belfry brings GitLab’s events to the right Slack channels.</p>
<p>Not made by GitLab or Slack.</p>
</div></footer>
</body>
</html>
`);
