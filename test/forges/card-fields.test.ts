import { describe, expect, test } from "vitest";
import { forgeNamed } from "../../src/forges/index.ts";

/** What live cards need of events, in the words of each forge and time. */

const project = {
  name: "API",
  path_with_namespace: "acme/api",
  web_url: "https://gitlab.acme.example/acme/api",
};
const alice = { id: 7, name: "Alice Meyer", username: "alice" };
const chen = { id: 9, name: "Chen Wei", username: "chen" };

function read(name: string, header: string, payload: object): object {
  const forge = forgeNamed(name);
  const body = Buffer.from(JSON.stringify({ project, ...payload }));
  const reading = forge.parse({ headers: { [forge.eventHeaders()[0] ?? ""]: header }, body });
  if (reading.state !== "event") throw new Error(`${reading.state}: ${reading.reason}`);
  return reading.event;
}
const gitlab = (header: string, payload: object) => read("gitlab", header, payload);

/** What stands in the place of a field, and never is what it should be. */
const wrongTypes = [{ a: [] }, [[1]], true];

describe("merge requests", () => {
  const attributes = { iid: 12, action: "update", title: "VAT", state: "opened" };
  const mergeRequest = (more: object, beside: object = {}, forge = "gitlab") =>
    read(forge, "Merge Request Hook", { object_attributes: { ...attributes, ...more }, ...beside });

  test.each<[forge: string, said: object, conflicts: boolean | undefined]>([
    ["gitlab", { merge_status: "can_be_merged", detailed_merge_status: "mergeable" }, false],
    ["gitlab", { merge_status: "can_be_merged", detailed_merge_status: "not_approved" }, false],
    ["gitlab", { merge_status: "cannot_be_merged", detailed_merge_status: "conflict" }, true],
    ["gitlab", { merge_status: "cannot_be_merged", detailed_merge_status: "broken_status" }, true],
    ["gitlab", { merge_status: "cannot_be_merged", detailed_merge_status: "not_approved" }, true],
    ["gitlab", { merge_status: "unchecked", detailed_merge_status: "conflict" }, true],
    ["gitlab", { merge_status: "checking", detailed_merge_status: "checking" }, undefined],
    ["gitlab", { merge_status: "preparing", detailed_merge_status: "preparing" }, undefined],
    ["gitlab", { merge_status: "cannot_be_merged_recheck", detailed_merge_status: "a later word" }, undefined],
    ["gitlab", { detailed_merge_status: "ci_still_running" }, false],
    ["gitlab", { detailed_merge_status: "draft_status" }, undefined],
    ["gitlab", { merge_status: "constructor", detailed_merge_status: "__proto__" }, undefined],
    ["gitlab", {}, undefined],
    ["wvs", { merge_status: "cannot_be_merged" }, true],
    ["wvs", { merge_status: "can_be_merged" }, false],
    ["gitswarm", { merge_status: "cannot_be_merged" }, true],
    ["gitswarm", { merge_status: "unchecked" }, undefined],
    ["atomgit", { merge_status: "unchecked", conflict: true }, true],
    ["atomgit", { merge_status: "unchecked", conflict: false }, false],
    ["atomgit", { merge_status: "unchecked" }, undefined],
  ])("%s with %j: conflicts %s", (forge, said, conflicts) => {
    expect(mergeRequest(said, {}, forge)).toHaveProperty("conflicts", conflicts);
  });

  test.each<[forge: string, said: object, needsApproval: boolean | undefined]>([
    ["gitlab", { detailed_merge_status: "not_approved" }, true],
    ["gitlab", { detailed_merge_status: "requested_changes" }, true],
    ["gitlab", { detailed_merge_status: "mergeable" }, false],
    ["gitlab", { detailed_merge_status: "ci_must_pass" }, false],
    ["gitlab", { detailed_merge_status: "ci_still_running" }, false],
    ["gitlab", { detailed_merge_status: "draft_status" }, undefined],
    ["gitlab", { detailed_merge_status: "approvals_syncing" }, undefined],
    ["gitlab", { detailed_merge_status: "not_open" }, undefined],
    ["gitlab", {}, undefined],
    ["gitlab", { action: "approved", detailed_merge_status: "draft_status" }, false],
    ["gitlab", { action: "approval", detailed_merge_status: "discussions_not_resolved" }, true],
    // The free GitLab says “unapproved” where no approval is required.
    ["gitlab", { action: "unapproved", detailed_merge_status: "mergeable" }, false],
    ["gitlab", { action: "constructor" }, undefined],
    ["wvs", { action: "approval", merge_status: "can_be_merged" }, true],
    ["wvs", { action: "approved", merge_status: "can_be_merged" }, false],
    ["wvs", { action: "unapproved", merge_status: "can_be_merged" }, true],
    ["gitswarm", { action: "approved", merge_status: "can_be_merged" }, false],
    ["gitswarm", { merge_status: "can_be_merged" }, undefined],
    ["atomgit", { merge_status: "unchecked", conflict: false }, undefined],
  ])("%s with %j: approvals missing %s", (forge, said, needsApproval) => {
    expect(mergeRequest(said, {}, forge)).toHaveProperty("needsApproval", needsApproval);
  });

  const reviewer = (person: object, state?: unknown) => ({ ...person, state, re_requested: false });
  const [asAlice, asChen] = [
    { name: "Alice Meyer", username: "alice", bot: false },
    { name: "Chen Wei", username: "chen", bot: false },
  ];
  test.each<[name: string, reviewers: unknown, approvedBy: object[] | undefined, changes: object[] | undefined]>([
    ["one of each", [reviewer(alice, "approved"), reviewer(chen, "requested_changes")], [asAlice], [asChen]],
    ["nobody yet", [reviewer(alice, "unreviewed"), reviewer(chen, "review_started")], [], []],
    ["one who took it back", [reviewer(alice, "unapproved"), reviewer(chen, "reviewed")], [], []],
    ["a state of one only", [reviewer(alice), reviewer(chen, "approved")], [asChen], []],
    ["GitLab before 17, without states", [alice, chen], undefined, undefined],
    ["states of accounts", [reviewer(alice, "active")], undefined, undefined],
    ["states of a wrong type", [reviewer(alice, 1), reviewer(chen, ["approved"])], undefined, undefined],
    ["no reviewers", [], undefined, undefined],
    ["no list", undefined, undefined, undefined],
    ["a list of a wrong type", "alice", undefined, undefined],
  ])("reviewers, %s", (_name, reviewers, approvedBy, changesRequestedBy) => {
    const event = mergeRequest({}, { reviewers });
    expect([Reflect.get(event, "approvedBy"), Reflect.get(event, "changesRequestedBy")]).toEqual([
      approvedBy,
      changesRequestedBy,
    ]);
  });

  test("reviewers that AtomGit lists have no states, and stay reviewers", () => {
    const event = mergeRequest({ reviewer_list: [chen], approver_list: [alice] }, {}, "atomgit");
    expect(event).toMatchObject({ reviewers: [asChen] });
    expect(event).not.toHaveProperty("approvedBy");
  });

  test.each([
    [9001, "9001"],
    ["9007199254740993", "9007199254740993"],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
  ])("head_pipeline_id %j is headPipeline %j", (id, headPipeline) => {
    expect(mergeRequest({ head_pipeline_id: id })).toHaveProperty("headPipeline", headPipeline);
  });

  test.each(wrongTypes)("a wrong type, %j, costs only its field", (wrong) => {
    const fields = { merge_status: wrong, detailed_merge_status: wrong, conflict: [wrong], head_pipeline_id: wrong };
    expect(mergeRequest(fields)).toMatchObject({ title: "VAT", conflicts: undefined, needsApproval: undefined });
    expect(mergeRequest({ ...fields, merge_status: "cannot_be_merged" })).toMatchObject({ conflicts: true });
  });
});

