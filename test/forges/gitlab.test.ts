import { describe, expect, test } from "vitest";
import { gitlab } from "../../src/forges/gitlab/index.ts";

/** Readings that need a rule of their own; whole deliveries are in fixtures.test.ts. */

const web_url = "https://gitlab.acme.example/acme/api";
const project = { name: "API", path_with_namespace: "acme/api", web_url };

function read(header: string, payload: object): unknown {
  const body = Buffer.from(JSON.stringify({ project, ...payload }));
  const reading = gitlab.parse({ headers: { "x-gitlab-event": header }, body });
  if (reading.state !== "event") throw new Error(`${reading.state}: ${reading.reason}`);
  return reading.event;
}

describe("pipelines", () => {
  const build = (id: number, name: string, status: string, more: object = {}) => ({
    id,
    name,
    status,
    stage: "test",
    ...more,
  });
  const pipeline = (builds: object[]) =>
    read("Pipeline Hook", { object_attributes: { id: 1, status: "failed", stages: ["test"] }, builds });

  test.each([
    ["newest first", [build(2, "unit", "success"), build(1, "unit", "failed")]],
    ["oldest first", [build(1, "unit", "failed"), build(2, "unit", "success")]],
  ])("of a job that was tried twice the newest try counts: %s", (_name, builds) => {
    expect(pipeline(builds)).toMatchObject({
      jobCount: 1,
      failureCount: 0,
      stages: [{ name: "test", status: "success", jobs: 1 }],
    });
  });

  test("a job of the same name in another stage is another job", () => {
    const builds = [build(1, "unit", "failed"), build(2, "unit", "success", { stage: "deploy" })];
    expect(pipeline(builds)).toMatchObject({ jobCount: 2, failureCount: 1, stages: [{}, { name: "deploy" }] });
  });

  const optional = { allow_failure: true };
  test.each<[status: string, jobs: object[]]>([
    ["failed", [build(1, "a", "failed"), build(2, "b", "running"), build(3, "c", "success")]],
    ["running", [build(1, "a", "running"), build(2, "b", "success")]],
    ["running", [build(1, "a", "canceling"), build(2, "b", "canceled")]],
    ["pending", [build(1, "a", "waiting_for_resource"), build(2, "b", "success")]],
    ["canceled", [build(1, "a", "canceled"), build(2, "b", "success")]],
    ["manual", [build(1, "a", "manual"), build(2, "b", "success")]],
    ["success", [build(1, "a", "manual", optional), build(2, "b", "success")]],
    ["manual", [build(1, "a", "manual", optional)]],
    ["success", [build(1, "a", "failed", optional), build(2, "b", "success")]],
    ["success", [build(1, "a", "canceled", optional), build(2, "b", "success")]],
    ["success", [build(1, "a", "skipped"), build(2, "b", "success")]],
    ["skipped", [build(1, "a", "skipped")]],
    ["pending", []],
    ["pending", [build(1, "a", "a word of the future")]],
  ])("a stage is %s with %j", (status, builds) => {
    expect(pipeline(builds)).toMatchObject({ stages: [{ name: "test", status }] });
  });
});

describe("merge requests", () => {
  const mergeRequest = (attributes: object, more: object = {}) =>
    read("Merge Request Hook", { object_attributes: { iid: 12, action: "update", ...attributes }, ...more });

  test.each([
    ["Draft: a", true],
    ["draft: a", true],
    ["[Draft] a", true],
    ["(Draft) a", true],
    ["Draft - a", true],
    ["WIP: a", true],
    ["[WIP] a", true],
    ["WIP a", true],
    ["Drafting a plan", false],
    ["Draft the plan", false],
    ["Wiping the disk", false],
    ["A Draft: b", false],
    ["", false],
  ])("a title alone, “%s”, says whether it is a draft: %s", (title, draft) => {
    expect(mergeRequest({ title })).toMatchObject({ draft });
    const change = { from: draft ? "draft" : "ready", to: draft ? "ready" : "draft", field: "draft" };
    const other = draft ? "b" : "Draft: b";
    expect(mergeRequest({ title: other }, { changes: { title: { previous: title, current: other } } })).toMatchObject({
      changes: [{ field: "title", to: "b" }, change],
    });
  });

  test("what the forge says of drafts counts for more than the title", () => {
    expect(mergeRequest({ title: "Draft: a", draft: false })).toMatchObject({ draft: false });
    expect(mergeRequest({ title: "a", work_in_progress: true })).toMatchObject({ draft: true });
  });

  test.each([
    ["opened", "update"],
    ["closed", "close"],
    ["merged", "merge"],
  ])("without an action the state %s makes it %s", (state, action) => {
    expect(mergeRequest({ action: undefined, state })).toMatchObject({ action });
  });

  test("without a number it takes the one of its address", () => {
    const url = `${web_url}/merge_requests/1402`;
    expect(mergeRequest({ iid: undefined, url })).toMatchObject({ number: "1402", key: "!1402", url });
    expect(() => mergeRequest({ iid: undefined, url: `${web_url}/issues/1` })).toThrow("object_attributes.iid");
  });

  test("only an update lists changes: when it is opened, all is new", () => {
    const changes = { changes: { title: { previous: null, current: "a" } } };
    expect(mergeRequest({ action: "open" }, changes)).toMatchObject({ changes: [] });
    expect(mergeRequest({ action: "update" }, changes)).toMatchObject({ changes: [{ field: "title", to: "a" }] });
  });
});

