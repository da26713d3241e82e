import fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "../../src/events.ts";
import { match } from "../../src/rules/match.ts";
import {
  ada,
  bot,
  deployment,
  issue,
  job,
  joined,
  mergeRequest,
  news,
  note,
  pipeline,
  push,
  rule,
  workItem,
} from "./events.ts";

const lint = { name: "lint", stage: "test", status: "failed", optional: false };

test.each<[string, Event, string]>([
  ["platform/api push", push(), "posts"],
  ["PLATFORM/** push", push(), "posts"],
  ["gitlab.acme.io/platform/api push", push(), "posts"],
  ["gitlab.other.io/platform/api push", push(), "project platform/api does not match gitlab.other.io/platform/api"],
  ["*/*/api push", push(), "project platform/api does not match */*/api"],
  ["x/* y/* push", push(), "project platform/api does not match x/*, y/*"],
  ["platform/** -*/api push", push(), "project platform/api is excluded by -*/api"],

  ["**", push(), "posts"],
  ["**", push({ branch: "dev" }), "kind push:update is not among push:default"],
  ["**", push({ actor: bot }), "kind push:update is not among push:default"],
  ["**", push({ actor: undefined }), "posts"],
  ["**", push({ action: "create" }), "kind push:create is not among push:default"],
  ["** push", push({ actor: bot }), "posts"],
  ["** push -push:default", push(), "kind push:update is not among push -push:default"],
  ["** push -push:default", push({ branch: "dev" }), "posts"],
  ["** pipeline:failed", pipeline({ action: "running" }), "kind pipeline:running is not among pipeline:failed"],
  ["** pipeline", pipeline({ action: "brand_new" }), "posts"],
  ["** pipeline:broken", pipeline(), "kind pipeline:failed is not among pipeline:broken"],
  [
    "** pipeline:broken",
    pipeline({ news: news("still_failing") }),
    "kind pipeline:failed is not among pipeline:broken",
  ],
  ["** pipeline:broken,fixed", pipeline({ news: news("broken") }), "posts"],
  ["** pipeline:broken,fixed", pipeline({ action: "success", news: news("fixed") }), "posts"],
  [
    "** pipeline:broken",
    pipeline({ action: "success", news: news("broken") }),
    "kind pipeline:success is not among pipeline:broken",
  ],
  [
    "** pipeline:failed -pipeline:broken",
    pipeline({ news: news("broken") }),
    "kind pipeline:failed is not among pipeline:failed -pipeline:broken",
  ],
  ["** mr:ready", mergeRequest({ action: "update", changes: [{ field: "draft", to: "ready" }] }), "posts"],
  [
    "** mr:ready",
    mergeRequest({ action: "update", draft: true, changes: [{ field: "draft", to: "draft" }] }),
    "kind merge_request:update is not among merge_request:ready",
  ],
  [
    "** mr:ready",
    mergeRequest({ action: "update", changes: [{ field: "title", to: "ready" }] }),
    "kind merge_request:update is not among merge_request:ready",
  ],
  [
    "** mr:ready",
    mergeRequest({ changes: [{ field: "draft", to: "ready" }] }),
    "kind merge_request:open is not among merge_request:ready",
  ],
  ["** mr:commits", mergeRequest({ action: "update", newCommits: true }), "posts"],
  ["** mr:commits", mergeRequest({ action: "update" }), "kind merge_request:update is not among merge_request:commits"],
  ["** pipeline deployment", push(), "kind push:update is not among pipeline, deployment"],

  ["** push branch:main", push({ branch: "dev" }), "branch dev does not match main"],
  ["** push branch:main,rel/*", push({ branch: "rel/1" }), "posts"],
  ["** push branch:*", push({ branch: undefined }), "branch is not known here and must match *"],
  ["** push -branch:*", push({ branch: undefined }), "posts"],
  ["** push -branch:dev,wip/*", push({ branch: "wip/a" }), "branch wip/a is excluded by -branch:dev,wip/*"],
  ["** push deployment environment:prod", push(), "a push has no environment"],
  ["** push mr label:a", push(), "a push has no label"],
  ["** push mr -label:a", push(), "posts"],
  ["** mr label:a,b", mergeRequest({ labels: ["b", "c"] }), "posts"],
  ["** mr label:a+b", mergeRequest({ labels: ["b", "a"] }), "posts"],
  ["** mr label:a+b", mergeRequest({ labels: ["b", "c"] }), "label b, c does not match a+b"],
  ["** mr -label:a,b", mergeRequest({ labels: ["c", "b"] }), "label c, b is excluded by -label:a,b"],
  ["** mr label:x", mergeRequest({ labels: ["1", "2", "3", "4", "5"] }), "label 1, 2, 3 and 2 more does not match x"],
  ["** mr label:priority::*", mergeRequest({ labels: ["Priority::High"] }), "posts"],
  ["** mr target:main", mergeRequest({ target: "main" }), "posts"],
  ["** mr milestone:*", mergeRequest(), "milestone is not known here and must match *"],
  ["** mr reviewer:@ADA", mergeRequest({ reviewers: [ada] }), "posts"],
  ["** mr author:ada", mergeRequest({ action: "open" }), "posts"],
  ["** mr author:ada", mergeRequest({ action: "merge" }), "author is not known here and must match ada"],
  [
    "** mr author:lovel*",
    mergeRequest({ author: bot, actor: ada }),
    "author project_12_bot_ab, Renovate does not match lovel*",
  ],
  ["** push author:*lovelace", push(), "posts"],
  ["** push -author:*bot*", push({ actor: bot }), "author project_12_bot_ab, Renovate is excluded by -author:*bot*"],
  ["** pipeline job:lint stage:test", pipeline({ failures: [lint], jobs: ["lint", "build"] }), "posts"],
  ["** pipeline job:build", pipeline({ failures: [lint], jobs: ["lint", "build"] }), "job lint does not match build"],
  ["** pipeline job:build", pipeline({ jobs: ["lint", "build"] }), "posts"],
  ["** deployment status:failed", deployment(), "status success does not match failed"],
  ["** push path:docs/**", push({ paths: ["src/a.ts", "docs/x/y.md"] }), "posts"],

  ["** job branch:main", job({ branch: "main" }), "posts"],
  ["** job tag:v*", job({ tag: "v1" }), "posts"],
  ["** job tag:v*", job({ branch: "main" }), "tag is not known here and must match v*"],
  ["** job status:failed stage:test job:lint env:prod", job({ stage: "test", environment: "prod" }), "posts"],
  ["** job job:unit", job(), "job lint does not match unit"],
  ["** job:success", job(), "kind job:failed is not among job:success"],
  ["** job author:ada", job(), "posts"],
  ["** issue label:bug milestone:Q3", issue({ labels: ["bug"], milestone: "Q3" }), "posts"],
  ["** issue author:ada", issue(), "posts"],
  ["** issue author:ada", issue({ action: "close" }), "author is not known here and must match ada"],
  ["** issue author:ada", issue({ action: "close", actor: bot, author: ada }), "posts"],
  ["** issue", issue({ confidential: true }), "confidential events need confidential:yes"],
  ["** issue confidential:yes", issue({ confidential: true }), "posts"],
  ["** epics label:a+b author:ada", workItem({ labels: ["a", "b"] }), "posts"],
  ["** work_item milestone:Q3", workItem({ milestone: "Q4" }), "milestone Q4 does not match Q3"],
  ["** work_item confidential:only", workItem(), "only confidential events are wanted by confidential:only"],
  ["** issue mr reviewer:ada", issue(), "an issue has no reviewer"],
  ["** note branch:dev target:main", note({ branch: "dev", target: "main" }), "posts"],
  ["** note branch:dev", note({ on: "issue" }), "branch is not known here and must match dev"],
  ["** note label:bug", note({ labels: ["bug"] }), "posts"],
  ["** note path:src/**", note({ file: "src/a.ts" }), "posts"],
  ["** note path:src/**", note(), "path is not known here and must match src/**"],
  ["** note author:ada", note({ author: bot }), "posts"],
  ["** note -author:*bot*", note({ actor: bot }), "author project_12_bot_ab, Renovate is excluded by -author:*bot*"],
  ["** note draft:no", note({ draft: true }), "drafts are left out by draft:no"],
  ["** note mr milestone:Q3", note(), "a note has no milestone"],

  ["acme/** member", joined("acme"), "posts"],
  ["acme/* member", joined("acme"), "posts"],
  ["ACME/** member", joined("Acme"), "posts"],
  ["acme/shop member", joined("acme/shop"), "posts"],
  ["acme/shop/** member", joined("acme/shop"), "posts"],
  ["acme/* member", joined("acme/shop"), "posts"],
  ["acme/** member", joined("acme/shop"), "posts"],
  ["*/shop/** member", joined("acme/shop"), "posts"],
  ["** member", joined("acme"), "posts"],
  ["*/* member", joined("acme"), "posts"],
  ["gitlab.acme.io/** member", joined("acme", { host: "gitlab.acme.io" }), "posts"],
  ["gitlab.acme.io/acme/** member", joined("acme", { host: "gitlab.acme.io" }), "posts"],
  ["gitlab.acme.io/acme/* member", joined("acme", { host: "gitlab.acme.io" }), "posts"],
  ["acme/shop/** member", joined("acme"), "project acme does not match acme/shop/**"],
  ["acme/shop/* member", joined("acme/shop/api"), "posts"],
  ["acme/svc-* member", joined("acme"), "project acme does not match acme/svc-*"],
  ["ac*/** member", joined("acme"), "posts"],
  ["other/** member", joined("acme"), "project acme does not match other/**"],
  ["** -acme/** member", joined("acme"), "project acme is excluded by -acme/**"],
  ["platform/api/** push", push(), "project platform/api does not match platform/api/**"],
  ["** member bots:no", joined("acme", { member: bot }), "events of bots are left out by bots:no"],
  ["** member bots:no", joined("acme"), "posts"],
  ["** member -author:ada", joined("acme"), "posts"],

  ["** mr draft:no", mergeRequest({ draft: true }), "drafts are left out by draft:no"],
  ["** mr draft:only", mergeRequest(), "only drafts are wanted by draft:only"],
  ["** mr", mergeRequest({ draft: true }), "posts"],
  ["** push draft:no", push(), "posts"],
  ["** mr", mergeRequest({ confidential: true }), "confidential events need confidential:yes"],
  ["** mr confidential:yes", mergeRequest({ confidential: true }), "posts"],
  [
    "** mr confidential:no",
    mergeRequest({ confidential: true }),
    "confidential events are left out by confidential:no",
  ],
  ["** mr confidential:only", mergeRequest(), "only confidential events are wanted by confidential:only"],
  ["** push bots:no", push({ actor: bot }), "events of bots are left out by bots:no"],
  ["** push bots:only", push(), "only events of bots are wanted by bots:only"],
])("%s on %o: %s", (words, event, reason) => {
  const expected = { rule: words, channel: "#api", post: reason === "posts", reason };
  expect(match(event, [rule(words)])).toEqual([expected]);
});

