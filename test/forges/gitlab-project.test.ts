import { describe, expect, test } from "vitest";
import { gitlab } from "../../src/forges/gitlab/index.ts";

/** Jobs and what a project or group has besides code; whole deliveries are in fixtures.test.ts. */

const web_url = "https://gitlab.acme.example/acme/api";
const project = { name: "API", path_with_namespace: "acme/api", web_url };
const group = { group_name: "Shop", group_path: "shop", full_path: "acme/shop" };

const parse = (header: string, payload: object, headers: Record<string, string> = {}) =>
  gitlab.parse({ headers: { "x-gitlab-event": header, ...headers }, body: Buffer.from(JSON.stringify(payload)) });

function read(header: string, payload: object, headers?: Record<string, string>): unknown {
  const reading = parse(header, payload, headers);
  if (reading.state !== "event") throw new Error(`${reading.state}: ${reading.reason}`);
  return reading.event;
}

describe("jobs", () => {
  const sha = "b".repeat(40);
  const job = (more: object = {}, header = "Job Hook") =>
    read(header, { project, build_id: 7, build_name: "unit", build_status: "failed", commit: { id: 3, sha }, ...more });

  test("their pages are where that GitLab has them", () => {
    expect(job({ pipeline_id: 4 })).toMatchObject({
      url: `${web_url}/-/jobs/7`,
      pipeline: "4",
      pipelineUrl: `${web_url}/-/pipelines/4`,
      commit: { id: sha, url: `${web_url}/-/commit/${sha}` },
    });
    expect(job()).toMatchObject({
      url: `${web_url}/-/jobs/7`,
      pipeline: "3",
      pipelineUrl: `${web_url}/pipelines/3`,
      commit: { url: `${web_url}/commit/${sha}` },
    });
    expect(job({}, "Build Hook")).toMatchObject({
      url: `${web_url}/builds/7`,
      pipeline: "3",
      pipelineUrl: undefined,
      commit: { url: `${web_url}/commit/${sha}` },
    });
  });

  test.each([
    ["refs/heads/main", false, { branch: "main", tag: undefined, mergeRequest: undefined }],
    ["v1", true, { branch: undefined, tag: "v1", mergeRequest: undefined }],
    ["refs/merge-requests/12/head", false, { branch: undefined, tag: undefined, mergeRequest: "12" }],
    ["refs/merge-requests/12/train", false, { mergeRequestUrl: `${web_url}/-/merge_requests/12` }],
    ["refs/merge-requests/x/head", false, { branch: "refs/merge-requests/x/head", mergeRequest: undefined }],
  ])("ref %s with tag %s", (ref, tag, wanted) => {
    expect(job({ ref, tag, pipeline_id: 4 })).toMatchObject(wanted);
  });

  test.each([
    ["failed", "script_failure", "script failure"],
    ["failed", "unknown_failure", undefined],
    ["failed", null, undefined],
    ["running", "script_failure", undefined],
    ["success", "unknown_failure", undefined],
  ])("%s for %s: %s", (build_status, build_failure_reason, reason) => {
    expect(job({ build_status, build_failure_reason })).toMatchObject({ action: build_status, reason });
  });

  test.each([
    [
      { homepage: web_url, name: "api" },
      { path: "acme/api", name: "api" },
    ],
    [{ name: "api" }, { path: "Acme/Shop/The API", name: "The API" }],
    [undefined, { path: "Acme/Shop/The API", name: "The API", url: undefined }],
  ])("without a project it takes its repository, then its full name: %j", (repository, wanted) => {
    const more = { project: undefined, repository, project_name: "Acme / Shop / The API" };
    expect(job(more)).toMatchObject({ project: wanted });
  });

  test("a body of another form is unreadable and says where", () => {
    expect(parse("Job Hook", { project, object_kind: "job", job_name: "unit", job_status: "created" })).toEqual({
      state: "unreadable",
      reason: "build_name: expected string; build_status: expected string",
    });
  });
});

describe("wiki pages", () => {
  const page = (attributes: object, more: object = { project }) =>
    read("Wiki Page Hook", { object_attributes: { title: "On call", slug: "on-call", ...attributes }, ...more });

  test.each([
    ["Update On call", undefined],
    ["Create on-call", undefined],
    ["alice updated page: On call", undefined],
    ["Update On call and more", "Update On call and more"],
    ["Update", "Update"],
    ["", undefined],
    ["Say who", "Say who"],
  ])("“%s” says %s", (message, said) => {
    expect(page({ action: "update", message })).toMatchObject({ message: said });
  });

  test("a removed page has no address, and what was said of it before is not repeated", () => {
    const gone = { message: "Say who", url: `${web_url}/-/wikis/on-call`, diff_url: `${web_url}/-/wikis/on-call/diff` };
    const nothing = { url: undefined, message: undefined, diffUrl: undefined };
    expect(page({ action: "delete", ...gone })).toMatchObject(nothing);
  });

  const url = "https://gitlab.acme.example/groups/acme/shop/-/wikis/on-call";
  const ofUrl = { path: "acme/shop", host: "gitlab.acme.example", url: "https://gitlab.acme.example/groups/acme/shop" };
  test.each([
    ["its address", { url }, {}, { ...ofUrl, name: "shop", group: true }],
    ["its keys", {}, { group }, { path: "acme/shop", name: "Shop", group: true }],
    ["both", { url }, { project: null, group }, { ...ofUrl, name: "Shop", group: true }],
    ["its last part", {}, { group: { group_path: "shop" } }, { path: "shop", name: "shop", group: true }],
    ["address before last part", { url }, { group: { group_path: "shop" } }, { ...ofUrl, group: true }],
  ])("a group is known by %s", (_name, attributes, more, wanted) => {
    expect(page(attributes, more)).toMatchObject({ project: wanted });
  });

  test.each([`${web_url}/wikis/on-call`, "on-call", "/-/wikis/on-call", "https://gitlab.acme.example/-/wikis/on-call"])(
    "%s names no place",
    (page) => {
      const payload = { object_attributes: { title: "On call", url: page } };
      expect(parse("Wiki Page Hook", payload)).toMatchObject({ state: "unreadable" });
    },
  );
});

