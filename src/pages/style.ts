import { createHash } from "node:crypto";
import { colourStyle } from "./colours.ts";

const page = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);
  font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,Inter,"Helvetica Neue",sans-serif;overflow-wrap:break-word}
.wrap{max-width:68rem;margin:0 auto;padding:0 1.5rem}
a{color:var(--accent);text-underline-offset:.2em;text-decoration-thickness:.08em}
a:hover{text-decoration-thickness:.14em}
a:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:.25rem}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;background:var(--panel);padding:.5rem 1rem;z-index:1}
h1,h2,h3{line-height:1.15;letter-spacing:-.02em;margin:0;text-wrap:balance}
h1{font-size:clamp(2.1rem,1.4rem + 3vw,3.25rem);font-weight:700}
h2{font-size:1.6rem;font-weight:650}
h3{font-size:1.0625rem;font-weight:650;letter-spacing:-.005em;line-height:1.4}
p{margin:0;text-wrap:pretty}
code{font:.9em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;background:var(--code-ground);
  padding:.12em .4em;border-radius:.35em;overflow-wrap:anywhere;
  -webkit-box-decoration-break:clone;box-decoration-break:clone}
.quiet{color:var(--quiet)}
.top{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding-top:1.25rem;padding-bottom:1.25rem}
.brand{display:inline-flex;align-items:center;gap:.6rem;font-weight:700;font-size:1.125rem;letter-spacing:-.01em;
  color:var(--ink);text-decoration:none}
.brand svg{width:1.75rem;height:1.75rem;color:var(--accent)}
.links{display:flex;gap:1.25rem;list-style:none;margin:0;padding:0;font-size:.95rem}
.links a{color:var(--quiet);text-decoration:none;padding:.4rem 0}
.links a:hover,.links a[aria-current]{color:var(--ink);text-decoration:underline}
.bottom{border-top:1px solid var(--line);margin-top:5rem;padding-top:1.5rem;padding-bottom:2.5rem;display:flex;
  flex-wrap:wrap;justify-content:space-between;gap:.75rem 2rem;font-size:.95rem;color:var(--quiet)}
.button{display:inline-block;background:var(--button);color:var(--on-button);font-weight:600;text-decoration:none;
  padding:.8rem 1.5rem;border-radius:.6rem}
.button:hover{text-decoration:underline}
`;

const landing = `
.hero{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:3.5rem;align-items:center;
  padding-top:2.5rem;padding-bottom:4.5rem}
.hero>div{display:grid;gap:1.5rem;justify-items:start}
.lead{font-size:1.1875rem;line-height:1.55;color:var(--quiet);max-width:34rem}
.act{display:flex;flex-wrap:wrap;align-items:center;gap:1rem 1.5rem}
.part{padding-top:3rem;display:grid;gap:1.75rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1.25rem;list-style:none;
  margin:0;padding:0;counter-reset:step}
.cards>li{background:var(--panel);border:1px solid var(--line);border-radius:.9rem;padding:1.5rem;display:grid;gap:.5rem;
  align-content:start}
.steps>li{counter-increment:step}
.steps>li::before{content:counter(step);font-weight:700;font-size:.9rem;width:1.9rem;height:1.9rem;border-radius:50%;
  display:grid;place-items:center;color:var(--accent);border:1.5px solid var(--accent);margin-bottom:.35rem}
.points{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1.75rem 2.5rem;
  list-style:none;margin:0;padding:0}
.points>li{display:grid;gap:.35rem;align-content:start;border-top:2px solid var(--line);padding-top:.9rem}
.cards p,.points p{color:var(--quiet);font-size:1rem;line-height:1.55}
.cards code,.points code{color:var(--ink)}
.lines{margin:0;display:grid;border:1px solid var(--line);border-radius:.9rem;background:var(--panel);overflow:hidden}
.lines>div{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:.25rem 2rem;padding:.9rem 1.5rem;
  align-items:center}
.lines>div+div{border-top:1px solid var(--line)}
.lines dt code{background:none;padding:0}
.lines dd{margin:0;color:var(--quiet);font-size:1rem;line-height:1.5}
@media (max-width:56rem){.hero{grid-template-columns:minmax(0,1fr);gap:2.5rem;padding-top:1.5rem;padding-bottom:2.5rem}}
@media (max-width:40rem){.lines>div{grid-template-columns:minmax(0,1fr)}.wrap{padding-left:1.15rem;padding-right:1.15rem}}
`;

const reading = `
.text{max-width:42rem;padding-top:2rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1.1rem}
.text h1{font-size:clamp(1.9rem,1.4rem + 2vw,2.5rem);margin-bottom:.25rem}
.text h2{font-size:1.3rem;margin-top:1.5rem}
.text ul,.text ol{margin:0;padding-left:1.3rem;display:grid;gap:.5rem}
.text .lead{max-width:none}
.text .lines>div{grid-template-columns:repeat(2,minmax(0,1fr))}
@media (max-width:40rem){.text .lines>div{grid-template-columns:minmax(0,1fr)}}
`;

const slack = `
.slack{margin:0;background:var(--slack-ground);color:var(--slack-ink);border:1px solid var(--slack-line);
  border-radius:.9rem;box-shadow:0 1px 2px rgb(0 0 0/.05),0 18px 40px -18px rgb(0 0 0/.28);overflow:hidden;
  font:.9375rem/1.47 Lato,"Slack-Lato",system-ui,-apple-system,"Segoe UI",Roboto,Inter,sans-serif;width:100%}
.slack figcaption{padding:.75rem 1.15rem;border-bottom:1px solid var(--slack-line);font-weight:700}
.slack figcaption span{color:var(--slack-quiet);font-weight:400}
.slack ol{list-style:none;margin:0;padding:.6rem 0}
.slack li{display:grid;grid-template-columns:2.25rem minmax(0,1fr);gap:0 .65rem;padding:.5rem 1.15rem}
.slack li>svg{width:2.25rem;height:2.25rem;padding:.35rem;border-radius:.3rem;background:#1f2937;color:#f0c088}
.slack .by{font-weight:700;line-height:1.3}
.slack .by span{font-weight:400;font-size:.75rem;color:var(--slack-quiet);margin-left:.4rem}
.slack .by .app{font-size:.625rem;font-weight:700;border-radius:.15rem;padding:.08rem .2rem;vertical-align:.1em;
  border:1px solid var(--slack-line)}
.slack p{overflow-wrap:anywhere;text-wrap:wrap}
.slack b{font-weight:700}
.slack i{font-style:normal;color:var(--slack-link)}
.slack code{font-size:.8em;background:var(--slack-code-ground);color:var(--slack-code);padding:.1em .25em;
  border:1px solid var(--slack-line);border-radius:.2rem}
.slack small{display:block;font-size:.8125rem;color:var(--slack-quiet);overflow-wrap:anywhere;padding-top:.1rem}
.slack small i{color:inherit;text-decoration:underline;text-underline-offset:.15em}
.slack .type{margin:0 1.15rem 1.15rem;padding:.6rem .8rem;border:1px solid var(--slack-quiet);border-radius:.5rem}
`;

/** The style of all pages: they load nothing. */
export const style = colourStyle + page + landing + reading + slack;

/** What Content-Security-Policy calls the style. https://www.w3.org/TR/CSP3/#grammardef-hash-source */
export const styleSource = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;