test("a rule that would take long is given up, and does not post", () => {
  const paths = Array.from({ length: 1_000 }, () => "a".repeat(4_096));
  const slow = rule(`** push -path:${"*a".repeat(127)}b`);
  expect(match(push({ paths }), [slow])[0]).toMatchObject({ post: false, reason: "path has too much to compare" });
});

test("a paused rule says so only where it would have posted, and gives way", () => {
  const paused = rule("platform/api push", { paused: "removed from rules.yml" });
  const reasons = (event: Event) => match(event, [paused, rule("** push pipeline")]).map(({ reason }) => reason);
  expect(reasons(push())).toEqual(["paused: removed from rules.yml", "posts"]);
  expect(reasons(pipeline())).toEqual(["kind pipeline:failed is not among push", "posts"]);
});

test.each([
  ["platform/api push", "platform/** push branch:main", "more specific"],
  ["gitlab.acme.io/platform/api push", "platform/* push", "more specific"],
  ["platform/a* push", "platform/** push", "more specific"],
  ["platform/* push", "*/api push", "more specific"],
  ["platform/* push", "gitlab.acme.io/** push", "more specific"],
  ["*/api push", "** push", "more specific"],
  ["** platform/api push", "platform/* push", "more specific"],
  ["** push branch:main", "** push:update", "more specific"],
  ["** push:update", "** push", "more specific"],
  ["** push:update", "** push:update,create", "more specific"],
  ["** push -push:create", "** push", "more specific"],
])("%s goes before %s", (first, second, than) => {
  const older = rule(first);
  const newer = rule(second, { createdAt: "2026-02-01T00:00:00Z" });
  const decisions = match(push(), [newer, older]);
  expect(decisions.map(({ post }) => post)).toEqual([false, true]);
  expect(decisions[0]?.reason).toBe(`rule ${first} is ${than}`);
});

