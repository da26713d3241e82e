import { expect, test } from "vitest";
import { figure, markdownOf, sectionOf } from "../../bench/markdown.ts";
import { fromLines, type Section, toLines, withSection } from "../../bench/results.ts";
import { atLeast, atMost } from "../../bench/targets.ts";

const section = (name: Section["name"], how = "So it was."): Section => ({
  ...{ name, at: "2026-11-22T03:05:00.000Z", rounds: 3, seconds: 4, took: 61, how: [how], failures: [] },
  tables: [
    {
      title: "5 KB",
      labels: ["subject"],
      columns: [
        { name: "answers/s", digits: 0 },
        { name: "× raw", digits: 2 },
      ],
      rows: [
        { labels: ["raw | plain"], figures: [[12_000, 11_000, 13_000], [1]] },
        { labels: ["probot"], figures: [[3_000.4]] },
      ],
    },
  ],
  targets: [atLeast({ says: "by raw", values: [0.4, 0.6, 0.5], than: 0.5, unit: " ×" })],
  machine: {
    ...{ cpu: "Some CPU", cores: 2, memory: 24, kernel: "Linux 6", disk: "ext4", load: 0.123, commit: "abc1234" },
    versions: { node: "24.21.0", sqlite: "3.53.4" },
  },
});

test("a section says all that was found", () => {
  expect(
    sectionOf({ ...section("receive"), failures: ["bolt: it did not start"] }),
  ).toBe(`## Receive: deliveries answered

2026-11-22 03:05 UTC. 3 rounds, 4 s for one measurement, 2 min in all.

- So it was.

| target | wanted | median |  |
| --- | --- | --- | --- |
| by raw | at least 0.5 × | 0.50 × | met |

### 5 KB

| subject | answers/s | × raw |
| --- | ---: | ---: |
| raw \\| plain | 12,000 (11,000–13,000) | 1.00 |
| probot | 3,000 | – |

Not measured:

- bolt: it did not start

Machine: Some CPU, 2 cores, 24 GB, Linux 6; ext4; load 0.12 before it.
Versions: Belfry abc1234, node 24.21.0, sqlite 3.53.4.`);
});

test("the same sections make the same page", () => {
  const sections = [section("receive"), section("start")];
  expect(markdownOf(fromLines(toLines(sections)))).toBe(markdownOf(sections));
});

test("a run of one benchmark replaces its section only", () => {
  const before = [section("receive"), section("rules"), section("start")];
  const after = withSection(before, section("rules", "Otherwise."));
  expect(after.map(({ name, how }) => [name, how[0]])).toEqual([
    ["receive", "So it was."],
    ["rules", "Otherwise."],
    ["start", "So it was."],
  ]);
  expect(withSection(before, section("latency")).map(({ name }) => name)).toEqual([
    "receive",
    "latency",
    "rules",
    "start",
  ]);
});

test.each([
  [[], 0, "–"],
  [[1_234.56], 1, "1,234.6"],
  [[3, 1, 2], 0, "2 (1–3)"],
  [[Number.NaN], 1, "none"],
])("the figures %j with %i decimals are %s", (values, digits, expected) => {
  expect(figure(values, { digits })).toBe(expected);
});

test.each([
  ["at least, more", atLeast({ says: "", values: [2, 9, 1], than: 2 }), true, "2.00"],
  ["at least, less", atLeast({ says: "", values: [1.99], than: 2 }), false, "1.99"],
  ["at most, less", atMost({ says: "", values: [9.94], than: 10, unit: " ms", digits: 1 }), true, "9.9 ms"],
  ["at most, more", atMost({ says: "", values: [10.1], than: 10 }), false, "10.10"],
  ["nothing", atMost({ says: "", values: [], than: 10 }), false, "not measured"],
])("a target: %s", (_, { isMet, got }, expected, words) => {
  expect(isMet).toBe(expected);
  expect(got).toBe(words);
});
