import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Handlebars from "handlebars";
import { afterEach, beforeEach, expect, test } from "vitest";
import { draw } from "../../src/slack/draw.ts";
import { newDraft } from "../../src/templates/draft.ts";
import { createEngine } from "../../src/templates/engine.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { candidates, render } from "../../src/templates/templates.ts";
import { textsOf } from "../slack/hostile.ts";
import { events, mergeRequest, push } from "./events.ts";

const root = join(import.meta.dirname, "../..");
const templates = loadTemplates(join(root, "templates"));
const drawn = (message: Parameters<typeof draw>[0]): string => draw(message, { colour: false });

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "templates-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Loads templates from their texts by path. */
function load(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return loadTemplates(folder);
}

const title = (text: string) => render(templates, mergeRequest({ title: text })).message;

test("99: mentions in a title are shown, not obeyed, in text and blocks", () => {
  const hostile = "<!channel> <!here> <!everyone> <!subteam^S1> <@U1> <#C1>";
  const message = title(hostile);
  expect(drawn(message)).toContain(hostile);
  expect(JSON.stringify(message)).not.toMatch(/<[!@#]/);
});

test("100: a fake link, a script address and a styled name stay plain", () => {
  const message = title("<https://evil.tld|gitlab.com/login> [x](javascript:alert(1))");
  expect(JSON.stringify(message)).not.toMatch(/<https:\/\/evil|<javascript/);
  const named = render(templates, push({ actor: { name: "Approved ✅ *merged*", bot: false } })).message;
  expect(named.text).toContain("*Approved ✅ \u200b*\u200bmerged\u200b*\u200b* pushed");
  const scripted = render(templates, mergeRequest({ url: "javascript:alert(1)" })).message;
  expect(JSON.stringify(scripted)).not.toContain("javascript");
});

test("101: markers, fences, emoji and new lines restyle nothing and add no line", () => {
  const plainly = drawn(title("Fix")).split("\n").length;
  const message = title("`a` *b* _c_ ~d~ :tada:\n> quote\n```\nfence\n```\n\u2028x");
  expect(drawn(message).split("\n")).toHaveLength(plainly);
  expect(message.text).not.toMatch(/(?<!\u200b)[*_~`](?!\u200b|Alice| opened)|:tada:/);
});

test("102: only mrkdwn and plain text objects, links and mentions not looked for", () => {
  for (const event of Object.values(events))
    for (const block of render(templates, event).message.blocks) {
      expect(["section", "context"]).toContain(block.type);
      if (block.type === "section") expect(block.text).toMatchObject({ type: "mrkdwn", verbatim: true });
      if (block.type === "context") expect(block.elements).toMatchObject([{ type: "mrkdwn", verbatim: true }]);
    }
});

test("103: entities are escaped once and never decoded to a mention", () => {
  expect(title("&lt;!channel&gt;").text).toContain("&amp;lt;!channel&amp;gt;");
});

test("104: a title that looks like a template is a title", () => {
  expect(drawn(title("{{project.url}} {{#each this}}x{{/each}}"))).toContain(
    "{{project.url}} {{#each this}}x{{/each}}",
  );
});

test.each`
  source                                               | mistake
  ${"{{constructor}}"}                                 | ${"constructor is not allowed"}
  ${"{{project.constructor.name}}"}                    | ${"project.constructor.name is not allowed"}
  ${"{{__proto__.x}}"}                                 | ${"__proto__.x is not allowed"}
  ${"{{project.toString}}"}                            | ${"project.toString is not allowed"}
  ${"{{#if valueOf}}x{{/if}}"}                         | ${"valueOf is not allowed"}
  ${'{{#with (lookup this "constructor")}}x{{/with}}'} | ${"no helper lookup"}
  ${'{{lookup this "x"}}'}                             | ${"no helper lookup"}
  ${"{{log}}"}                                         | ${"log is not allowed"}
  ${'{{log "x"}}'}                                     | ${"no helper log"}
  ${"{{#each @root}}x{{/each}}"}                       | ${"@root is not to be had"}
  ${"{{@root.project.url}}"}                           | ${"@root.project.url is not to be had"}
  ${"{{@draft}}"}                                      | ${"@draft is not to be had"}
  ${"{{#each commits}}{{@../index}}{{/each}}"}         | ${"@../index is not to be had"}
  ${"{{@partial-block}}"}                              | ${"@partial-block is not to be had"}
  ${'{{> (lookup . "x")}}'}                            | ${"a partial is called by its name"}
  ${"{{> @partial-block}}"}                            | ${"a partial is called by its name"}
  ${"{{> nobody}}"}                                    | ${"no partial nobody"}
  ${"{{#> project}}x{{/project}}"}                     | ${"partial blocks are not allowed"}
  ${'{{#*inline "x"}}{{/inline}}'}                     | ${"inline partials are not allowed"}
  ${"{{*n}}"}                                          | ${"decorators are not allowed"}
  ${"{{{title}}}"}                                     | ${"{{{ }}} and {{& }} are not allowed"}
  ${"{{& title}}"}                                     | ${"{{{ }}} and {{& }} are not allowed"}
  ${"{{#commits}}x{{/commits}}"}                       | ${"no helper commits"}
  ${"{{#each commits as |commit|}}x{{/each}}"}         | ${"`as |name|` is not allowed"}
  ${'{{"text"}}'}                                      | ${"only values and helpers"}
  ${"{{nobody title}}"}                                | ${"no helper nobody"}
  ${"{{helperMissing title}}"}                         | ${"no helper helperMissing"}
  ${"{{#if title}}x"}                                  | ${"Expecting"}
`("105: $source is refused", ({ source, mistake }) => {
  expect(() => load({ "push.hbs": `\n\n${source}` })).toThrow(mistake);
  expect(() => load({ "push.hbs": `\n\n${source}` })).toThrow(/^push\.hbs:[34]: /m);
});

test("105: what only looks like a value finds nothing and fails to the next template", () => {
  for (const source of ["{{commits.map}}", "{{branch.length.toFixed}}", "{{project}}"]) {
    const rendered = render(load({ "push.hbs": source }), push());
    expect(rendered).toMatchObject({ used: "built-in", notice: expect.stringContaining("The template push failed") });
  }
});

test("106: a parsed template instead of a text is refused", () => {
  const tree: unknown = Handlebars.parse("{{title}}");
  const compile: (source: never) => unknown = createEngine(new Set()).compile;
  expect(() => compile(tree as never)).toThrow("a template is a text");
});

test.each`
  what                  | files                                                                                                                     | mistake
  ${"1 MB"}             | ${{ "push.hbs": "x".repeat(1_000_000) }}                                                                                  | ${"longer than 16384 bytes"}
  ${"deep blocks"}      | ${{ "push.hbs": "{{#if a}}".repeat(900) + "{{/if}}".repeat(900) }}                                                        | ${"nested deeper than 16"}
  ${"deep expressions"} | ${{ "push.hbs": `{{bold ${"(or a ".repeat(900)}${")".repeat(900)}}}` }}                                                   | ${"nested deeper than 16"}
  ${"many parts"}       | ${{ "push.hbs": "{{a}}".repeat(501) }}                                                                                    | ${"more than 500 parts"}
  ${"a partial in a"}   | ${{ "partials/a.hbs": "{{> b}}", "partials/b.hbs": "{{#if x}}{{> a}}{{/if}}" }}                                           | ${"the partial a calls itself: a > b > a"}
  ${"a billion laughs"} | ${{ "partials/a.hbs": "{{title}}".repeat(90), "partials/b.hbs": "{{> a}}".repeat(90), "push.hbs": "{{> b}}".repeat(90) }} | ${"more than 2000 parts"}
`("107: $what is refused at the start", ({ files, mistake }) => {
  expect(() => load(files)).toThrow(mistake);
});

test.each`
  what               | source                                                           | mistake
  ${"each in each"}  | ${"{{#each paths}}{{#each ../paths}}{{this}}{{/each}}{{/each}}"} | ${"more than 2,000 rounds"}
  ${"many calls"}    | ${`{{#each paths}}${"{{#if this}}{{/if}}".repeat(20)}{{/each}}`} | ${"more than 10,000 calls"}
  ${"long output"}   | ${`{{#each paths}}${"long ".repeat(20)}{{/each}}`}               | ${"more than 40 kB of output"}
  ${"much markdown"} | ${'{{#each paths}}{{markdown "*x*" 500}}{{/each}}'}              | ${"more than 10,000 calls"}
`("107: $what stops at its budget and the next template is used", ({ source, mistake }) => {
  const event = push({ paths: Array.from({ length: 1000 }, (_, index) => `src/${index}.ts`) });
  const rendered = render(load({ "push.update.hbs": source, "push.hbs": "{{branch}}" }), event);
  expect(rendered).toMatchObject({ used: "push", notice: `The template push.update failed: ${mistake}.` });
});

test("108: a template that throws hands over, at last to a line that needs no template", () => {
  const broken = load({
    "loud/push.hbs": "{{nothing}}",
    "push.update.hbs": "{{link url nothing}}",
    "push.hbs": "{{url.x.y}}",
  });
  const { message, used, notice } = render(broken, push(), { template: "loud" });
  expect(used).toBe("built-in");
  expect(notice).toBe(
    "The template loud/push failed: no value for nothing. The template push.update failed: no value for the label of link. The template push failed: no value for url.x.y.",
  );
  expect(drawn(message)).toMatch(/^push update: branch main <https:.*> in platform\/api <https:.*> by Alice Okafor$/);
  expect(message.text).toBe("push update: branch main in platform/api by Alice Okafor");
});

test("108: a notice never holds a value", () => {
  const secret = "glpat-SECRET";
  const sources = [
    "{{each.x}}",
    "{{branch.a}}",
    "{{#each branch}}{{/each}}",
    "{{truncate branch branch}}",
    "{{> x}}{{#fields}}{{#section}}a{{/section}}{{/fields}}",
  ];
  for (const source of sources) {
    const { notice } = render(load({ "push.hbs": source, "partials/x.hbs": "x" }), push({ branch: secret }));
    expect(notice).toMatch(/^The template push failed: /);
    expect(notice).not.toContain(secret);
  }
});

test("110: prototypes are never opened to templates", () => {
  const names = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  expect(names.length).toBeGreaterThan(20);
  for (const name of names)
    expect(readFileSync(join(root, "src", name), "utf8")).not.toMatch(
      /allowProto|allowedProto|allowCallsToHelperMissing/,
    );
});

test("names in an event that mean something to JavaScript are names", () => {
  const odd: object = JSON.parse('{"__proto__":{"kind":"theirs","x":"theirs"},"toString":"theirs","valueOf":{"a":1}}');
  const rendered = render(load({ "push.hbs": "{{kind}}{{#if x}} {{x}}{{/if}}" }), { ...push(), ...odd });
  expect(rendered).toMatchObject({ used: "push", message: { text: "push" } });
});

test("the global Handlebars keeps its escaping", () => {
  expect(Handlebars.compile("{{x}}")({ x: "<b>'" })).toBe("&lt;b&gt;&#x27;");
});

test("a rule's template goes first, then the event's own", () => {
  expect(candidates({ kind: "push", action: "create" }, "loud")).toEqual([
    "loud/push.create",
    "loud/push",
    "loud",
    "push.create",
    "push",
  ]);
  const own = load({ "loud.hbs": "LOUD {{key}}", "loud/push.hbs": "loud push", "push.hbs": "push" });
  expect(render(own, push(), { template: "loud" })).toMatchObject({
    used: "loud/push",
    message: { text: "loud push" },
  });
  expect(render(own, mergeRequest(), { template: "loud" })).toMatchObject({
    used: "loud",
    message: { text: "LOUD !128" },
  });
  expect(render(own, push(), { template: "gone" })).toMatchObject({
    used: "push",
    notice: "There is no template gone for push.",
  });
  expect(render(own, push())).toEqual({ used: "push", message: expect.anything() });
});

test("a view has templates like an event, and a preset's own folder goes before what is taken from the others", () => {
  expect(candidates({ kind: "merge_request", action: "card" }, "compact")).toEqual([
    "compact/merge_request.card",
    "compact/merge_request",
    "compact",
    "merge_request.card",
    "merge_request",
  ]);
  const two =
    "{{#section}}head {{preset}}\nmore{{/section}}{{#context}}grey\ndots{{/context}}{{#section}}end{{/section}}";
  const own = load({ "push.hbs": two, "compact/push.hbs": two, "mine.hbs": two });
  const said = (template?: string) => drawn(render(own, push(), { template }).message);
  expect(said()).toBe("head full\nmore\n  grey  ·  dots\nend");
  expect(said("full")).toBe(said());
  expect(said("mine")).toBe(said());
  expect(said("compact")).toBe("head compact\nmore\n  grey  ·  dots\nend");
  expect(said("one-line")).toBe("head one-line");
  rmSync(join(folder, "compact"), { recursive: true });
  const without = loadTemplates(folder);
  expect(drawn(render(without, push(), { template: "compact" }).message)).toBe("head compact\n  grey  ·  dots");
  expect(render(without, push(), { template: "one-line" }).message).toEqual({
    text: "head one-line",
    blocks: [{ type: "section", text: { type: "mrkdwn", text: "head one-line", verbatim: true } }],
  });
});

test("what a preset leaves is never long, and a template without a headline is left as it is", () => {
  const long = load({
    "push.hbs":
      "{{#section}}{{#each paths}}{{this}} {{/each}}{{/section}}{{#context}}{{#each paths}}{{link ../url this}} {{/each}}{{/context}}",
  });
  const paths = Array.from({ length: 200 }, (_, index) => `src/<${index}>.ts`);
  const { blocks } = render(long, push({ paths, url: "https://a.example/" }), { template: "compact" }).message;
  expect(blocks).toHaveLength(2);
  for (const text of blocks.flatMap(textsOf)) {
    const shown = text.replace(/<[^|]+\|([^>]+)>/g, "$1").replace(/&\w+;/g, "&");
    expect(shown.length).toBeLessThanOrEqual(300);
    expect(shown).toMatch(/…$/);
  }
  const grey = load({ "push.hbs": "{{#context}}one{{/context}}{{#context}}two{{/context}}" });
  expect(drawn(render(grey, push(), { template: "one-line" }).message)).toBe("  one\n  two");
});

test("a reply knows that it is one, everything else that it is none", () => {
  const own = load({ "push.hbs": "{{#if thread}}reply{{else}}news{{/if}} {{thread}}" });
  expect(render(own, push(), { thread: true }).message.text).toBe("reply true");
  expect(render(own, push()).message.text).toBe("news false");
});

test.each`
  source                                                                               | colour
  ${'{{color "failed"}}x'}                                                             | ${"#dd2b0e"}
  ${'{{color "success"}}x'}                                                            | ${"#2da160"}
  ${'{{color "merged"}}x'}                                                             | ${"#2da160"}
  ${'{{color "running"}}x'}                                                            | ${"#1f75cb"}
  ${'{{color "blocked"}}x'}                                                            | ${"#d99530"}
  ${'{{color "closed"}}x'}                                                             | ${"#89888d"}
  ${'{{color "toString"}}x'}                                                           | ${"#89888d"}
  ${'{{color "failed"}}{{#if nothing}}{{color "success"}}{{/if}}{{color "running"}}x'} | ${"#1f75cb"}
  ${"x"}                                                                               | ${undefined}
`("$source is $colour", ({ source, colour }) => {
  const { message, notice } = render(load({ "push.hbs": source }), push());
  expect(notice).toBeUndefined();
  expect(message.color).toBe(colour);
  expect(message.text).toBe("x");
});

test("behind the headline stands what else matters, only where nothing else is said", () => {
  const own = load({
    "push.hbs":
      "{{#section}}head{{#alone}}\n  one\n{{#if nothing}}x{{/if}}\n  by {{actor.name}}\n{{/alone}}\nmore{{/section}}",
  });
  const said = (template?: string) => render(own, push(), { template }).message.text;
  expect(said("one-line")).toBe("head · one · by Alice Okafor");
  expect(said("compact")).toBe("head");
  expect(said()).toBe("head\nmore");
});

test.each`
  text                                | source                                       | said
  ${"a\n\nb\n\nc"}                    | ${"{{markdown branch 99 lines=2}}"}          | ${"a\n\nb\n…"}
  ${"a\n\nb"}                         | ${"{{markdown branch 99 lines=2 more=url}}"} | ${"a\n\nb"}
  ${"a\nb\nc"}                        | ${"{{markdown branch 99 lines=2 more=url}}"} | ${"a\nb\n… more <https://a.example/>"}
  ${"long ".repeat(40)}               | ${"{{markdown branch 20 more=url}}"}         | ${/^long.*… more <https:..a.example.>$/}
  ${"long ".repeat(40)}               | ${"{{markdown branch 20 more=nothing}}"}     | ${/^[^<]*…$/}
  ${"```\na\nb\nc\n```"}              | ${"{{markdown branch 99 lines=2}}"}          | ${"```\na\n…\n```"}
  ${"[a](https://b.example) \n\n- b"} | ${"{{excerpt branch 99}}"}                   | ${"a • b"}
  ${"<!channel> ```\nx\n```"}         | ${"{{excerpt branch 99}}"}                   | ${"<!channel> x"}
  ${"> a > b\n> c"}                   | ${"{{excerpt branch 99}}"}                   | ${"a > b c"}
  ${"2026-11-03T09:12:44Z"}           | ${"{{time branch}}"}                         | ${"3 Nov, 09:12 UTC"}
  ${"soon"}                           | ${"{{time branch}}"}                         | ${"soon"}
`("$source of $text", ({ text, source, said }) => {
  const own = load({ "push.hbs": `{{#section}}${source}{{/section}}` });
  const { message, notice } = render(own, push({ branch: text, url: "https://a.example/" }));
  expect(notice).toBeUndefined();
  if (said instanceof RegExp) expect(drawn(message)).toMatch(said);
  else expect(drawn(message)).toBe(said);
});

test("items with a value stand ahead of the others, each part in its order", () => {
  const titled = (...titles: string[]) => titles.map((title, index) => ({ id: String(index), title }));
  const own = load({ "push.hbs": '{{#each (ahead commits title="bad")}}{{id}}{{/each}}' });
  expect(render(own, push({ commits: titled("good", "bad", "good", "bad") })).message.text).toBe("1302");
});

test("every block helper makes its block, in the order of the template, with free words between", () => {
  const source = `
    {{#section}}
      first   {{code branch}}

    {{/section}}
    free {{branch}}
    {{#fields}}{{#field "Branch"}}{{branch}}{{/field}}{{#field "Tag"}}{{/field}}{{/fields}}
    {{#context}}
      {{#if before}}a{{/if}}
      {{#if nothing}}b{{/if}}
      <c> & d
    {{/context}}
    {{#actions}}{{button "Open" url style="primary"}}{{button "Gone" nothing}}{{/actions}}
    {{#actions}}{{/actions}}{{#section}}{{#if nothing}}x{{/if}}{{/section}}
    {{#text}}said {{link url "aloud"}}{{/text}}`;
  const { message, notice } = render(load({ "push.hbs": source }), push({ branch: "main", url: "https://a.example/" }));
  const mrkdwn = (text: string) => ({ type: "mrkdwn", text, verbatim: true });
  expect(notice).toBeUndefined();
  expect(message).toEqual({
    text: "said aloud",
    blocks: [
      { type: "section", text: mrkdwn("first `main`") },
      { type: "section", text: mrkdwn("free main") },
      { type: "section", fields: [mrkdwn("*Branch*\nmain")] },
      { type: "context", elements: [mrkdwn("a  ·  &lt;c&gt; &amp; d")] },
      {
        type: "actions",
        elements: [
          { type: "button", text: { type: "plain_text", text: "Open" }, url: "https://a.example/", style: "primary" },
        ],
      },
    ],
  });
});

test.each`
  source                                                                                                        | said
  ${'{{plural commitCount "commit"}} {{plural 2 "branch"}}'}                                                    | ${"1 commit 2 branches"}
  ${"{{duration 45}} {{duration 125}} {{duration 120}} {{duration 3780}} {{duration 3600}} {{duration 0.2}}"}   | ${"45s 2m 5s 2m 1h 3m 1h 0s"}
  ${'{{status "failed"}}, {{verb "blocked"}}, {{status "odd_one"}}'}                                            | ${"❌ failed, is waiting for approval, ▫️ odd one"}
  ${'{{short "0123456789abcdef"}}{{concat "!" 12}}'}                                                            | ${"01234567!12"}
  ${'{{truncate branch 3}} {{bold ""}}{{bold branch}}'}                                                         | ${"ma… *main*"}
  ${"{{list paths}} {{list paths limit=1}}"}                                                                    | ${"a.ts, b.ts, c.ts and 1 more a.ts and 3 more"}
  ${"{{#each paths limit=2 newest=true}}{{@index}}{{this}} {{/each}}{{#more paths limit=2}}+{{this}}{{/more}}"} | ${"0d.ts 1c.ts +2"}
  ${'{{#if (and branch (has paths "a.ts"))}}yes{{else}}no{{/if}}{{#unless (eq branch "main")}}x{{/unless}}'}    | ${"yes"}
  ${"{{or nothing branch}} {{#with actor}}{{name}} in {{../branch}}{{/with}}"}                                  | ${"main Alice Okafor in main"}
  ${'{{bold (link "https://a.example/" branch)}} {{link "https://a.example/" (bold branch)}}'}                  | ${"*main* *main*"}
`("$source", ({ source, said }) => {
  const { message, notice } = render(load({ "push.hbs": source }), push({ paths: ["a.ts", "b.ts", "c.ts", "d.ts"] }));
  expect(notice).toBeUndefined();
  expect(message.text).toBe(said);
});

test("a private draft is all that a template shares with the next one", () => {
  const run = load({ "push.hbs": "{{#section}}x{{/section}}" }).get("push");
  const drafts = [newDraft(), newDraft()];
  for (const draft of drafts) run?.({}, draft);
  expect(drafts.map(({ blocks }) => blocks.length)).toEqual([1, 1]);
});
