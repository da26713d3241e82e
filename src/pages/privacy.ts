import { botScopes } from "../app/manifest.ts";
import { durationOf } from "../duration.ts";
import type { Keep } from "../store/retention.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";

export interface PrivacyOptions {
  /** how long this Belfry keeps things */
  keep: Keep;
}

/** What is kept, and how long. */
export const privacyPage = ({ keep }: PrivacyOptions): string =>
  layout({
    title: "Privacy · Belfry",
    description: "What Belfry keeps of your GitLab and Slack, how long, and how it is protected.",
    path: "/privacy",
    main: html`<article class="text">
<h1>Privacy</h1>
<p class="lead">Belfry keeps what it needs to post a message and to explain it later, and deletes it soon. It reads none of your Slack messages, and nothing is sold, shared or used for advertising.</p>
<h2>What is kept, and how long</h2>
<dl class="lines">
${kept(keep).map(([what, long]) => html`<div><dt>${what}</dt><dd>${long}</dd></div>\n`)}</dl>
<h2>How it is protected</h2>
<ul>
<li>Slack’s token, secrets of hooks, bodies of webhooks, events, messages, what live messages show, and decisions are encrypted (AES-256-GCM) before they are stored. Names of projects and channels, ids of people, and rules are not, so that they can be looked up.</li>
<li>Each workspace is kept apart: a webhook reaches only the workspace that made its address.</li>
<li>Logs have times, ids and names of channels, never what a webhook or a message says.</li>
</ul>
<h2>What Slack lets Belfry do</h2>
<dl class="lines">
${Object.entries(botScopes).map(([scope, why]) => html`<div><dt><code>${scope}</code></dt><dd>${why}</dd></div>\n`)}</dl>
<h2>When you uninstall</h2>
<p>Slack’s token is erased at once, and nothing is posted any more. Everything else of your workspace is erased ${uninstalled} later; until then whoever installs it again finds it all. Backups of whoever runs this Belfry may last longer.</p>
<h2>Who sees it</h2>
<p>Whoever runs this Belfry, and Slack, which gets the messages. These pages have no trackers and load nothing from elsewhere. The only cookie is set while you add Belfry to Slack, and lasts for minutes.</p>
<p>Questions, or something to be deleted now? See <a href="/support">support</a>.</p>
</article>`,
  });

const uninstalled = "7 days";

const kept = ({ bodies, rows }: Keep): readonly (readonly [what: string, long: string])[] => [
  ["Bodies of webhooks, and the messages made of them", durationOf(bodies)],
  [
    "What live messages show of merge requests, pipelines and the like",
    `${durationOf(rows)} after the last news of them`,
  ],
  ["That a webhook came and what became of it: times, kind, project, ids", durationOf(rows)],
  ["Rules, hooks and the names of their channels, and who made them (Slack’s id)", "until you uninstall"],
  ["Who changed which rule, hook or mute, and when (Slack’s id)", "a year"],
  ["Name and id of your workspace, who installed Belfry (Slack’s id), Slack’s token", "until you uninstall"],
  ["Names of people in Slack", "not kept: asked for when a command needs them"],
];
