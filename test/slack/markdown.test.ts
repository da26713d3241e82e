import fc from "fast-check";
import { slackifyMarkdown } from "slackify-markdown";
import { expect, test } from "vitest";
import { isPlain, toMrkdwn } from "../../src/slack/markdown.ts";
import { expectInert, hostile } from "./hostile.ts";

const shown = (markdown: string, limit = 500): string => toMrkdwn(markdown, limit).replaceAll("\u200b", "");

test.each`
  markdown                                               | mrkdwn
  ${"# Title"}                                           | ${"*Title*"}
  ${"**bold** and *it* and ~~no~~"}                      | ${"*bold* and _it_ and ~no~"}
  ${"- [ ] a\n- [x] b"}                                  | ${"•   ☐ a\n•   ☑ b"}
  ${"[a](https://x.example/?a=1&b=2)"}                   | ${"<https://x.example/?a=1&amp;b=2|a>"}
  ${"![plan](https://x.example/a.png){width=50}"}        | ${"<https://x.example/a.png|plan>"}
  ${"![plan](/uploads/a.png)"}                           | ${"plan"}
  ${"a <!-- hidden\nstill --> b"}                        | ${"a  b"}
  ${"a <!-- never closed"}                               | ${"a"}
  ${"Done\n\n/assign @bob\n/label ~bug"}                 | ${"Done"}
  ${"<details><summary>More</summary>\n\nx\n</details>"} | ${"More\n\nx"}
  ${"`a <b> &amp;`"}                                     | ${"`a &lt;b&gt; &amp;amp;`"}
  ${"```ruby\n<b>\n  x\n```"}                            | ${"```\n&lt;b&gt;\n  x\n```"}
  ${"> said <!here>"}                                    | ${"> said &lt;!here&gt;"}
  ${"<!channel> <@U1> <#C1> <!subteam^S1>"}              | ${"&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt; &lt;!subteam^S1&gt;"}
  ${"&lt;!channel&gt; &#60;@U1&#62;"}                    | ${"&lt;!channel&gt; &amp;#60;@U1&amp;#62;"}
  ${"[x](javascript:alert(1)) <javascript:alert(1)|y>"}  | ${"x &lt;javascript:alert(1)|y&gt;"}
  ${"[gitlab.com](https://gitlab.com@evil.example/)"}    | ${"gitlab.com"}
  ${"[<@U1>](https://x.example/)"}                       | ${"<https://x.example/|&lt;@U1&gt;>"}
  ${"[x](https://x.example/%E0%A4%A)"}                   | ${"[x](https://x.example/%E0%A4%A)"}
`("$markdown", ({ markdown, mrkdwn }) => {
  expect(shown(markdown)).toBe(mrkdwn);
});

/** What plain prose is made of, and what is nearly plain: the beginnings of lists, headings, addresses, breaks. */
const pieces = [
  ..."aWé字ß1٣ \n,.;:?!'\"()%/-",
  ...["the", "word", "and/or", "1.2.3", "well-known", "don't", "e.g. this", ", ", ". ", ".\n", "\n\n", ": "],
  ...[
    "www",
    "www.x.de",
    "http",
    "https",
    "//",
    "mailto:",
    "x.de",
    "- ",
    "1. ",
    "a) ",
    "---",
    "...",
    "&",
    "*",
    "_",
    "#",
  ],
];
const nearlyPlain = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 40 }).map((parts) => parts.join("")),
  fc.array(fc.constantFrom(...pieces.slice(0, 30)), { maxLength: 30 }).map((parts) => `A${parts.join("")}.`),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);

test("what is taken for plain is what the converter leaves as it is", () => {
  fc.assert(
    fc.property(nearlyPlain.filter(isPlain), (text) => {
      expect(slackifyMarkdown(text).trim()).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test.each`
  text                                                  | plain
  ${"Fixes the login, see the e.g. 2.0 branch (again)"} | ${true}
  ${"One line.\nAnother: it's well-known.\n\nEnd"}      | ${true}
  ${"- one"}                                            | ${false}
  ${"1. one"}                                           | ${false}
  ${"Title\n---"}                                       | ${false}
  ${"    code"}                                         | ${false}
  ${"break  \nhere"}                                    | ${false}
  ${"see www.x.example"}                                | ${false}
  ${"see https://x.example"}                            | ${false}
  ${"a_b_c"}                                            | ${false}
  ${"bob@x.example"}                                    | ${false}
  ${"a\\b"}                                             | ${false}
  ${"fish & chips"}                                     | ${false}
`("$text is plain: $plain", ({ text, plain }) => expect(isPlain(text)).toBe(plain));

test("the limit counts what is shown, not addresses", () => {
  const line = "- Fix ([!1](https://gitlab.acme.io/platform/api/-/merge_requests/1))\n";
  expect(shown(line.repeat(9), 500).match(/<https/g)).toHaveLength(9);
  expect(shown("word ".repeat(400), 100)).toMatch(/^(?:word ){10,20}\s?\S*…$/);
});

test("nested and open markers are flattened before the converter sees them", () => {
  for (const knot of [">", "1. ", "- ", "*a_", "[", "> - "]) {
    const made = toMrkdwn(knot.repeat(20_000), 1000);
    expectInert(made.replace(/^(?:> ?)+/gm, ""));
    expect(made.length).toBeLessThan(1100);
  }
});

test("hostile markdown never becomes markup that is not ours", () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 10, max: 300 }), (markdown, limit) => {
      expectInert(toMrkdwn(markdown, limit).replace(/^\s*(?:[•\d.)*-]*[ \t]*>[ \t]?)+/gm, ""));
    }),
    { numRuns: 1500 },
  );
});
