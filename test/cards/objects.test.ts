import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Facts } from "../../src/cards/facts.ts";
import { homeOf, isSame } from "../../src/cards/home.ts";
import { named, opaque } from "../../src/cards/names.ts";
import { isNews, isSilent } from "../../src/cards/news.ts";
import { branchNews, projectOf, subjectsOf } from "../../src/cards/objects.ts";
import { viewOf } from "../../src/cards/view.ts";
import type { Event, Note, Push } from "../../src/events.ts";
import { deployment, issue, job, mergeRequest, news, note, pipeline, push } from "../rules/events.ts";
import { at, branchOf, ended, factsIn, type Known, learn } from "./learn.ts";
import { ana } from "./stories.ts";

const namesOf = (event: Event) => subjectsOf(event).map(({ object }) => object);

describe("what an event is about", () => {
  test.each<[what: string, event: Event, objects: string[]]>([
    ["a merge request", mergeRequest({ number: "12" }), ["!12", "updates"]],
    ["a pipeline of a branch", pipeline({ number: "31", source: "push" }), ["pipeline 31", branchOf("main", "push")]],
    ["a pipeline of a tag", pipeline({ number: "31", branch: undefined, tag: "v1" }), ["pipeline 31"]],
    [
      "a merge request's pipeline",
      pipeline({ number: "31", source: "merge_request_event", branch: "dev", mergeRequest: "12" }),
      ["pipeline 31", branchOf("dev", "merge_request_event"), "!12", "updates"],
    ],
    ["a child pipeline: its parent's", pipeline({ number: "32", parent: { number: "31" } }), ["pipeline 31"]],
    [
      "a pipeline that another project's started: its own",
      pipeline({ number: "32", branch: undefined, parent: { number: "31", project: "other/api" } }),
      ["pipeline 32"],
    ],
    ["a job", job({ pipeline: "31" }), ["pipeline 31"]],
    ["a job of a child pipeline", job({ pipeline: "32", parent: { number: "31" } }), []],
    ["a job without a pipeline", job(), []],
    ["a deployment", deployment({ environment: "prod" }), [named("environment", "prod")]],
    ["a deployment to nowhere", deployment({ environment: undefined }), []],
    ["a comment", note({ reference: "#7" }), [named("talk", "#7", "ada")]],
    ["a push", push(), [named("pushes", "main", "ada")]],
    ["an issue", issue(), []],
  ])("%s", (_, event, objects) => {
    expect(namesOf(event)).toEqual(objects);
  });

  test("a project is known by its host and path", () => {
    expect(projectOf(push())).toBe("gitlab.acme.io/platform/api");
    expect(projectOf(push({ project: { path: "api", name: "api" } }))).toBe("/api");
  });
});

describe("names of what a payload says", () => {
  const odd = "glpat-a\u0000b\u0007c\ud800\nd".repeat(500);
  const events = [
    ...[pipeline({ number: odd, branch: odd, source: odd }), deployment({ environment: odd, number: odd })],
    ...[deployment({ environment: odd, commit: { id: odd, title: odd } }), mergeRequest({ number: odd })],
    ...[note({ reference: odd, note: odd, actor: { ...ana, username: odd } }), note({ reference: odd, at: odd })],
    ...[push({ branch: odd, before: odd, after: odd }), job({ pipeline: odd })],
  ];

  test("a number stays, all else is a hash: no secret, nothing that a database refuses, nothing too long", () => {
    for (const event of events)
      for (const { object, episodes, learn } of subjectsOf(event))
        for (const name of [
          object,
          ...episodes(
            learn({}, at(0), () => ({})),
            at(0),
          ),
        ])
          expect(name).toMatch(
            /^(!|pipeline |branch |environment |(talk|talk confidential|pushes) |updates)?(~[0-9a-f]{32})?$/,
          );
  });

  test("other names have other hashes, and what is one stays as it is", () => {
    const names = ["main", "Main", "main ", "glpat-1", "", "12", "x".repeat(400), `${"x".repeat(400)}y`];
    expect(new Set(names.map((name) => opaque(name))).size).toBe(names.length);
    expect(opaque("a b", "c")).not.toBe(opaque("a", "b c"));
    expect(names.map((name) => opaque(opaque(name)))).toEqual(names.map((name) => opaque(name)));
    expect([opaque("12"), opaque("")]).toEqual(["12", ""]);
  });

  test("a project's path is kept as people know it, without what databases refuse", () => {
    const path = projectOf(push({ project: { path: odd, name: odd } }));
    expect(path).toMatch(/^\/glpat-abc\ufffdd/);
    expect(path.length).toBeLessThanOrEqual(300);
    expect(path).not.toMatch(/\p{Cc}/u);
  });
});

