import fc from "fast-check";
import { expect, test } from "vitest";
import {
  clip,
  code,
  cut,
  defuse,
  escapeText,
  href,
  inline,
  link,
  visible,
  withoutLinks,
} from "../../src/slack/text.ts";
import { expectInert, hostile, ourLinks } from "./hostile.ts";

test.each`
  given                                             | shown
  ${"Fix login"}                                    | ${"Fix login"}
  ${"<!channel> <!here> <!subteam^S1> <@U1> <#C1>"} | ${"&lt;!channel&gt; &lt;!here&gt; &lt;!subteam^S1&gt; &lt;@U1&gt; &lt;#C1&gt;"}
  ${"<https://evil.example|gitlab.com/login>"}      | ${"&lt;https://evil.example|gitlab.com/login&gt;"}
  ${"&lt;!channel&gt;"}                             | ${"&amp;lt;!channel&amp;gt;"}
  ${"*bold* _it_ ~no~"}                             | ${"\u200b*\u200bbold\u200b*\u200b \u200b_\u200bit\u200b_\u200b \u200b~\u200bno\u200b~\u200b"}
  ${"```x```"}                                      | ${"\u200b`\u200b".repeat(3).concat("x", "\u200b`\u200b".repeat(3))}
  ${":white_check_mark: ok"}                        | ${":\u200bwhite\u200b_\u200bcheck\u200b_\u200bmark: ok"}
  ${"> quote"}                                      | ${"\u200b&gt; quote"}
  ${"one\n> two\r\nthree"}                          | ${"one &gt; two three"}
  ${"evil\u202egnp.exe"}                            | ${"evilgnp.exe"}
  ${"a\u200bb\u0007c\ufeffd\u001b[31m"}             | ${"abcd[31m"}
  ${"a\ud800b"}                                     | ${"ab"}
  ${`e${"\u0301".repeat(50)}!`}                     | ${`e${"\u0301".repeat(4)}!`}
  ${"👩‍💻 works"}                                     | ${"👩‍💻 works"}
  ${"a\u200db"}                                     | ${"ab"}
`("inline shows $given as it is", ({ given, shown }) => {
  expect(inline(given)).toBe(shown);
});

test("escapeText keeps lines and markers", () => {
  expect(escapeText("*a* <b>\n&")).toBe("*a* &lt;b&gt;\n&amp;");
});

test.each`
  url                                        | label        | made
  ${"https://gitlab.acme.io/a?b=1&c=2"}      | ${"!1 Fix"}  | ${"<https://gitlab.acme.io/a?b=1&amp;c=2|!1 Fix>"}
  ${"http://127.0.0.1:3005/a"}               | ${"a|b"}     | ${"<http://127.0.0.1:3005/a|a¦b>"}
  ${"https://a.example/x|y>z <w"}            | ${"a"}       | ${"<https://a.example/x%7Cy%3Ez%20%3Cw|a>"}
  ${"https://a.example/"}                    | ${"<!here>"} | ${"<https://a.example/|&lt;!here&gt;>"}
  ${"javascript:alert(1)"}                   | ${"click"}   | ${"click"}
  ${"slack://open"}                          | ${"click"}   | ${"click"}
  ${"https://gitlab.com@evil.example/login"} | ${"click"}   | ${"click"}
  ${"https://u:p@evil.example/"}             | ${"click"}   | ${"click"}
  ${"not a url"}                             | ${"click"}   | ${"click"}
  ${`https://a.example/${"x".repeat(3000)}`} | ${"click"}   | ${"click"}
  ${undefined}                               | ${"click"}   | ${"click"}
  ${"https://a.example/"}                    | ${" "}       | ${""}
`("link($url, $label)", ({ url, label, made }) => {
  expect(link(url, label)).toBe(made);
});

test("code is one line without backticks", () => {
  expect(code("a `b`\n<c>")).toBe("`a ˋbˋ &lt;c&gt;`");
  expect(code(" \u200b ")).toBe("");
});

test("clip counts code points and leaves no mark behind", () => {
  expect(clip("short", 5)).toBe("short");
  expect(clip("longer", 5)).toBe("long…");
  expect(clip("😀😀😀", 3)).toBe("😀😀😀");
  expect(clip("😀😀😀", 2)).toBe("😀…");
  expect(clip("ab é", 3)).toBe("ab…");
});

test("cut keeps entities, links and pairs whole and closes code", () => {
  expect(cut(`${"a".repeat(15)}&amp;bbbbbbbb`, 24)).toBe(`${"a".repeat(15)}…`);
  expect(cut("see <https://a.example/|the page of the thing> now", 30)).toBe("see…");
  expect(cut(`\`${"c".repeat(40)}\``, 20)).toBe(`\`${"c".repeat(14)}…\``);
  expect(cut(`\`\`\`\n${"c".repeat(40)}\n\`\`\``, 20)).toMatch(/^```\nc+…\n```$/);
});

test("withoutLinks and defuse leave links or labels, never anything else", () => {
  expect(withoutLinks("a <https://a.example/|b> <https://c.example/>")).toBe("a b https://c.example/");
  expect(defuse("<!channel> <https://a.example/|b> <@U1>")).toBe("&lt;!channel> <https://a.example/|b> &lt;@U1>");
});

test("hostile text is inert, whatever makes it", () => {
  fc.assert(
    fc.property(hostile, fc.oneof(hostile, fc.webUrl()), fc.integer({ min: 6, max: 80 }), (text, url, limit) => {
      const made = [inline(text), link(url, text), code(text), inline(clip(text, limit)), escapeText(text)];
      for (const mrkdwn of made) expectInert(mrkdwn);
      const short = cut(made.join(" "), limit);
      expectInert(short);
      expect(short.length).toBeLessThanOrEqual(limit);
      expect(inline(text)).not.toMatch(/\n/);
      expect(defuse(text).replace(ourLinks, "")).not.toContain("<");
      expect(clip(text, limit).length).toBeLessThanOrEqual(limit * 2);
      expect(visible(visible(text))).toBe(visible(text));
      expect(href(url) ?? "https://x").toMatch(/^https?:\/\/[^<>|\s]+$/);
    }),
    { numRuns: 2000 },
  );
});
