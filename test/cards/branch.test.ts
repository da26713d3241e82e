import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { episodesOf, isSameEpisode } from "../../src/cards/branch.ts";
import { branchNews } from "../../src/cards/objects.ts";
import type { BranchNews, Pipeline } from "../../src/events.ts";
import { at, branchOf, ended, factsIn, type Known, learn, shown } from "./learn.ts";

/** What the ends of pipelines mean for their branch. */

const main = branchOf("main", "push");
const failing = (...names: string[]) => ({
  failures: names.map((name) => ({ name, stage: "test", status: "failed", optional: false })),
  failureCount: names.length,
});

/** What each of them meant when it was heard of. */
function newsOf(...pipelines: Pipeline[]): { news: (BranchNews | undefined)[]; known: Known } {
  const known: Known = new Map();
  const news = pipelines.map((event) => {
    const one = branchNews(event, (object) => factsIn(known, object));
    learn([event], known);
    return one;
  });
  return { news, known };
}
const wordsOf = (...pipelines: Pipeline[]) => newsOf(...pipelines).news.map((one) => one?.word);

describe("what a pipeline is for its branch", () => {
  test("it breaks, fails still, is fixed, and says nothing while all is well", () => {
    const { news, known } = newsOf(
      ended(1, "success", 0),
      ended(2, "failed", 60, failing("unit")),
      ended(3, "failed", 120, failing("unit", "lint")),
      ended(4, "success", 180),
      ended(5, "success", 240),
    );
    expect(news.map((one) => one?.word)).toEqual([undefined, "broken", "still_failing", "fixed", undefined]);
    expect(news[1]).toMatchObject({ culprit: { id: "c2" }, newFailures: ["unit"], seconds: 0, episode: "2" });
    expect(news[2]).toMatchObject({ culprit: { id: "c2" }, newFailures: ["lint"], seconds: 60, episode: "2" });
    expect(news[3]).toMatchObject({ culprit: { id: "c2" }, seconds: 120, episode: "2" });
    expect(shown(known, main, "2")).toMatchObject({
      ...{ state: "fixed", brokenFor: 120, culprit: { id: "c2" }, fixedBy: { id: "c4" }, failedRuns: 2 },
      ...{ newFailures: [{ name: "lint" }], oldFailures: [{ name: "unit" }] },
    });
  });

  test("the first pipeline that is ever heard of breaks the branch where it fails", () => {
    expect(wordsOf(ended(2, "failed", 0), ended(3, "success", 9))).toEqual(["broken", "fixed"]);
  });

  test.each(["running", "canceled", "skipped", "manual", "created"])("%s says nothing of the branch", (status) => {
    const broken = ended(2, "failed", 10);
    expect(wordsOf(broken, ended(3, status, 20), ended(4, "failed", 30))).toEqual([
      "broken",
      undefined,
      "still_failing",
    ]);
  });

  test("a retry within one pipeline fixes what the pipeline broke", () => {
    expect(wordsOf(ended(1, "success", 0), ended(2, "failed", 10), ended(2, "success", 20))).toEqual([
      ...[undefined, "broken", "fixed"],
    ]);
  });

  test("a retry that fails again fails still, and counts as one pipeline", () => {
    const { news, known } = newsOf(ended(2, "failed", 10), ended(2, "failed", 20));
    expect(news.map((one) => one?.word)).toEqual(["broken", "still_failing"]);
    expect(shown(known, main, "2")).toMatchObject({ state: "broken", failedRuns: 1 });
  });

  test("one that passes and whose retry fails breaks the branch once more", () => {
    const tries = ["failed", "success", "failed", "success"].map((status, index) => ended(2, status, index * 10));
    expect(wordsOf(...tries)).toEqual(["broken", "fixed", "broken", "fixed"]);
    expect(shown(learn(tries.slice(0, 3)), main, "2")).toMatchObject({ state: "broken", since: at(20) });
  });

  test("an older pipeline that ends later says nothing any more", () => {
    expect(wordsOf(ended(3, "success", 10), ended(2, "failed", 20))).toEqual([undefined, undefined]);
    const { news, known } = newsOf(ended(3, "failed", 10), ended(2, "success", 20));
    expect(news.map((one) => one?.word)).toEqual(["broken", undefined]);
    expect(shown(known, main, "3")).toMatchObject({ state: "broken" });
  });

  test("numbers are compared as numbers", () => {
    expect(wordsOf(ended(9, "failed", 10), ended(10, "success", 20))).toEqual(["broken", "fixed"]);
  });

  test("a tag's pipeline and another branch's say nothing of the branch; each source has a health of its own", () => {
    const broken = ended(2, "failed", 10);
    expect(wordsOf(broken, ended(3, "success", 20, { branch: undefined, tag: "v1" }))[1]).toBeUndefined();
    expect(wordsOf(broken, ended(3, "success", 20, { branch: "dev" }))[1]).toBeUndefined();
    expect(wordsOf(broken, ended(3, "success", 20, { source: "schedule" }))[1]).toBeUndefined();
    const child = ended(3, "success", 20, { source: "push", parent: { number: "2" } });
    expect(wordsOf(broken, child)[1]).toBeUndefined();
  });

  test("a second breakage is another episode", () => {
    const { news, known } = newsOf(
      ...[ended(1, "failed", 0), ended(2, "success", 9), ended(3, "failed", 20), ended(4, "success", 30)],
    );
    expect(news.map((one) => [one?.word, one?.episode])).toEqual([
      ["broken", "1"],
      ["fixed", "1"],
      ["broken", "3"],
      ["fixed", "3"],
    ]);
    const facts = factsIn(known, main);
    expect([isSameEpisode(facts, "1", "2"), isSameEpisode(facts, "2", "3"), isSameEpisode(facts, "3", "4")]).toEqual([
      ...[true, false, true],
    ]);
    expect(episodesOf(facts, "4")).toEqual(["3"]);
  });

  test("the same pipeline once more means the same once more", () => {
    const broken = ended(2, "failed", 10);
    expect(wordsOf(broken, broken)).toEqual(["broken", "broken"]);
    const fixed = ended(3, "success", 20);
    expect(wordsOf(broken, fixed, fixed)).toEqual(["broken", "fixed", "fixed"]);
  });
});

