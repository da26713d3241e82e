import { slackColourStyle } from "./slack-colours.ts";

const base = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);overflow-wrap:anywhere;
  font:.9375rem/1.46668 "Slack-Lato",Lato,"Segoe UI",system-ui,-apple-system,Roboto,Inter,sans-serif}
p,ol,ul,dl,figure,blockquote,pre,h1,h2{margin:0;padding:0;font:inherit}
ol,ul{list-style:none}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:.25rem}
`;

const posts = `
.post{display:grid;grid-template-columns:2.25rem minmax(0,1fr);gap:0 .5rem;padding:.5rem 1.25rem}
.post:hover{background:var(--hover)}
.face svg{display:block;width:2.25rem;height:2.25rem;padding:.35rem;border-radius:.5rem;background:#1f2937;color:#f0c088}
.by{line-height:1.3}
.by b{font-weight:800}
.app{font-size:.625rem;font-weight:700;line-height:1;color:var(--quiet);background:var(--code-ground);
  border:1px solid var(--line);border-radius:.1875rem;padding:.0625rem .1875rem;vertical-align:.1em}
time{font-size:.75rem;color:var(--quiet);margin-left:.125rem}
.answers{font-size:.8125rem;color:var(--quiet)}
.edited{font-size:.8125rem;color:var(--quiet);white-space:nowrap}
`;

const blocks = `
.text{white-space:pre-wrap}
.text b,.context b{font-weight:700}
.said>*+*,.attached>div>*+*{margin-top:.25rem}
.emoji{font-size:1.2em;line-height:1;vertical-align:-.08em}
code,pre{font:.8em/1.5 Monaco,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;background:var(--code-ground);
  border:1px solid var(--line);font-variant-ligatures:none}
code{color:var(--code);border-radius:.1875rem;padding:.125rem .1875rem .0625rem}
pre{border-radius:.25rem;padding:.5rem;margin:.25rem 0;white-space:pre-wrap}
blockquote{position:relative;padding-left:1rem;margin:.25rem 0;white-space:pre-wrap}
blockquote::before{content:"";position:absolute;left:0;top:0;bottom:0;width:.25rem;border-radius:.5rem;
  background:var(--line)}
.mention{color:var(--link);background:var(--mention-ground);border-radius:.1875rem;padding:0 .125rem}
.context{font-size:.8125rem;line-height:1.5;color:var(--quiet);display:flex;flex-wrap:wrap;gap:.125rem .5rem;
  white-space:pre-wrap}
.context>span{min-width:0}
.context a{color:inherit;text-decoration:underline;text-decoration-color:var(--frame);text-underline-offset:.15em}
.context a:hover{text-decoration-color:currentcolor}
.context code{font-size:.92em}
.fields{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem 1rem;max-width:42rem}
.header{font-size:1.125rem;line-height:1.3;font-weight:800;padding:.125rem 0}
hr{border:0;border-top:1px solid var(--line);margin:.5rem 0}
.actions{display:flex;flex-wrap:wrap;gap:.5rem;padding:.25rem 0}
.button{display:inline-block;font-size:.8125rem;font-weight:700;line-height:1.75rem;padding:0 .75rem;max-width:100%;
  border:1px solid var(--frame);border-radius:.5rem;background:var(--ground);color:var(--ink);white-space:nowrap;
  overflow:hidden;text-overflow:ellipsis}
.button:hover{text-decoration:none;background:var(--hover)}
.button.primary{background:var(--primary);border-color:var(--primary);color:#fff}
.button.danger{background:var(--danger);border-color:var(--danger);color:#fff}
.accessory{display:flex;gap:1rem;justify-content:space-between;align-items:flex-start}
.picture{border:1px dashed var(--frame);border-radius:.25rem;padding:0 .375rem;color:var(--quiet);font-size:.8125rem}
.attached{position:relative;padding-left:.875rem;max-width:42.5rem}
.attached .bar{position:absolute;left:0;top:0;width:.25rem;height:100%}
`;

const threads = `
.thread{margin-top:.25rem}
.thread>summary{display:inline-block;list-style:none;cursor:pointer;font-size:.8125rem;color:var(--quiet);
  padding:.125rem .5rem;margin-left:-.5rem;border:1px solid transparent;border-radius:.375rem}
.thread>summary::-webkit-details-marker{display:none}
.thread>summary:hover{border-color:var(--line);background:var(--ground)}
.thread>summary b{color:var(--link);margin-right:.25rem}
.thread>.posts{border-left:2px solid var(--line);margin:.25rem 0 .25rem .125rem}
.thread .post{grid-template-columns:1.5rem minmax(0,1fr);padding:.25rem .25rem .25rem .75rem}
.thread .face svg{width:1.5rem;height:1.5rem;padding:.2rem;border-radius:.375rem}
@media (max-width:48rem){.post{padding:.5rem 1rem}}
@media (max-width:30rem){.fields{grid-template-columns:minmax(0,1fr)}}
`;

/** How messages look: as in Slack, in the colours of the day or the night. */
export const slackStyle = slackColourStyle + base + posts + blocks + threads;