test("of equals the newest goes first; other channels do not mind", () => {
  const old = rule("platform/* push", { id: "old" });
  const young = rule("platform/* push", { id: "young", createdAt: "2026-02-01T00:00:00Z" });
  const other = rule("** push", { id: "other", channel: "#all" });
  expect(match(push(), [old, young, other])).toEqual([
    { rule: "old", channel: "#api", post: false, reason: "rule young is newer" },
    { rule: "young", channel: "#api", post: true, reason: "posts" },
    { rule: "other", channel: "#all", post: true, reason: "posts" },
  ]);
});

const someRules = fc
  .array(
    fc.record({
      words: fc.constantFrom(
        "**",
        "platform/*",
        "platform/api",
        "** push",
        "** push:update",
        "** -platform/api",
        "** push branch:main",
      ),
      channel: fc.constantFrom("#a", "#b"),
      createdAt: fc.constantFrom("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
      paused: fc.constantFrom(undefined, "by ada"),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map(({ words, ...fields }, index) => rule(words, { ...fields, id: `r${index}` })));
const someEvent = fc.constantFrom<Event>(push(), push({ branch: "dev" }), mergeRequest(), pipeline());

test("never two posts for one channel, whatever the order; one where any rule matches", () => {
  fc.assert(
    fc.property(someRules, someEvent, fc.nat(), (rules, event, turn) => {
      const decisions = match(event, rules);
      const channels = decisions.filter(({ post }) => post).map(({ channel }) => channel);
      expect(new Set(channels).size).toBe(channels.length);
      const alone = rules.filter((one) => match(event, [one])[0]?.post);
      expect([...channels].sort()).toEqual([...new Set(alone.map(({ channel }) => channel))].sort());
      const at = rules.length === 0 ? 0 : turn % rules.length;
      const turned = [...rules.slice(at), ...rules.slice(0, at)].reverse();
      const byRule = (all: typeof decisions) => all.toSorted((a, b) => a.rule.localeCompare(b.rule));
      expect(byRule(match(event, turned))).toEqual(byRule(decisions));
    }),
  );
});

test("a project that a rule leaves out is never posted by it", () => {
  fc.assert(
    fc.property(fc.constantFrom("platform/api", "other/api", "platform/web"), someEvent, (path, event) => {
      const moved = { ...event, project: { ...event.project, path } };
      for (const { post } of match(moved, [rule("** -platform/*"), rule("platform/api -**")])) {
        if (path.startsWith("platform/")) expect(post).toBe(false);
      }
    }),
  );
});
