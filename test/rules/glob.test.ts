import fc from "fast-check";
import { expect, test } from "vitest";
import { globMatches } from "../../src/rules/glob.ts";

test.each([
  ["main", "main", true],
  ["Main", "mAIN", true],
  ["ΑΣ*", "ΑΣΑ", true],
  ["main", "main2", false],
  ["a.c", "abc", false],
  ["[ab]", "a", false],
  ["*", "main", true],
  ["*", "feature/x", false],
  ["**", "feature/x", true],
  ["*", "", true],
  ["release/*", "release/1.2", true],
  ["release/*", "release/1.2/fix", false],
  ["release/**", "release/1.2/fix", true],
  ["release/**", "release", false],
  ["*/api", "platform/api", true],
  ["*/api", "platform/sub/api", false],
  ["**/api", "platform/sub/api", true],
  ["**/api", "api", true],
  ["**/api", "platform/myapi", false],
  ["a/**/b", "a/b", true],
  ["a/**/b", "a/x/y/b", true],
  ["a/**/b", "ab", false],
  ["a/**/**/b", "a/b", true],
  ["*bot*", "project_12_bot_ab", true],
  ["svc-*-x", "svc-a-y", false],
  ["group/svc-*", "Group/SVC-api", true],
  ["***", "a/b", true],
])("%s on %s is %s", (pattern, text, expected) => expect(globMatches(pattern, text)).toBe(expected));

/** Says the same with all tries, for short texts. */
function naive(pattern: string, text: string, atStart = true): boolean {
  if (pattern === "") return text === "";
  const stars = /^\*+/.exec(pattern)?.[0].length ?? 0;
  if (stars === 0) return text[0] === pattern[0] && naive(pattern.slice(1), text.slice(1), pattern[0] === "/");
  const rest = pattern.slice(stars);
  if (stars > 1 && atStart && rest[0] === "/" && naive(rest.slice(1), text, true)) return true;
  for (let taken = 0; taken <= text.length; taken += 1) {
    if (stars === 1 && text.slice(0, taken).includes("/")) break;
    if (naive(rest, text.slice(taken), false)) return true;
  }
  return false;
}

test("says what trying every way says", () => {
  const text = (unit: string) => fc.string({ unit: fc.constantFrom(...unit), maxLength: 9 });
  fc.assert(
    fc.property(text("ab/**"), text("ab/"), (pattern, given) => {
      expect(globMatches(pattern, given)).toBe(naive(pattern, given));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ["*a*a*a*a*a*a*a*b", "a".repeat(255)],
  ["**a".repeat(85), "a".repeat(255)],
  ["**/".repeat(85), "a/".repeat(500)],
  [`${"*a".repeat(127)}b`, "a".repeat(100_000)],
  ["*".repeat(256), "a".repeat(255)],
  [`${"**/*a".repeat(51)}b`, "a/".repeat(127)],
  ["+(+(+(a)))", "a".repeat(255)],
  ["{1..1e9}", "1"],
])("%s takes no more than pattern × text steps", (pattern, text) => {
  const work = { steps: 0 };
  globMatches(pattern, text, work);
  expect(work.steps).toBeLessThanOrEqual((pattern.length + 1) * (Math.min(text.length, 1_024) + 1));
});
