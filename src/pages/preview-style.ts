import { createHash } from "node:crypto";
import { slackStyle } from "./slack-style.ts";

const layout = `
html,body{height:100%}
body{display:grid;grid-template-columns:16.25rem minmax(0,1fr);overflow:hidden}
nav{background:var(--side);color:var(--side-ink);padding:0 .5rem 1rem;overflow-y:auto;display:flex;flex-direction:column}
.workspace{display:flex;align-items:center;gap:.5rem;min-height:3.0625rem;padding:0 .5rem;margin-bottom:.75rem;color:#fff;
  font-size:1.125rem;font-weight:800}
.workspace svg{width:1.5rem;height:1.5rem;flex:none}
.workspace span{font-size:.8125rem;font-weight:400;color:var(--side-quiet)}
nav h2{font-size:.9375rem;padding:.125rem .75rem;color:var(--side-quiet)}
nav li a{display:block;color:var(--side-quiet);border-radius:.375rem;padding:.1875rem .75rem;white-space:nowrap;overflow:hidden;
  text-overflow:ellipsis}
nav li a:hover{text-decoration:none;background:rgb(255 255 255/.1)}
nav li a:focus-visible{outline-color:#fff;outline-offset:-2px}
nav li a[aria-current]{background:var(--side-on);color:var(--side-on-ink)}
nav li.changed a:not([aria-current]){color:#fff;font-weight:800}
.sign{display:inline-block;width:1.25rem;opacity:.8}
.hint{margin-top:auto;padding:1.5rem .75rem 0;font-size:.8125rem;color:var(--side-quiet)}
main{display:grid;grid-template-rows:auto minmax(0,1fr);height:100dvh;position:relative}
main>header{display:flex;align-items:center;min-height:3.0625rem;padding:.25rem 1.25rem;border-bottom:1px solid var(--line)}
h1{font-size:1.125rem;font-weight:800}
.log{display:flex;flex-direction:column-reverse;overflow-y:auto;overscroll-behavior:contain}
.log:focus-visible{outline-offset:-2px}
.log>div{padding:.75rem 0 1.25rem}
.none{padding:2rem 1.25rem;color:var(--quiet)}
.day{display:flex;align-items:center;gap:.75rem;padding:.5rem 1.25rem;font-size:.8125rem;font-weight:700}
.day::before,.day::after{content:"";flex:1;border-top:1px solid var(--line)}
.day span{border:1px solid var(--line);border-radius:1.5rem;padding:.125rem .875rem}
.post{scroll-margin:1rem}
.post:target{background:var(--changed-ground)}
.away{position:absolute;left:50%;bottom:1rem;transform:translateX(-50%);background:var(--ink);color:var(--ground);
  font-size:.8125rem;padding:.375rem .875rem;border-radius:1.5rem;width:max-content;max-width:calc(100% - 2rem)}
.posts .changed{animation:changed 2.5s ease-out}
@keyframes changed{0%,30%{background:var(--changed-ground)}}
@media (prefers-reduced-motion:reduce){.posts .changed{animation:none}}
@media (max-width:48rem){
body{grid-template-columns:minmax(0,1fr);grid-template-rows:auto minmax(0,1fr)}
nav{flex-direction:row;align-items:center;gap:.75rem;padding:.5rem 1rem;overflow-x:auto}
.workspace{min-height:0;padding:0;margin:0;flex:none}
.workspace span,nav h2,.hint{display:none}
nav ul{display:flex;gap:.25rem;flex:none;padding-right:1rem}
nav li a{max-width:12rem}
main{height:auto;min-height:0}
main>header{padding:.25rem 1rem;min-height:2.5rem}
.day{padding:.5rem 1rem}
}
`;

export const previewStyle = slackStyle + layout;

/** What Content-Security-Policy calls it. */
export const previewStyleSource = `'sha256-${createHash("sha256").update(previewStyle).digest("base64")}'`;