describe("shuffled", () => {
  const all = [
    ended(1, "success", 0),
    ended(2, "failed", 60, failing("unit")),
    ended(3, "failed", 120, failing("unit")),
    ended(4, "failed", 180, failing("lint")),
    ended(5, "success", 240),
  ];
  const shuffled = fc.shuffledSubarray(all, { minLength: all.length });

  test("of a breakage exactly one pipeline is told as the one that broke it", () => {
    fc.assert(
      fc.property(shuffled, (order) => {
        expect(wordsOf(...order).filter((word) => word === "broken")).toHaveLength(1);
      }),
    );
  });

  test("the card of a breakage is known by its last failures", () => {
    const many = Array.from({ length: 70 }, (_, index) => ended(index + 1, "failed", index));
    const { known, news } = newsOf(...many, ended(71, "success", 99));
    expect(news.slice(1, 70).every((one) => one?.word === "still_failing")).toBe(true);
    expect(shown(known, main, "70")).toMatchObject({ state: "fixed", fixedBy: { id: "c71" } });
  });

  test("its card is one and the same, by whichever of its pipelines it is known", () => {
    const { known } = newsOf(...all);
    fc.assert(
      fc.property(shuffled, (order) => {
        const other = newsOf(...order).known;
        for (const episode of ["2", "3", "4", "5"])
          expect(shown(other, main, episode)).toEqual(shown(known, main, "2"));
        expect(shown(other, main, "1")).toBeUndefined();
        for (const number of ["2", "3", "4", "5"])
          expect(episodesOf(factsIn(other, main), number)).toEqual(["2", "3", "4"]);
      }),
    );
  });
});