test("a feature flag says whether it is on", () => {
  const flag = (active: unknown) => ({ project, object_attributes: { name: "new", active } });
  expect(read("Feature Flag Hook", flag(true))).toMatchObject({ action: "on", url: `${web_url}/-/feature_flags` });
  expect(read("Feature Flag Hook", flag(false))).toMatchObject({ action: "off" });
  const reason = "object_attributes.active: expected boolean";
  expect(parse("Feature Flag Hook", flag("yes"))).toEqual({ state: "unreadable", reason });
});

describe("milestones", () => {
  const milestone = (attributes: object, more: object = { project }, headers?: Record<string, string>) =>
    read("Milestone Hook", { object_attributes: { iid: 3, title: "v1", ...attributes }, ...more }, headers);

  test.each([
    [{}, { action: "reopen" }, "reopen"],
    [{ action: "close" }, {}, "close"],
    [{ state: "closed" }, {}, "close"],
    [{ state: "active" }, {}, "update"],
  ])("%j with %j is %s", (attributes, more, action) => {
    expect(milestone(attributes, { project, ...more })).toMatchObject({ action });
  });

  test("a removed one has no page", () => {
    expect(milestone({}, { project, action: "close" })).toMatchObject({ url: `${web_url}/-/milestones/3` });
    expect(milestone({}, { project, action: "delete" })).toMatchObject({ url: undefined });
  });

  test("of a group it has a page where the sender says where it is and the group's path is whole", () => {
    const instance = { "x-gitlab-instance": "https://gitlab.acme.example" };
    const url = "https://gitlab.acme.example/groups/acme/shop";
    const whole = { project: null, group };
    expect(milestone({}, whole, instance)).toMatchObject({ project: { url }, url: `${url}/-/milestones/3` });
    expect(milestone({}, whole)).toMatchObject({ project: { path: "acme/shop" }, url: undefined });
    const part = { project: null, group: { group_path: "shop" } };
    expect(milestone({}, part, instance)).toMatchObject({ project: { path: "shop", url: undefined }, url: undefined });
  });

  test("of a group that has no name it is unreadable", () => {
    const payload = { project: null, object_attributes: { title: "v1", group_id: 35 } };
    expect(parse("Milestone Hook", payload)).toMatchObject({ state: "unreadable" });
  });
});

describe("vulnerabilities", () => {
  const url = `${web_url}/-/security/vulnerabilities/42`;
  const found = (attributes: object) =>
    read("Vulnerability Hook", { object_attributes: { url, title: "A", state: "detected", ...attributes } });

  test("the project is the one of its address", () => {
    const wanted = { path: "acme/api", name: "api", host: "gitlab.acme.example", url: web_url };
    expect(found({})).toMatchObject({ project: wanted, key: "vulnerability 42" });
    expect(found({})).not.toHaveProperty("project.group");
  });

  test("what found it, its known names and its newest issue", () => {
    const identifiers = [{ name: "Gemnasium-29dce398" }, { name: "CVE-2026-1" }, { name: " " }, {}, { name: "CWE-1" }];
    const issues = [{ title: "Old" }, { title: "New", url: `${web_url}/-/issues/2` }];
    expect(found({ identifiers, issues, report_type: "sast" })).toMatchObject({
      identifiers: ["CVE-2026-1", "CWE-1"],
      report: "SAST",
      issueTitle: "New",
      issueUrl: `${web_url}/-/issues/2`,
    });
    expect(found({ report_type: "container_scanning" })).toMatchObject({ report: "container scanning" });
  });
});

describe("tokens", () => {
  const token = (more: object, headers?: Record<string, string>) =>
    read("Resource Access Token Hook", { project, object_attributes: { id: 5, name: "ci" }, ...more }, headers);

  test.each([
    [{ object_kind: "access_token" }, "access token", "access_tokens"],
    [{ object_kind: "deploy_token" }, "deploy token", "repository"],
    [{ event_name: "expiring_deploy_token" }, "deploy token", "repository"],
    [{}, "access token", "access_tokens"],
  ])("%j is an expiring %s", (more, type, page) => {
    const wanted = { action: "expiring", type, key: `${type} 5`, url: `${web_url}/-/settings/${page}` };
    expect(token(more)).toMatchObject(wanted);
  });

  test("days are days, whatever else is written with them", () => {
    const attributes = { name: "ci", expires_at: "2026-03-09 07:57:25 UTC", last_used_at: "2026-03-01" };
    const wanted = { expires: "2026-03-09", lastUsed: "2026-03-01", interval: "seven days" };
    expect(token({ object_attributes: attributes, interval: "seven_days" })).toMatchObject(wanted);
    expect(token({ object_attributes: { name: "ci", expires_at: "soon" } })).toMatchObject({ expires: undefined });
  });

  test("nothing of the payload but its name tells the token", () => {
    const event = token({ object_attributes: { name: "ci", token: "glpat-SECRET", user_id: 90 } });
    expect(JSON.stringify(event)).not.toContain("SECRET");
  });
});
