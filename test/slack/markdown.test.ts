import fc from "fast-check";
import { expect, test } from "vitest";
import { toMrkdwn } from "../../src/slack/markdown.ts";
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
