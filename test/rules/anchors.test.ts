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

test("a group is also looked up where rules for all that lies below it are", () => {
  expect(anchorsFor({ path: "Group/Sub", name: "Sub", host: "gitlab.acme.io", group: true })).toEqual([
    "group/sub",
    "group/",
    "group/sub/",
    "*/sub",
    "gitlab.acme.io/group/sub",
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
  const hosts = fc.option(fc.constantFrom("a", "a.b", "b"));
  const fitting = { projects: 0, groups: 0, onlyAsGroup: 0 };
  fc.assert(
    fc.property(pattern, names, hosts, fc.boolean(), (text, segments, host, isGroup) => {
      const path = segments.join("/");
      const project: Project = { path, name: path, ...(host === null ? {} : { host }) };
      const place: Project = isGroup ? { ...project, group: true } : project;
      if (projectMatches(text, project)) expect(projectMatches(text, { ...project, group: true })).toBe(true);
      if (!projectMatches(text, place)) return;
      fitting[isGroup ? "groups" : "projects"] += 1;
      if (!projectMatches(text, project)) fitting.onlyAsGroup += 1;
      expect(anchorsFor(place)).toContain(anchorOf(text));
    }),
    { numRuns: 30_000 },
  );
  expect(Math.min(fitting.projects, fitting.groups)).toBeGreaterThan(500);
  expect(fitting.onlyAsGroup).toBeGreaterThan(20);
});