describe("times", () => {
  const at = (...timestamps: unknown[]) =>
    read("Push Hook", { ref: "refs/heads/main", commits: timestamps.map((timestamp) => ({ id: "1", timestamp })) });
  test.each([
    [["2015-05-17 18:08:09 UTC"], "2015-05-17T18:08:09.000Z"],
    [["2015-05-17 20:08:09 +0200"], "2015-05-17T18:08:09.000Z"],
    [["2015-05-17 20:08:09 +02:00"], "2015-05-17T18:08:09.000Z"],
    [["2015-05-17T20:08:09+02:00"], "2015-05-17T18:08:09.000Z"],
    [["2015-05-17 18:08:09 UTC", "2015-05-17T20:08:08+02:00"], "2015-05-17T18:08:09.000Z"],
    [["yesterday", "2015-05-17T18:08:09Z", 7, null], "2015-05-17T18:08:09.000Z"],
    [["yesterday", "", "275761-01-01T00:00:00Z"], undefined],
  ])("%j", (timestamps, wanted) => {
    expect(at(...timestamps)).toHaveProperty("at", wanted);
  });
});

describe("pages that a push has no link to", () => {
  const sha = "b".repeat(40);
  const push = (more: object) => read("Push Hook", { ref: "refs/heads/a/b c", before: sha, after: sha, ...more });
  const compare = `compare/${sha}...${sha}`;
  test.each<[name: string, payload: object, url: string]>([
    ["of today", { user_username: "alice" }, `${web_url}/-/${compare}`],
    ["of today, by its commits", { commits: [{ id: "1", url: `${web_url}/-/commit/1` }] }, `${web_url}/-/${compare}`],
    [
      "before GitLab 12",
      { user_username: "a", commits: [{ id: "1", url: `${web_url}/commit/1` }] },
      `${web_url}/${compare}`,
    ],
    ["before GitLab 10", {}, `${web_url}/${compare}`],
    ["a new branch", { user_username: "a", before: "0".repeat(40) }, `${web_url}/-/tree/a/b%20c`],
    ["SHA-256", { user_username: "a", before: "0".repeat(64) }, `${web_url}/-/tree/a/b%20c`],
  ])("%s", (_name, payload, url) => {
    expect(push(payload)).toMatchObject({ url });
  });

  test("a removed branch has none", () => {
    expect(push({ after: "0".repeat(40) })).toMatchObject({ action: "delete", url: undefined });
  });
});

describe("what is half there", () => {
  test("a commit without id is not listed, and the push is still read", () => {
    const commits = [{ id: "", message: "a" }, { id: " ", message: "b" }, { message: "c" }, { id: "1", message: "d" }];
    expect(read("Push Hook", { ref: "refs/heads/main", commits })).toMatchObject({
      commits: [{ id: "1", title: "d" }],
      commitCount: 4,
    });
    expect(read("Tag Push Hook", { ref: "refs/tags/v1", commits: [{ id: "" }] })).toMatchObject({ commit: undefined });
  });

  test("half of a surrogate pair in a name does not break its address", () => {
    expect(read("Tag Push Hook", { ref: "refs/tags/\ud800", user_username: "a" })).toMatchObject({
      url: `${web_url}/-/tags/%EF%BF%BD`,
    });
  });

  test("a project by its clone address only, as merge requests of GitLab 8.2 have it", () => {
    const target = { name: "API", http_url: "http://gitlab.acme.example:8080/shop/api.git" };
    const payload = { project: undefined, object_attributes: { iid: 1, target } };
    expect(read("Merge Request Hook", payload)).toMatchObject({
      project: { path: "shop/api", name: "API", host: "gitlab.acme.example:8080" },
    });
  });
});

test.each(["javascript:alert(1)", "https://bot:glpat-x@gitlab.acme.example/a/b", "ftp://a.example/b", "nowhere"])(
  "the address %s is in no event",
  (address) => {
    const body = JSON.stringify({
      object_kind: "merge_request",
      project: { path_with_namespace: "a/b", web_url: address },
      object_attributes: { iid: 1, url: address, last_commit: { id: "abc", message: "m", url: address } },
    });
    const reading = gitlab.parse({ headers: { "x-gitlab-event": "Merge Request Hook" }, body: Buffer.from(body) });
    expect(reading.state).toBe("event");
    expect(JSON.stringify(reading)).not.toContain(address);
  },
);
