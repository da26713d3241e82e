import { describe, expect, test } from "vitest";
import type { Event, MergeRequest, Pipeline } from "../../src/events.ts";
import { mergeRequest, pipeline } from "../rules/events.ts";
import { at, learn, shown } from "./learn.ts";
import { ana, bo, chen } from "./stories.ts";

/** What the card of a merge request says after what happened to it. */

const of1 = (action: string, seconds: number, fields: Partial<MergeRequest> = {}): MergeRequest =>
  mergeRequest({ ...{ action, at: at(seconds), state: "opened", title: "Add it" }, ...fields });
const opened = of1("open", 0, { actor: ana });

const ofPipeline = (number: string, status: string, seconds: number, fields: Partial<Pipeline> = {}): Pipeline =>
  pipeline({
    ...{ number, action: status, status, at: at(seconds), mergeRequest: "1", source: "merge_request_event" },
    ...fields,
  });

const card = (...events: Event[]) => shown(learn(events), "!1");

describe("approvals", () => {
  test("who approved is listed by name, and that approvals are missing still", () => {
    expect(card(opened, of1("approval", 1, { actor: chen }), of1("approval", 2, { actor: bo }))).toMatchObject({
      ...{ approvals: [bo, chen], approved: false, needsApproval: true },
    });
  });

  test("all are in with the last one, which the forge calls approved", () => {
    const events = [
      opened,
      of1("approval", 1, { actor: bo }),
      of1("approved", 2, { actor: chen, needsApproval: false }),
    ];
    expect(card(...events)).toMatchObject({ approvals: [bo, chen], approved: true, needsApproval: false });
  });

  test("who takes an approval back is not listed any more", () => {
    const events = [opened, of1("approved", 1, { actor: bo }), of1("unapproved", 2, { actor: bo })];
    expect(card(...events)).toMatchObject({ approvals: [], approved: false });
  });

  test("given, taken back and given again within the same second, as forges leave the merge request's time as it is", () => {
    const [given, back] = [of1("approved", 1, { actor: bo }), of1("unapproved", 1, { actor: bo })];
    expect(card(opened, given, back)).toMatchObject({ approvals: [], approved: false });
    expect(card(opened, given, back, given)).toMatchObject({ approvals: [bo], approved: true });
  });

  test("new commits take all back; who approves after that is listed, though the merge request's time is that of the commits", () => {
    const reset = of1("unapproved", 5, { actor: bo, automatic: true });
    const before = [opened, of1("approval", 1, { actor: bo }), of1("approved", 2, { actor: chen })];
    expect(card(...before, of1("update", 5, { newCommits: true }), reset)).toMatchObject({
      approvals: [],
      approved: false,
    });
    expect(card(...before, reset, of1("approved", 5, { actor: chen }))).toMatchObject({
      approvals: [chen],
      approved: true,
    });
    expect(card(...before, reset, of1("approved", 9, { actor: bo }))).toMatchObject({
      approvals: [bo],
      approved: true,
    });
  });

  test("an approval from before the new commits that is heard of late counts no more", () => {
    const reset = of1("unapproved", 5, { actor: bo, automatic: true });
    expect(card(opened, reset, of1("approval", 1, { actor: chen }))).toMatchObject({ approvals: [] });
  });

  test("that approvals are missing is the forge's own word where it says so", () => {
    expect(card(of1("open", 0, { needsApproval: true }))).toMatchObject({ needsApproval: true, approved: false });
    expect(card(of1("open", 0))).toMatchObject({ needsApproval: false, approved: false });
    const again = of1("update", 9, { needsApproval: true });
    expect(card(opened, of1("approved", 1, { actor: bo }), again)).toMatchObject({
      needsApproval: true,
      approved: false,
    });
  });
});

describe("reviewers", () => {
  test("their states are as the forge lists them", () => {
    const asked = of1("update", 3, { reviewers: [ana, bo, chen], approvedBy: [bo], changesRequestedBy: [chen] });
    expect(card(opened, asked)).toMatchObject({ approvals: [bo], changesRequested: [chen] });
    const later = of1("update", 4, { reviewers: [ana, bo, chen], approvedBy: [bo, chen], changesRequestedBy: [] });
    expect(card(opened, asked, later)).toMatchObject({ approvals: [bo, chen], changesRequested: [] });
    expect(card(opened, later, asked)).toMatchObject({ approvals: [bo, chen], changesRequested: [] });
  });

  test("what somebody does is newer than the list of the same second", () => {
    const done = of1("approval", 3, { actor: bo, reviewers: [bo], approvedBy: [], changesRequestedBy: [] });
    expect(card(opened, done)).toMatchObject({ approvals: [bo] });
  });

  test("a name that every object has is a name like others", () => {
    const odd = ["constructor", "__proto__"].map((name) => ({ name, username: name, bot: false }));
    expect(card(opened, ...odd.map((actor, index) => of1("approval", index + 1, { actor })))).toMatchObject({
      approvals: [odd[1], odd[0]],
    });
  });
});

describe("its end", () => {
  test("who merged it", () => {
    expect(card(opened, of1("merge", 9, { actor: bo, state: "merged" }))).toMatchObject({
      state: "merged",
      mergedBy: bo,
    });
  });

  test("who closed it, and nobody once it is opened again", () => {
    const closed = of1("close", 5, { actor: bo, state: "closed" });
    expect(card(opened, closed)).toMatchObject({ state: "closed", closedBy: bo, mergedBy: undefined });
    expect(card(opened, closed, of1("reopen", 6))).toMatchObject({ state: "opened", closedBy: undefined });
  });

  test("merged is its end also where an update of the same second comes later", () => {
    const merged = of1("merge", 9, { actor: bo, state: "merged" });
    expect(card(opened, merged, of1("update", 9, { labels: ["late"] }))).toMatchObject({
      state: "merged",
      mergedBy: bo,
    });
  });
});

describe("its pipeline", () => {
  test("the newest pipeline is the line, whichever is heard of last", () => {
    const events = [opened, ofPipeline("10", "success", 5), ofPipeline("9", "failed", 9)];
    expect(card(...events)).toMatchObject({ pipeline: { number: "10", status: "success" } });
  });

  test("its newest state counts, with at most five failures", () => {
    const failures = Array.from({ length: 7 }, (_, index) => ({
      ...{ name: `job ${index}`, stage: "test", status: "failed", optional: false },
    }));
    const failed = ofPipeline("9", "failed", 9, { failures, failureCount: 7, duration: 60 });
    const line = { number: "9", status: "failed", failureCount: 7, duration: 60, failures: failures.slice(0, 5) };
    expect(card(opened, failed, ofPipeline("9", "running", 5))).toMatchObject({ pipeline: line });
  });

  test("a pipeline alone makes no card", () => {
    expect(card(ofPipeline("9", "failed", 9))).toBeUndefined();
  });
});

test("a long description is cut, and what an update changed is not shown", () => {
  const changes = [{ field: "title", from: "a", to: "b" }];
  expect(card(of1("update", 1, { description: "x".repeat(20_000), changes }))).toMatchObject({
    ...{ description: "x".repeat(500), changes: [], action: "card", conflicts: false },
  });
});

test.each(["constructor", "__proto__", "toString"])("an action named %s is an action like others", (word) => {
  expect(card(of1(word, 1, { state: word }))).toMatchObject({ state: word, approvals: [] });
});
