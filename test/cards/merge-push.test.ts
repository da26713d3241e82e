import { expect, test } from "vitest";
import { homeOf } from "../../src/cards/home.ts";
import { mergeRequest, push } from "../rules/events.ts";
import { factsIn, learn } from "./learn.ts";

const merged = learn([mergeRequest({ number: "12", state: "merged", target: "main", mergeCommit: "m1" })]);

/** What a push on its own card would go under. */
const under = (fields: Parameters<typeof push>[0]) =>
  homeOf(push({ mergeRequest: "12", ...fields }), (object) => factsIn(merged, object), {
    wantsNews: false,
    arrived: "2026-03-02T00:00:10.000Z",
  })?.under;

test("the push of a merge is told by the card of its merge request", () => {
  expect(under({ branch: "main", after: "m1" })).toEqual([{ object: "!12", episode: "" }]);
});

test.each([
  ["to another branch", { branch: "release/1.2", after: "m1" }],
  ["of another commit, whatever its message says", { branch: "main", after: "f00" }],
  ["of a merge request that is not known", { branch: "main", after: "m1", mergeRequest: "13" }],
])("a push %s is told by itself", (_which, fields) => {
  expect(under(fields)).toEqual([]);
});