/** `source_pipeline`, which pipelines and jobs have alike. */
const sources: [source: unknown, parent: object | undefined][] = [
  [
    { project: { id: 41, path_with_namespace: "acme/infra" }, pipeline_id: 30, job_id: 3401 },
    { number: "30", project: "acme/infra" },
  ],
  [{ pipeline_id: "30" }, { number: "30", project: undefined }],
  [
    { pipeline_id: 30, project: "acme/infra" },
    { number: "30", project: undefined },
  ],
  [{ project: { path_with_namespace: "acme/infra" }, job_id: 3401 }, undefined],
  [{ pipeline_id: {} }, undefined],
  [null, undefined],
  [undefined, undefined],
  ["30", undefined],
];

describe("pipelines", () => {
  const pipeline = (more: object, attributes: object = {}, forge = "gitlab") =>
    read(forge, "Pipeline Hook", { object_attributes: { id: 31, status: "running", ...attributes }, ...more });

  test.each(sources)("source_pipeline %j is the parent %j", (source_pipeline, parent) => {
    expect(pipeline({ source_pipeline })).toHaveProperty("parent", parent);
  });

  test.each(["gitlab", "wvs", "gitswarm"])("%s: the newest try of each job, with its newest time", (forge) => {
    const builds = [
      { id: 378, stage: "test", name: "spec", status: "failed", finished_at: "2016-08-12 15:25:26 UTC" },
      {
        id: 380,
        stage: "test",
        name: "spec",
        status: "running",
        allow_failure: true,
        created_at: "2016-08-12 15:26:00 UTC",
        started_at: "2016-08-12 15:26:12 UTC",
        finished_at: null,
      },
      { id: 377, stage: "build", name: "image", status: "success", created_at: "2021-02-23T02:41:37.886Z" },
      { id: 381, stage: "deploy", name: "spec", status: "created" },
    ];
    expect(pipeline({ builds }, {}, forge)).toMatchObject({
      builds: [
        { name: "spec", stage: "test", status: "running", id: "380", at: "2016-08-12T15:26:12.000Z", optional: true },
        { name: "image", stage: "build", status: "success", id: "377", at: "2021-02-23T02:41:37.886Z" },
        { name: "spec", stage: "deploy", status: "created", id: "381", at: undefined },
      ],
    });
  });

  test("what has no name or no status is not listed; other fields of a wrong type are left out", () => {
    const builds = [
      { id: 1, name: " ", status: "success" },
      { id: 2, name: "a" },
      { id: {}, name: "b", status: "success", stage: 7, created_at: [], allow_failure: "yes" },
    ];
    expect(pipeline({ builds })).toHaveProperty("builds", [
      { name: "b", stage: "", status: "success", id: undefined, at: undefined },
    ]);
  });

  test("at most 300 jobs are listed", () => {
    const builds = Array.from({ length: 400 }, (_none, at) => ({ id: at, name: `job ${at}`, status: "success" }));
    const event = pipeline({ builds });
    expect(event).toMatchObject({ jobCount: 400 });
    expect(Reflect.get(event, "builds")).toHaveLength(300);
  });

  test("a payload that lists no jobs is told from one whose list is empty", () => {
    expect(pipeline({})).toHaveProperty("builds", undefined);
    expect(pipeline({ builds: "none" })).toHaveProperty("builds", undefined);
    expect(pipeline({ builds: [] })).toHaveProperty("builds", []);
  });

  test.each([
    ["2016-08-12 15:23:28 UTC", "2016-08-12T15:23:28.000Z"],
    ["2026-03-02T10:23:28+02:00", "2026-03-02T08:23:28.000Z"],
    [null, undefined],
    ["soon", undefined],
    [7, undefined],
  ])("made or ended at %j: %j", (time, wanted) => {
    const both = { createdAt: wanted, finishedAt: undefined };
    expect(pipeline({}, { created_at: time })).toMatchObject(both);
    expect(pipeline({}, { finished_at: time })).toMatchObject({ finishedAt: wanted, createdAt: undefined });
  });
});