describe("where an event is told", () => {
  const home = (event: Event, wantsNews = false, known: Known = new Map()) => {
    learn([event], known);
    return homeOf(event, (object) => factsIn(known, object), { wantsNews, arrived: at(0) });
  };

  test("a pipeline on its own card, and on the branch's where the rule asks for that", () => {
    const event = { ...ended(31, "failed", 0), news: { ...news("broken"), episode: "31" } };
    expect(home(event)).toMatchObject({ object: "pipeline 31", episode: "", under: [] });
    expect(home(event, true)).toMatchObject({ object: branchOf("main", "push"), episode: "31" });
    expect(home(ended(32, "failed", 9), true)).toMatchObject({ object: "pipeline 32" });
  });

  test("what belongs to a merge request goes under its card", () => {
    const under = [{ object: "!12", episode: "" }];
    expect(home(pipeline({ mergeRequest: "12" }))).toMatchObject({ under, isFolded: true });
    expect(home(job({ pipeline: "1", mergeRequest: "12" }))).toMatchObject({ under, isFolded: true });
    expect(home(note({ reference: "!12" }))).toMatchObject({ under, isFolded: false });
    expect(home(note({ reference: "#12" }))).toMatchObject({ under: [] });
  });

  test("nowhere, where there is no object", () => {
    expect(home(issue())).toBeUndefined();
  });

  test("of a branch two pipelines of one breakage are one card; elsewhere only the same episode is", () => {
    const known = learn([
      ended(1, "failed", 0),
      ended(2, "failed", 9),
      ended(3, "success", 20),
      ended(4, "failed", 30),
    ]);
    const facts = factsIn(known, branchOf("main", "push"));
    expect(isSame(branchOf("main", "push"), facts, "1", "3")).toBe(true);
    expect(isSame(branchOf("main", "push"), facts, "3", "4")).toBe(false);
    expect(isSame("pipeline 1", facts, "1", "3")).toBe(false);
    expect(isSame("pipeline 1", {}, "1", "1")).toBe(true);
  });
});

describe("what is worth a reply", () => {
  const update = (fields: Parameters<typeof mergeRequest>[0]) => mergeRequest({ action: "update", ...fields });
  test.each<[what: string, event: Event, expected: boolean]>([
    ["opened", mergeRequest(), false],
    ["approved", mergeRequest({ action: "approved" }), true],
    ["an approval taken back", mergeRequest({ action: "unapproval" }), true],
    ["merged", mergeRequest({ action: "merge" }), true],
    ["new commits", update({ newCommits: true }), true],
    ["ready", update({ changes: [{ field: "draft" }] }), true],
    ["a draft again", update({ draft: true, changes: [{ field: "draft" }] }), false],
    ["labels", update({ changes: [{ field: "labels" }] }), false],
    ["a pipeline that failed", pipeline(), true],
    ["one that broke its branch", pipeline({ news: news("broken") }), true],
    ["one that failed like the one before", pipeline({ news: news("still_failing") }), true],
    ["one that fixed it", pipeline({ status: "success", action: "success", news: news("fixed") }), true],
    ["one that passed", pipeline({ status: "success", action: "success" }), false],
    ["one that runs", pipeline({ status: "running", action: "running" }), false],
    ["a job that failed", job(), true],
    ["a job that may fail", job({ optional: true }), false],
    ["a deployment that waits for approval", deployment({ action: "blocked", status: "blocked" }), true],
    ["a deployment that is done", deployment(), false],
    ["a push", push(), false],
    ["a comment", note(), false],
  ])("%s: %#", (_, event, expected) => {
    expect(isNews(event)).toBe(expected);
  });

  test("what the forge itself wrote as a comment is said nowhere", () => {
    expect([
      isSilent(note({ automatic: true })),
      isSilent(note()),
      isSilent(mergeRequest({ automatic: true })),
    ]).toEqual([...[true, false, false]]);
  });
});

describe("hostile payloads", () => {
  const word = fc.oneof(
    fc.constantFrom("constructor", "__proto__", "toString", "valueOf", "hasOwnProperty", "", "\u0000", "\ud800"),
    fc.constantFrom("1", "12", "failed", "success", "running", "approved", "create", "update", "prod", "main", "!1"),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  const time = fc.oneof(fc.constantFrom(undefined, "", "never", at(0), at(5)), fc.string({ maxLength: 5 }));
  const person = fc.option(
    word.map((username) => ({ ...ana, username })),
    { nil: undefined },
  );
  const event: fc.Arbitrary<Event> = fc
    .record({ a: word, b: word, c: word, d: word, at: time, actor: person })
    .chain(({ a, b, c, d, at, actor }) => {
      const common = { action: a, at, actor };
      const parent = fc.option(fc.constant({ number: d, project: "platform/api" }), { nil: undefined });
      const builds = [{ name: b, stage: c, status: a, at }];
      const pushed: Partial<Push> = { action: "update", at, actor, branch: b, before: c, after: d };
      const written: Partial<Note> = { ...common, note: b, reference: c, createdAt: at };
      return fc.oneof(
        fc.constant(mergeRequest({ ...common, number: b, state: c, reviewers: actor ? [actor] : [], approvedBy: [] })),
        fc.constant(mergeRequest({ ...common, number: b, state: c, author: actor && { ...actor, bot: true } })),
        parent.map((parent) =>
          pipeline({ ...common, status: c, number: b, branch: d, mergeRequest: a, builds, parent }),
        ),
        parent.map((parent) => job({ ...common, status: c, name: b, stage: a, pipeline: d, parent, mergeRequest: b })),
        fc.constant(deployment({ ...common, status: c, environment: d, number: b, approver: actor })),
        fc.constant(note(written)),
        fc.constant(push(pushed)),
      );
    });

  test("whatever they say: nothing throws, every card can be stored and shown", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
        const known: Known = new Map();
        const stored = (object: string): Facts => JSON.parse(JSON.stringify(factsIn(known, object)));
        for (const [index, event] of events.entries()) {
          const before = branchNews(event, stored);
          const told = before && event.kind === "pipeline" ? { ...event, news: before } : event;
          learn([{ event: told, arrived: at(index) }], known);
          for (const wantsNews of [true, false]) {
            const home = homeOf(told, stored, { wantsNews, arrived: at(index) });
            for (const { object, episode } of home ? [home, ...home.under] : []) {
              expect(`${object}${episode}`).not.toMatch(/\p{Cc}/u);
              viewOf(object, stored(object), episode);
              isSame(object, stored(object), episode, episode);
            }
          }
          for (const { object, episodes } of subjectsOf(told))
            for (const episode of episodes(stored(object), at(index))) viewOf(object, stored(object), episode);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
