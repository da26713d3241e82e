import fc from "fast-check";
import { expect, test } from "vitest";
import type { Project } from "../../src/events.ts";
import { anchorOf, anchorsFor, anchorsOf } from "../../src/rules/anchors.ts";
import { parseRule } from "../../src/rules/parse.ts";
import { projectMatches } from "../../src/rules/projects.ts";

test.each([
  ["Group/Name", "group/name"],
  ["group/**", "group/"],
  ["group/sub/**", "group/sub/"],
  ["platform/svc-*", "platform/"],
  ["group/**/api", "group/"],
  ["gitlab.acme.io/group/*", "gitlab.acme.io/group/"],
  ["*/api", "*/api"],
  ["**/api", "*/api"],
  ["svc-*/api", "*/api"],
  ["**/*api", "*"],
  ["**", "*"],
  ["plat*", "*"],
])("%s is stored under %s", (pattern, anchor) => expect(anchorOf(pattern)).toBe(anchor));

test("a project is looked up in every place that can hold a fitting pattern", () => {
  expect(anchorsFor({ path: "Group/Sub/Name", name: "Name", host: "gitlab.acme.io" })).toEqual([
    "group/sub/name",
    "group/",
    "group/sub/",
    "*/name",
    "gitlab.acme.io/group/sub/name",
    "gitlab.acme.io/",
    "gitlab.acme.io/group/",
    "gitlab.acme.io/group/sub/",
    "*",
  ]);
});

test("a rule is stored once under each anchor, and not under what it leaves out", () => {
  const read = parseRule("a/b a/** a/svc-* -x/y push");
  expect("rule" in read && anchorsOf(read.rule)).toEqual(["a/b", "a/"]);
});

test("whatever pattern fits a project is stored where the project is looked up", () => {
  const unit = fc.constantFrom("a", "B", "Σ", ".", "/", "*", "**", "**/");
  const pattern = fc.string({ unit, minLength: 1, maxLength: 8 }).filter((text) => !/^\/|\/$|\/\//.test(text));
  const names = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "σ", "."), minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  });
  let fitting = 0;
  fc.assert(
    fc.property(pattern, names, fc.option(fc.constantFrom("a", "a.b", "b")), (text, segments, host) => {
      const path = segments.join("/");
      const project: Project = { path, name: path, ...(host === null ? {} : { host }) };
      if (!projectMatches(text, project)) return;
      fitting += 1;
      expect(anchorsFor(project)).toContain(anchorOf(text));
    }),
    { numRuns: 20_000 },
  );
  expect(fitting).toBeGreaterThan(500);
});