describe("jobs", () => {
  const job = (more: object) => gitlab("Job Hook", { build_name: "spec", build_status: "running", ...more });

  test.each(sources)("source_pipeline %j is the parent %j", (source_pipeline, parent) => {
    expect(job({ source_pipeline })).toHaveProperty("parent", parent);
  });

  test("it says the same of itself as its pipeline does", () => {
    const times = ["2021-02-23 02:41:37 UTC", "2021-02-23 02:42:00 UTC", "2021-02-23 02:43:00 UTC"];
    const [created, started, finished] = times;
    const running = { stage: "test", name: "spec", status: "running", id: 380 };
    const build = { ...running, created_at: created, started_at: started, finished_at: finished };
    const pipeline = gitlab("Pipeline Hook", { object_attributes: { id: 31, status: "running" }, builds: [build] });
    const told = job({
      ...{ build_id: 380, build_stage: "test", pipeline_id: 31 },
      ...{ build_created_at: created, build_started_at: started, build_finished_at: finished },
    });
    const { name, stage, status, id, at } = Object(told);
    expect(Object(pipeline).builds).toEqual([{ name, stage, status, id, at }]);
    expect(Object(told).pipeline).toBe(Object(pipeline).number);
    expect(at).toBe("2021-02-23T02:43:00.000Z");
  });

  test("GitLab 8 tells of its pipeline by what it calls commit", () => {
    const event = read("gitswarm", "Build Hook", {
      ...{ build_id: 378, build_name: "spec", build_status: "failed", build_finished_at: "2016-08-12 15:25:26 UTC" },
      ...{ ref: "master", tag: false, commit: { id: 31, sha: "f79c477b" } },
    });
    const at = "2016-08-12T15:25:26.000Z";
    expect(event).toMatchObject({ id: "378", pipeline: "31", branch: "master", commit: { id: "f79c477b" }, at });
  });

  test.each([null, undefined, {}])("build_id %j is no id", (build_id) => {
    expect(job({ build_id })).toMatchObject({ id: undefined, key: "job spec" });
  });
});

