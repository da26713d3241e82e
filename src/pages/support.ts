import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";

/** Where to get help. @param supportUrl where people reach whoever runs this Belfry; only http, https and mailto are linked */
export const supportPage = ({ supportUrl }: { supportUrl?: string | undefined } = {}): string =>
  layout({
    title: "Support · Belfry",
    description: "Help with Belfry: what to type in Slack, and whom to ask.",
    path: "/support",
    main: html`<article class="text">
<h1>Support</h1>
<p class="lead">Most questions are answered where they come up: in Slack. Only you see the answers.</p>
<dl class="lines">
${answers.map(([line, means]) => html`<div><dt><code>${line}</code></dt><dd>${means}</dd></div>\n`)}</dl>
<h2>When a channel stays silent</h2>
<ol>
<li>Is it private? Invite the app: <code>/invite @belfry</code>.</li>
<li><code>/belfry connections</code>: has anything arrived? If not, look in GitLab under Settings, Webhooks, Recent events.</li>
<li><code>/belfry list</code>: is the rule there, and not paused?</li>
<li><code>/belfry explain</code> with the link of what you missed: it says which rule said no, and why.</li>
</ol>
<h2>Whom to ask</h2>
<p>${contact(supportUrl)}</p>
<p>Never send a secret or a token to anybody who asks for it, us included.</p>
</article>`,
  });

/** Lines to type, and what one gets. */
const answers: readonly (readonly [line: string, means: string])[] = [
  ["/belfry help", "every command; with one behind it, all about that one"],
  ["/belfry list", "what this channel hears"],
  ["/belfry explain <link>", "why a merge request, pipeline or other thing was posted here, or was not"],
  ["/belfry connections", "your hooks, and when each was heard of last"],
];

const contact = (url: string | undefined): Html => {
  const protocol = url !== undefined && URL.canParse(url) ? new URL(url).protocol : "";
  return url !== undefined && ["https:", "http:", "mailto:"].includes(protocol)
    ? html`Those who run this Belfry: <a href="${url}">${url.replace(/^mailto:/, "")}</a>. Tell them the id of the rule or delivery that it is about.`
    : html`Those who run this Belfry, usually the administrators of your Slack workspace. Tell them the id of the rule or delivery that it is about.`;
};
