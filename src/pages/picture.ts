import { bell } from "./bell.ts";
import { type Html, html } from "./html.ts";

interface Shown {
  at: string;
  /** `i` is a link, `b` bold */
  text: Html;
  /** the grey line */
  context: Html;
}

/** What templates/ make of three events; a test compares. */
const messages: readonly Shown[] = [
  {
    at: "10:02",
    text: html`🏁 <b>Bob Lindqvist</b> merged <i>!128 Redirect to the page that asked for the login</i> into <code>main</code> in <i>platform/api</i>`,
    context: html`written by Alice Okafor · bug, auth`,
  },
  {
    at: "10:15",
    text: html`❌ <i>Pipeline 41873</i> failed on <code>main</code> in <i>platform/api</i><br>• <i>unit</i> (test): script failure`,
    context: html`✅ build ❌ test ⏭️ deploy · 12m 34s · <i>a9e3779b</i> Redirect to the page that asked for the login · by Alice Okafor`,
  },
  {
    at: "10:48",
    text: html`🚀 <b>Alice Okafor</b> deployed <code>main</code> to <i>production</i> in <i>platform/api</i>`,
    context: html`<i>a9e3779b</i> Redirect to the page that asked for the login · <i>job</i>`,
  },
];

const drawn = ({ at, text, context }: Shown): Html => html`<li>${bell}<div>
<p class="by">Belfry <span class="app">APP</span> <span>${at}</span></p>
<p class="said">${text}</p>
<small>${context}</small>
</div></li>
`;

/** Three messages as they look in Slack, and the line that asked for them. */
export const picture = html`<figure class="slack">
<figcaption># api <span>in Slack</span></figcaption>
<ol>
${messages.map(drawn)}</ol>
<p class="type">/belfry subscribe platform/api mr:merge pipeline:failed deployment</p>
</figure>`;