describe("deployments", () => {
  const deployment = (more: object) =>
    gitlab("Deployment Hook", { status: "approved", environment: "production", user: alice, ...more });

  test("who approves, and what they say, beside who deploys", () => {
    const event = deployment({ deployment_id: 15, approver: chen, approval: { status: "approved", comment: "Go on" } });
    expect(event).toMatchObject({ number: "15", actor: { username: "alice" }, approver: { username: "chen" } });
    expect(event).toHaveProperty("comment", "Go on");
  });

  test.each([
    ["GitLab 13.9 says none of it", {}],
    ["nulls", { deployment_id: null, approver: null, approval: null }],
    ["wrong types", { deployment_id: [], approver: "chen", approval: [{ comment: "Go on" }] }],
    ["an empty approval", { approver: {}, approval: { comment: "  " } }],
    ["a comment that is none", { approval: { comment: 7 } }],
  ])("%s", (_name, more) => {
    expect(deployment(more)).toMatchObject({
      environment: "production",
      ...{ number: undefined, approver: undefined, comment: undefined },
    });
  });

  test("a long comment is cut", () => {
    expect(Object(deployment({ approval: { comment: "x".repeat(5_000) } })).comment).toHaveLength(1_000);
  });
});

test.each([
  ["2020-11-02 12:55:12 UTC", "2020-11-02T12:55:12.000Z"],
  ["soon", undefined],
  [7, undefined],
  [undefined, undefined],
])("a release that is published at %j: %j", (released_at, releasedAt) => {
  expect(gitlab("Release Hook", { tag: "v1", released_at })).toHaveProperty("releasedAt", releasedAt);
});

test.each(["gitlab", "wvs", "gitswarm", "atomgit"])(
  "%s: when a comment was written, and when it was edited",
  (forge) => {
    const times = { created_at: "2015-05-17 18:08:09 UTC", updated_at: "2015-05-17 18:10:00 UTC" };
    const comment = (more: object) =>
      read(forge, "Note Hook", { object_attributes: { id: 1, note: "a", noteable_type: "Issue", ...more } });
    expect(comment(times)).toMatchObject({ createdAt: "2015-05-17T18:08:09.000Z", at: "2015-05-17T18:10:00.000Z" });
    expect(comment({ ...times, created_at: {} })).toMatchObject({
      createdAt: undefined,
      at: "2015-05-17T18:10:00.000Z",
    });
  },
);
