import { slackPaths } from "../app/manifest.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";

export interface Installed {
  /** as Slack calls the workspace */
  teamName: string | undefined;
  /** Slack's ids: `T…`, `A…` */
  teamId: string | undefined;
  appId: string | undefined;
  /** rules of before that are paused */
  paused?: number;
}

/** After an install that went well: what to do next. */
export const installedPage = ({ teamName, teamId, appId, paused = 0 }: Installed): string =>
  layout({
    title: "Belfry is installed",
    description: "What to do next.",
    main: html`<article class="text">
<h1>Belfry is in ${teamName || "your workspace"}.</h1>
<p class="lead">Two lines in Slack, and your first message arrives.</p>
<ol>
<li><code>/belfry connect gitlab</code> shows an address and a secret. Paste both in GitLab under Settings, Webhooks, of a project or a whole group.</li>
<li><code>/belfry subscribe group/project</code> in the channel that wants to hear of it.</li>
</ol>
${paused > 0 ? ofBefore(paused) : ""}
${opener(teamId, appId)}
<p class="quiet">Public channels need nothing more. Into a private one invite the app first: <code>/invite @belfry</code>.</p>
</article>`,
  });

const ofBefore = (paused: number): Html =>
  html`<p>${paused === 1 ? "1 rule of before is paused" : `${paused} rules of before are paused`}: <code>/belfry resume all</code> in ${paused === 1 ? "its channel" : "their channels"}.</p>`;

/** https://docs.slack.dev/interactivity/deep-linking */
const opener = (team: string | undefined, app: string | undefined): Html =>
  team && app && /^T[A-Z0-9]{2,20}$/.test(team) && /^A[A-Z0-9]{2,20}$/.test(app)
    ? html`<p class="act"><a class="button" href="slack://app?team=${team}&amp;id=${app}">Open Slack</a> <a href="https://app.slack.com/client/${team}">or in the browser</a></p>`
    : html`<p>Now go back to Slack.</p>`;

const failures = {
  cancelled: {
    title: "Belfry was not installed",
    text: "You cancelled, and nothing was changed.",
  },
  expired: {
    title: "That took too long",
    text: "The link to Slack is good for a few minutes and for one use, in the browser that began. Nothing was installed.",
  },
  busy: {
    title: "One moment",
    text: "Too many installs were begun from your address. Nothing was installed. Try again in a minute.",
  },
  failed: {
    title: "Slack did not let Belfry in",
    text: "Nothing was installed. Try again in a moment; if your workspace wants an administrator’s approval, ask one first.",
  },
};

/** After an install that did not go well. */
export const failedPage = ({ why }: { why: keyof typeof failures }): string =>
  layout({
    title: `${failures[why].title} · Belfry`,
    description: "The install did not end.",
    main: html`<article class="text">
<h1>${failures[why].title}.</h1>
<p class="lead">${failures[why].text}</p>
<p class="act"><a class="button" href="${slackPaths.install}">Try again</a> <a href="/support">Support</a></p>
</article>`,
  });
