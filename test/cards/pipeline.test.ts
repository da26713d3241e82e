import { describe, expect, test } from "vitest";
import type { Event, JobRun, JobState, Pipeline } from "../../src/events.ts";
import { job, pipeline } from "../rules/events.ts";
import { at, learn, shown } from "./learn.ts";

/** What the card of a pipeline says after what it, its jobs and its children told. */

const run = (status: string, seconds: number, fields: Partial<Pipeline> = {}): Pipeline =>
  pipeline({ number: "31", action: status, status, at: at(seconds), ...fields });
const state = (name: string, status: string, seconds: number, fields: Partial<JobState> = {}): JobState => ({
  ...{ name, stage: "test", status, at: at(seconds) },
  ...fields,
});
const ofJob = (name: string, status: string, seconds: number, fields: Partial<JobRun> = {}): JobRun =>
  job({ ...{ name, stage: "test", action: status, status, at: at(seconds), pipeline: "31" }, ...fields });

const card = (...events: Event[]) => shown(learn(events), "pipeline 31");

describe("stages", () => {
  const told = run("running", 10, {
    stages: [
      { name: "build", status: "success", jobs: 1 },
      { name: "test", status: "running", jobs: 2 },
      { name: "deploy", status: "pending", jobs: 1 },
    ],
    builds: [
      state("compile", "success", 5, { stage: "build" }),
      state("unit", "running", 10),
      state("lint", "running", 9),
      state("ship", "created", 1, { stage: "deploy" }),
    ],
    jobCount: 4,
  });
  const stagesAfter = (...events: Event[]) => {
    const view = card(...events) as { stages: { name: string; status: string }[] };
    return view.stages.map(({ name, status }) => `${name} ${status}`);
  };

  test("as the pipeline tells them, in its order", () => {
    expect(stagesAfter(told)).toEqual(["build success", "test running", "deploy pending"]);
  });

  test("jobs that say something newer change their stage", () => {
    expect(stagesAfter(told, ofJob("unit", "failed", 20))).toEqual(["build success", "test failed", "deploy pending"]);
    const done = [ofJob("unit", "success", 20), ofJob("lint", "success", 21)];
    expect(stagesAfter(told, ...done)).toEqual(["build success", "test success", "deploy pending"]);
  });

  test("what a job said before the pipeline's own last event changes nothing", () => {
    expect(stagesAfter(ofJob("unit", "failed", 8), told)).toEqual(["build success", "test running", "deploy pending"]);
    expect(stagesAfter(told, ofJob("unit", "failed", 8))).toEqual(["build success", "test running", "deploy pending"]);
  });

  test("where the pipeline lists no jobs, only those that spoke after it change what it told", () => {
    const { builds: _, ...bare } = told;
    expect(stagesAfter(bare, ofJob("unit", "failed", 8))[1]).toBe("test running");
    expect(stagesAfter(bare, ofJob("unit", "failed", 11))[1]).toBe("test failed");
  });

  test("a failure that is allowed fails no stage", () => {
    const allowed = ofJob("unit", "failed", 20, { optional: true });
    expect(stagesAfter(told, allowed, ofJob("lint", "success", 21))[1]).toBe("test success");
  });

  test("a retry makes its stage run again, and is one job with the try before it", () => {
    const events = [told, ofJob("unit", "failed", 20), ofJob("unit", "pending", 30), ofJob("unit", "running", 31)];
    expect(stagesAfter(...events)[1]).toBe("test running");
    expect(card(...events)).toMatchObject({ jobCount: 4 });
  });

  test("jobs of stages that the pipeline did not name come after its own", () => {
    expect(stagesAfter(told, ofJob("clean", "success", 20, { stage: ".post" }))).toContain(".post success");
  });

  test.each(["constructor", "__proto__"])("a job, stage and status named %s", (word) => {
    const odd = ofJob(word, word, 20, { stage: word });
    expect(stagesAfter(told, odd)).toHaveLength(4);
  });

  test("at most fifty", () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      ofJob(`job ${index}`, "running", index, { stage: `s ${index}` }),
    );
    expect(stagesAfter(...many)).toHaveLength(50);
  });
});

describe("its status", () => {
  test("of one second the state further on counts", () => {
    expect(card(run("running", 5), run("pending", 5), run("created", 5))).toMatchObject({ status: "running" });
    expect(card(run("success", 5), run("running", 5))).toMatchObject({ status: "success" });
  });

  test("a retry begins it anew, and it ends once more", () => {
    expect(card(run("failed", 5), run("running", 9))).toMatchObject({ status: "running" });
    expect(card(run("failed", 5), run("running", 9), run("success", 12))).toMatchObject({ status: "success" });
  });

  test("jobs alone make a card too: their pipeline runs, and lists the failures that count", () => {
    const events = [
      ofJob("unit", "failed", 5),
      ofJob("lint", "failed", 6, { optional: true }),
      ofJob("ship", "success", 7),
    ];
    expect(card(...events)).toMatchObject({
      ...{ action: "card", number: "31", status: "running", jobCount: 3, failureCount: 1 },
      failures: [{ name: "unit", stage: "test", status: "failed" }],
    });
  });

  test("what the pipeline says of itself replaces what was guessed from jobs, whenever it comes", () => {
    const failures = [{ name: "unit", stage: "test", status: "failed", optional: false, reason: "script failure" }];
    const own = run("failed", 5, { failures, failureCount: 1, url: "https://gitlab.acme.io/p/31" });
    const view = { status: "failed", failures, failureCount: 1, url: "https://gitlab.acme.io/p/31" };
    expect(card(own, ofJob("unit", "failed", 5))).toMatchObject(view);
    expect(card(ofJob("unit", "failed", 5), own)).toMatchObject(view);
  });
});

describe("children", () => {
  const child = (number: string, status: string, seconds: number, project?: string) =>
    run(status, seconds, { number, name: `child ${number}`, parent: { number: "31", project } });

  test("they are lines of their parent in the order of their ids, each with its newest state", () => {
    const events = [run("running", 1), child("100", "running", 3), child("99", "failed", 8), child("99", "running", 4)];
    expect(card(...events)).toMatchObject({
      children: [
        { number: "99", status: "failed", name: "child 99" },
        { number: "100", status: "running", name: "child 100" },
      ],
    });
  });

  test("one that is heard of before its parent begins the parent's card", () => {
    expect(card(child("99", "failed", 8))).toMatchObject({ number: "31", children: [{ number: "99" }] });
  });

  test("one of another project has a card of its own", () => {
    const known = learn([
      run("running", 1),
      child("99", "failed", 8, "other/project"),
      child("98", "failed", 8, "platform/api"),
    ]);
    expect(shown(known, "pipeline 31")).toMatchObject({ children: [{ number: "98" }] });
    expect(shown(known, "pipeline 99")).toMatchObject({ status: "failed", children: [] });
  });

  test("at most twenty, the newest", () => {
    const many = Array.from({ length: 25 }, (_, index) => child(String(index + 100), "running", index));
    const { children } = card(...many) as { children: { number: string }[] };
    expect(children.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 105)));
  });
});
