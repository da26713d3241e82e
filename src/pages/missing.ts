import type { Routes } from "../operation/routes.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";
import { sendPage } from "./page.ts";

const page = layout({
  title: "Nothing here · Belfry",
  description: "There is no such page.",
  main: html`<article class="text">
<h1>There is nothing here.</h1>
<p class="lead">This Belfry has no such page. The address of a webhook is for the forge alone: paste it there.</p>
<p class="act"><a class="button" href="/">Belfry</a> <a href="/support">Support</a></p>
</article>`,
});

/** A page for people at whatever address nothing else is, with 404. Asked last; what is no browser gets its JSON elsewhere. */
export const missing: Routes = (request, response) => {
  const isBrowser = /\btext\/html\b/i.test(request.headers.accept ?? "");
  if (!isBrowser || (request.method !== "GET" && request.method !== "HEAD")) return false;
  sendPage(response, 404, page);
  return true;
};
