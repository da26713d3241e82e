import { slackPaths, slashCommand } from "../app/manifest.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";
import { picture } from "./picture.ts";

/** The page at `/`. @param canInstall the app can be added to a workspace here, by OAuth */
export const landingPage = ({ canInstall }: { canInstall: boolean }): string =>
  layout({
    title: "Belfry: GitLab in the right Slack channels",
    description:
      "Merge requests, pipelines, deployments and releases as short messages, in the channel that wants them.",
    main: html`<section class="hero">
<div>
<h1>GitLab news, in the channel that cares.</h1>
<p class="lead">Belfry turns merge requests, pipelines, deployments, releases and more into short Slack messages. Each channel says what it wants to hear, by project, branch, label or author.</p>
${canInstall ? install : inSlack}
</div>
${picture}
</section>
<section class="part" aria-labelledby="start">
<h2 id="start">Three steps</h2>
<ol class="cards steps">
${steps(canInstall).map(card)}</ol>
</section>
<section class="part" aria-labelledby="ask">
<h2 id="ask">Ask for what you want, and no more</h2>
<dl class="lines">
${lines.map(([line, means]) => html`<div><dt><code>${line}</code></dt><dd>${means}</dd></div>\n`)}</dl>
</section>
<section class="part" aria-labelledby="trust">
<h2 id="trust">Made to be relied on</h2>
<ul class="points">
${promises.map(card)}</ul>
</section>`,
  });

const install = html`<p class="act"><a class="button" href="${slackPaths.install}">Add to Slack</a> <span class="quiet">It reads none of your messages.</span></p>`;

const inSlack = html`<p class="act"><span>It is in your Slack already: type <code>${slashCommand.command} help</code>.</span></p>`;

interface Card {
  title: string;
  text: Html;
}

const card = ({ title, text }: Card): Html => html`<li><h3>${title}</h3><p>${text}</p></li>\n`;

const steps = (canInstall: boolean): readonly Card[] => [
  canInstall
    ? { title: "Add Belfry", text: html`Press “Add to Slack” and pick your workspace.` }
    : { title: "Find Belfry", text: html`Type <code>/belfry help</code> in any channel. Only you see the answer.` },
  {
    title: "Connect GitLab",
    text: html`<code>/belfry connect gitlab</code> shows an address and a secret. Paste both in GitLab under Settings, Webhooks, of a project or a whole group.`,
  },
  {
    title: "Subscribe a channel",
    text: html`<code>/belfry subscribe group/project</code> in the channel. The next merge request appears there.`,
  },
];

/** Lines to type; a test reads each as the command would. */
const lines: readonly (readonly [line: string, means: string])[] = [
  ["/belfry subscribe platform/api", "What most teams want to hear of a project"],
  ["/belfry subscribe platform/** deployment release", "Deployments and releases of a whole group"],
  ["/belfry subscribe platform/api pipeline:failed branch:main", "Only failures, only on main"],
  ["/belfry subscribe platform/api mr -author:*bot* -label:wip", "Merge requests, no bots, nothing labelled wip"],
  ["/belfry explain <link>", "Why something was posted here, or was not"],
];

const promises: readonly Card[] = [
  {
    title: "Nothing is lost",
    text: html`A webhook is on disk before GitLab gets its answer. If Slack is down for hours, messages wait and arrive in order.`,
  },
  {
    title: "Said once",
    text: html`What GitLab sends again, or through two hooks, is posted once. One short message for each event, no walls of text.`,
  },
  {
    title: "Quiet by design",
    text: html`Nothing in a title or a commit can ping your channel. Bots, branches and labels are left out with a word.`,
  },
  {
    title: "Careful with your code",
    text: html`Belfry never opens a repository. What GitLab sends is encrypted on disk and soon deleted: <a href="/privacy">how soon</a>.`,
  },
  {
    title: "GitLab and its relatives",
    text: html`GitLab 8.2 to 19, on gitlab.com or your own host, and GitSwarm, AtomGit, GitCode and WVS.`,
  },
  {
    title: "Never a mystery",
    text: html`<code>/belfry list</code> shows what a channel hears, <code>/belfry explain</code> why. A rule that cannot post says so; none vanishes.`,
  },
];
