import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Html, html, markupOf } from "../../src/pages/html.ts";
import { emojiNamed } from "../../src/pages/slack-emoji.ts";
import { drawMrkdwn, drawPlain, safeAddress } from "../../src/pages/slack-text.ts";
import { toMrkdwn } from "../../src/slack/markdown.ts";
import { inline, link } from "../../src/slack/text.ts";

const drawn = (made: Html) => markupOf(html`${made}`);
const decoded = (text: string) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? "");
const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
const emoji = (sign: string) => `<span class="emoji">${sign}</span>`;
const anchor = (url: string, label: string) => `<a href="${url}" target="_blank" rel="noreferrer">${label}</a>`;

describe("mrkdwn", () => {
  test.each([
    ["*bold* and _italic_ and ~struck~", "<b>bold</b> and <i>italic</i> and <s>struck</s>"],
    ["*bold _both_*", "<b>bold <i>both</i></b>"],
    ["*<https://a.b/|link>*", `<b>${anchor("https://a.b/", "link")}</b>`],
    ["_`code`_", "<i><code>code</code></i>"],
    ["snake_case_name, 2*3*4, a * b * c", "snake_case_name, 2*3*4, a * b * c"],
    ["*no\nbold*", "*no\nbold*"],
    ["`*code* _&lt;b&gt;_ :tada:`", "<code>*code* _&lt;b&gt;_ :tada:</code>"],
    ["a ``` b *c*\n d ``` e", "a <pre> b *c*\n d </pre> e"],
    ["unclosed ``` fence", "unclosed ``` fence"],
    ["&gt; one\n&gt; two\nthree", "<blockquote>one\ntwo</blockquote>three"],
    ["> raw", "<blockquote>raw</blockquote>"],
    ["• one\n• two", "• one\n• two"],
    ["&amp;lt; &lt;b&gt; &amp;", "&amp;lt; &lt;b&gt; &amp;"],
    ["<https://a.b/?x=1&amp;y=2|a &amp; b>", anchor("https://a.b/?x=1&amp;y=2", "a &amp; b")],
    ["<https://a.b/>", anchor("https://a.b/", "https://a.b/")],
    ["<mailto:a@b.c|write>", anchor("mailto:a@b.c", "write")],
    ["<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"],
    ["<data:text/html,x>", "&lt;data:text/html,x&gt;"],
    ["<https://user@evil.tld/|gitlab.com>", "&lt;https://user@evil.tld/|gitlab.com&gt;"],
    [
      "<@U123> <#C1|api> <!here>",
      '<span class="mention">@U123</span> <span class="mention">#api</span> <span class="mention">@here</span>',
    ],
    [":tada: 🚀 :no_such_emoji: 10:30:45", `${emoji("🎉")} ${emoji("🚀")} :no_such_emoji: 10:30:45`],
    [":wave::skin-tone-4:", emoji("👋🏽")],
    ["👩‍💻 ⏭️ 1 © #", `${emoji("👩‍💻")} ${emoji("⏭️")} 1 © #`],
    ["\uFDD00\uFDD1 `a`", "0 <code>a</code>"],
    ["", ""],
  ])("%j", (mrkdwn, expected) => {
    expect(drawn(drawMrkdwn(mrkdwn))).toBe(expected);
  });

  test("what was made inert is shown as it was written, whatever it is", () => {
    const written = "*b* _i_ ~s~ `c` :tada: <b> & <@U1> **x** ```";
    expect(decoded(drawn(drawMrkdwn(inline(written))))).toBe(written);
    const url = "https://a.b/";
    expect(drawn(drawMrkdwn(`*${inline("a *b")}* ${link(url, "*x* :tada:")}`))).toBe(
      `<b>a *b</b> ${anchor(url, "*x* :tada:")}`,
    );
  });

  test("inert text is drawn as its characters, for any text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = inline(text);
        const words = decoded(drawn(drawMrkdwn(shown)).replace(/<\/?span[^>]*>/g, ""));
        expect(words).toBe(decoded(shown.replaceAll("\u200B", "")));
      }),
    );
  });

  test("a description in markdown keeps its form", () => {
    const shown = drawn(
      drawMrkdwn(toMrkdwn("## Why\n\n> said\n\n- **one**\n- [two](https://a.b)\n\n```\nx < 1\n```", 500)),
    );
    expect(shown).toContain("<b>Why</b>");
    expect(shown).toContain("<blockquote>said</blockquote>");
    expect(shown).toContain("<b>one</b>");
    expect(shown).toContain("<pre>x &lt; 1</pre>");
    expect(shown).toContain('<a href="https://a.b/"');
  });
});

/** Texts that want out: tags, quotes, halves of our own marks, and anything else. */
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        ...["<", ">", "|", '"', "'", "&", "&lt;", "&gt;", "&amp;", "*", "_", "~", "`", "```", "\n", " ", ":", ":tada:"],
        ...["\u200B", "\uFDD0", "\uFDD1", "\uFDD00\uFDD1", "0", "a", "https://a.b/", "javascript:alert(1)", "data:,x"],
        ...[
          "<script>",
          "</style>",
          "<img src=x onerror=alert(1)>",
          " onload=",
          "@U1",
          "!here",
          "#C1",
          "mailto:",
          "//x",
        ],
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join("")),
);

const ours =
  /<(?:\/?(?:b|i|s|code|pre|blockquote|a|span)|span class="(?:emoji|mention)"|a href="(?:https?:\/\/|mailto:)[^"<>']*" target="_blank" rel="noreferrer")>/g;

test("nothing but our own elements, all of them closed, and links only to http, https and mailto", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const made of [drawn(drawMrkdwn(text)), drawn(drawPlain(text))]) {
        expect(made.replace(ours, "")).not.toMatch(/[<>"']/);
        const open: string[] = [];
        for (const [, end, name = ""] of made.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
          if (end) expect(open.pop()).toBe(name);
          else open.push(name);
        }
        expect(open).toEqual([]);
        // Links in links would end the outer one.
        expect(made).not.toMatch(/<a [^>]*>(?:(?!<\/a>).)*<a /s);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("plain text has no markup and no entities", () => {
  expect(drawn(drawPlain("*a* &lt; <https://a.b> :tada:"))).toBe(`*a* &amp;lt; &lt;https://a.b&gt; ${emoji("🎉")}`);
});

test.each([
  ["https://a.b/c?d=e#f", "https://a.b/c?d=e#f"],
  ["HTTP://A.B", "http://a.b/"],
  ["mailto:a@b.c", "mailto:a@b.c"],
  ["\u0001javascript:alert(1)", undefined],
  ["java\nscript:alert(1)", undefined],
  ["//evil.tld", undefined],
  ["/relative", undefined],
  ["file:///etc/passwd", undefined],
  ["slack://open", undefined],
  ["https://a:b@c.d", undefined],
  ["", undefined],
])("the address %j is %j", (text, address) => {
  expect(safeAddress(text)).toBe(address);
});

test("the table of emoji has a sign for each name", () => {
  expect(emojiNamed("+1")).toBe("👍");
  expect(emojiNamed("superhero")).toBe("🦸");
  expect(emojiNamed("point_up", 2)).toBe("☝🏻");
  expect(emojiNamed("toString")).toBeUndefined();
  for (const name of ["thumbsup", "tada", "rocket", "heart", "eyes", "white_check_mark", "pirate_flag", "zombie"])
    expect(emojiNamed(name), name).toMatch(/^\p{RGI_Emoji}$/v);
});
