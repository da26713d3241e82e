import type {
  Commit,
  Deployment,
  Event,
  Job,
  MergeRequest,
  Person,
  Pipeline,
  Push,
  Release,
  TagPush,
} from "../../src/events.ts";
import { alice, base, bob, carol, common } from "./acme.ts";

export const renovate: Person = { name: "Renovate", username: "project_91_bot", bot: true };

/** A commit with an id that tells its number. */
export const commit = (number: number, title: string, author = alice.name): Commit => {
  const id = (number * 2654435761).toString(16).padStart(9, "a").repeat(5).slice(0, 40);
  return { id, title, url: `${base}/-/commit/${id}`, author };
};

const fix = commit(1, "Redirect to the page that asked for the login");
const subjects = ["Add rate limits", "Read limits from the settings", "Test limits", "Mend a typo", "Explain limits"];

export const push = (more: Partial<Push> = {}): Push => ({
  ...common,
  kind: "push",
  action: "update",
  key: "branch main",
  url: `${base}/-/compare/95790bf8...da156088`,
  branch: "main",
  before: "95790bf891e76fee5e1747ab589903a6a1f80f22",
  after: fix.id,
  commits: [fix],
  commitCount: 1,
  paths: ["src/login.ts"],
  ...more,
});

const tagPush = (more: Partial<TagPush> = {}): TagPush => ({
  ...common,
  kind: "tag_push",
  action: "create",
  key: "tag v2.4.0",
  url: `${base}/-/tags/v2.4.0`,
  tag: "v2.4.0",
  commit: fix,
  ...more,
});

export const mergeRequest = (more: Partial<MergeRequest> = {}): MergeRequest => ({
  ...common,
  kind: "merge_request",
  action: "open",
  key: "!128",
  number: "128",
  url: `${base}/-/merge_requests/128`,
  title: "Redirect to the page that asked for the login",
  description: "Closes #77\n\n/assign me",
  state: "opened",
  branch: "77-login-redirect",
  target: "main",
  draft: false,
  author: alice,
  assignees: [alice],
  reviewers: [bob, carol],
  labels: ["bug", "auth"],
  changes: [],
  newCommits: false,
  commit: fix,
  automatic: false,
  ...more,
});

export const job = (name: string, stage: string, reason = "script failure"): Job => ({
  name,
  stage,
  status: "failed",
  reason,
  duration: 61,
  url: `${base}/-/jobs/${name.length * 7919}`,
  optional: false,
});

export const stages = (...statuses: string[]) =>
  ["build", "test", "deploy"].map((name, index) => ({ name, status: statuses[index] ?? "pending", jobs: 3 }));

export const pipeline = (more: Partial<Pipeline> = {}): Pipeline => ({
  ...common,
  kind: "pipeline",
  action: more.status ?? "success",
  status: "success",
  key: "pipeline 41873",
  number: "41873",
  url: `${base}/-/pipelines/41873`,
  branch: "main",
  source: "push",
  commit: fix,
  stages: stages("pending"),
  jobCount: 9,
  jobs: ["compile", "unit", "ship"],
  failures: [],
  failureCount: 0,
  ...more,
});

export const deployment = (status: string, more: Partial<Deployment> = {}): Deployment => ({
  ...common,
  kind: "deployment",
  action: status,
  status,
  key: "environment production",
  environment: "production",
  environmentUrl: "https://api.acme.io",
  branch: "main",
  commit: fix,
  jobUrl: `${base}/-/jobs/99120`,
  ...more,
});

export const notes = `## Added

- Rate limits per token ([!120](${base}/-/merge_requests/120))
- **Retry-After** on every 429

## Fixed

- Logins return to the page that asked for them

<!-- do not forget to announce -->
![graph](${base}/uploads/graph.png){width=400}
`;

export const release = (more: Partial<Release> = {}): Release => ({
  ...common,
  kind: "release",
  action: "create",
  key: "release v2.4.0",
  url: `${base}/-/releases/v2.4.0`,
  tag: "v2.4.0",
  name: "2.4 Bell tower",
  description: notes,
  commit: fix,
  assetCount: 4,
  actor: undefined,
  ...more,
});

const nothingKnown = { actor: undefined, url: undefined, project: { path: "api", name: "api" } };
const failedRun = { status: "failed", duration: 754, stages: stages("success", "failed", "skipped") };

/** Realistic events by the name of their golden: `<kind>.<action>[__detail]`. */
export const events: Record<string, Event> = {
  "push.update": push(),
  "push.update__three": push({
    commits: [commit(2, "Add rate limits"), commit(3, "Test limits", bob.name), commit(4, "Explain limits")],
    commitCount: 3,
  }),
  "push.update__fifty": push({
    commits: Array.from({ length: 20 }, (_, index) => commit(index + 5, subjects[index % 5] ?? "")),
    commitCount: 50,
  }),
  "push.update__nothing_known": push({ ...nothingKnown, branch: undefined }),
  "push.update__no_commits": push({ commits: [], commitCount: 0 }),
  "push.update__no_actor": push({ actor: undefined }),
  "push.create": push({ action: "create", branch: "77-login-redirect", commits: [], commitCount: 0, url: undefined }),
  "push.create__with_commits": push({ action: "create", branch: "77-login-redirect" }),
  "push.create__nothing_known": push({
    action: "create",
    ...nothingKnown,
    branch: undefined,
    commits: [],
    commitCount: 0,
  }),
  "push.delete": push({ action: "delete", branch: "77-login-redirect", commits: [], commitCount: 0 }),
  "push.delete__nothing_known": push({
    action: "delete",
    ...nothingKnown,
    branch: undefined,
    commits: [],
    commitCount: 0,
  }),
  "tag_push.create": tagPush(),
  "tag_push.create__annotated": tagPush({
    message: "Rate limits and the login that finds its way back\n\nSigned-off-by: Alice",
  }),
  "tag_push.create__nothing_known": tagPush({ ...nothingKnown, tag: undefined, commit: undefined }),
  "tag_push.update": tagPush({ action: "update" }),
  "tag_push.update__nothing_known": tagPush({ action: "update", ...nothingKnown, commit: undefined, tag: undefined }),
  "tag_push.delete": tagPush({ action: "delete", url: undefined, commit: undefined }),
  "tag_push.delete__nothing_known": tagPush({ action: "delete", ...nothingKnown, commit: undefined, tag: undefined }),
  "merge_request.open": mergeRequest(),
  "merge_request.open__draft": mergeRequest({ draft: true, reviewers: [] }),
  "merge_request.open__fork": mergeRequest({
    fork: "guest/api",
    actor: carol,
    author: carol,
    assignees: [],
    reviewers: [],
    labels: [],
  }),
  "merge_request.open__bot": mergeRequest({
    actor: renovate,
    author: renovate,
    title: "Update dependency zod to v4.6.7",
    branch: "renovate/zod-4.x",
    labels: ["dependencies"],
    milestone: "2.5",
  }),
  "merge_request.open__nothing_known": mergeRequest({
    ...nothingKnown,
    title: undefined,
    description: undefined,
    branch: undefined,
    target: undefined,
    author: undefined,
    assignees: [],
    reviewers: [],
    labels: [],
  }),
  "merge_request.close": mergeRequest({ action: "close", state: "closed", actor: bob }),
  "merge_request.reopen": mergeRequest({ action: "reopen", actor: bob }),
  "merge_request.merge": mergeRequest({ action: "merge", state: "merged", actor: bob }),
  "merge_request.merge__own": mergeRequest({ action: "merge", state: "merged", labels: [] }),
  "merge_request.merge__nothing_known": mergeRequest({
    action: "merge",
    ...nothingKnown,
    title: undefined,
    branch: undefined,
    target: undefined,
    author: undefined,
    labels: [],
  }),
  "merge_request.approved": mergeRequest({ action: "approved", actor: bob }),
  "merge_request.approval": mergeRequest({ action: "approval", actor: carol }),
  "merge_request.unapproved": mergeRequest({ action: "unapproved", actor: bob }),
  "merge_request.unapproved__automatic": mergeRequest({ action: "unapproved", automatic: true }),
  "merge_request.unapproval": mergeRequest({ action: "unapproval", actor: carol }),
  "merge_request.unapproval__automatic": mergeRequest({ action: "unapproval", automatic: true }),
  "merge_request.update": mergeRequest({
    action: "update",
    changes: [
      { field: "title", from: "WIP login", to: "Redirect to the page that asked for the login" },
      { field: "labels", to: "bug, auth" },
      { field: "milestone", from: "2.3" },
      { field: "description" },
      { field: "assignees", to: "Bob Lindqvist" },
    ],
  }),
  "merge_request.update__commits": mergeRequest({ action: "update", newCommits: true }),
  "merge_request.update__ready": mergeRequest({
    action: "update",
    changes: [{ field: "draft", from: "draft", to: "ready" }],
  }),
  "merge_request.update__ready_and_more": mergeRequest({
    action: "update",
    changes: [
      { field: "title", from: "Redirect", to: "Redirect to the page that asked" },
      { field: "labels", to: "ready" },
      { field: "draft", from: "draft", to: "ready" },
    ],
  }),
  "merge_request.update__draft": mergeRequest({
    action: "update",
    draft: true,
    changes: [{ field: "draft", from: "no", to: "yes" }],
  }),
  "merge_request.update__description": mergeRequest({ action: "update", changes: [{ field: "description" }] }),
  "merge_request.update__nothing_known": mergeRequest({
    action: "update",
    ...nothingKnown,
    title: undefined,
    commit: undefined,
  }),
  "merge_request.lock__unknown_action": mergeRequest({ action: "lock" }),
  "pipeline.success": pipeline({ duration: 125, stages: stages("success", "success", "success") }),
  "pipeline.success__scheduled": pipeline({
    duration: 3725,
    name: "Nightly build",
    source: "schedule",
    stages: stages("success"),
  }),
  "pipeline.failed": pipeline({ ...failedRun, failures: [job("unit", "test")], failureCount: 1 }),
  "pipeline.failed__merge_request": pipeline({
    ...failedRun,
    branch: "77-login-redirect",
    target: "main",
    mergeRequest: "128",
    mergeRequestTitle: "Redirect to the page that asked for the login",
    mergeRequestUrl: `${base}/-/merge_requests/128`,
    failures: [job("unit", "test"), job("lint", "test", "runner system failure")],
    failureCount: 2,
  }),
  "pipeline.failed__eighty": pipeline({
    ...failedRun,
    jobCount: 80,
    failures: Array.from({ length: 50 }, (_, index) => job(`rspec ${index + 1}/80`, "test")),
    failureCount: 80,
    stages: Array.from({ length: 12 }, (_, index) => ({
      name: `stage-${index + 1}`,
      status: index ? "skipped" : "failed",
      jobs: 7,
    })),
  }),
  "pipeline.failed__nothing_known": pipeline({
    ...nothingKnown,
    status: "failed",
    branch: undefined,
    commit: undefined,
    stages: [],
  }),
  "pipeline.failed__broke": pipeline({
    ...failedRun,
    failures: [job("unit", "test")],
    failureCount: 1,
    news: { word: "broken", newFailures: ["unit"], episode: "41873" },
  }),
  "pipeline.failed__still": pipeline({
    ...failedRun,
    failures: [job("unit", "test"), job("smoke", "deploy")],
    failureCount: 2,
    news: { word: "still_failing", seconds: 7380, newFailures: ["smoke"], culprit: fix, episode: "41860" },
  }),
  "pipeline.success__fixed": pipeline({
    duration: 125,
    news: { word: "fixed", seconds: 7380, newFailures: [], culprit: fix, episode: "41860" },
  }),
  "pipeline.success__fixed_merge_request": pipeline({
    duration: 125,
    mergeRequest: "128",
    mergeRequestUrl: `${base}/-/merge_requests/128`,
    news: { word: "fixed", seconds: 7380, newFailures: [], episode: "41860" },
  }),
  "pipeline.success__tag": pipeline({ branch: undefined, tag: "v2.4.0", duration: 60 }),
  "pipeline.created": pipeline({ status: "created" }),
  "pipeline.waiting_for_resource": pipeline({ status: "waiting_for_resource" }),
  "pipeline.preparing": pipeline({ status: "preparing" }),
  "pipeline.pending": pipeline({ status: "pending" }),
  "pipeline.running": pipeline({ status: "running", stages: stages("success", "running", "pending") }),
  "pipeline.canceling": pipeline({ status: "canceling" }),
  "pipeline.canceled": pipeline({ status: "canceled", stages: stages("success", "canceled", "skipped") }),
  "pipeline.skipped": pipeline({ status: "skipped", stages: [] }),
  "pipeline.manual": pipeline({ status: "manual", stages: stages("success", "success", "manual") }),
  "pipeline.scheduled": pipeline({ status: "scheduled" }),
  "pipeline.odd__unknown_action": pipeline({ status: "waiting_for_callback" }),
  "deployment.created": deployment("created"),
  "deployment.running": deployment("running"),
  "deployment.running__nothing_known": deployment("running", {
    ...nothingKnown,
    environment: undefined,
    environmentUrl: undefined,
    branch: undefined,
    commit: undefined,
    jobUrl: undefined,
  }),
  "deployment.success": deployment("success"),
  "deployment.success__review_app": deployment("success", {
    environment: "review/77-login-redirect",
    environmentUrl: undefined,
    branch: "77-login-redirect",
  }),
  "deployment.success__nothing_known": deployment("success", {
    ...nothingKnown,
    environment: undefined,
    environmentUrl: undefined,
    branch: undefined,
    commit: undefined,
    jobUrl: undefined,
  }),
  "deployment.failed": deployment("failed"),
  "deployment.failed__nothing_known": deployment("failed", {
    ...nothingKnown,
    environment: undefined,
    environmentUrl: undefined,
    branch: undefined,
    commit: undefined,
    jobUrl: undefined,
  }),
  "deployment.canceled": deployment("canceled"),
  "deployment.skipped": deployment("skipped"),
  "deployment.blocked": deployment("blocked"),
  "deployment.approved": deployment("approved", { actor: bob }),
  "deployment.approved__approver": deployment("approved", { approver: bob, comment: "After the release notes" }),
  "deployment.rejected": deployment("rejected", { actor: bob }),
  "deployment.rejected__approver": deployment("rejected", { approver: bob }),
  "release.create": release(),
  "release.create__tag_only": release({ name: "v2.4.0", description: undefined }),
  "release.create__long": release({
    actor: alice,
    description: `${notes}\n${"A long tale of what was done and why. ".repeat(60)}`,
  }),
  "release.create__nothing_known": release({
    ...nothingKnown,
    name: undefined,
    tag: undefined,
    description: undefined,
    commit: undefined,
  }),
  "release.update": release({ action: "update", actor: alice }),
  "release.delete": release({ action: "delete" }),
  "release.delete__nothing_known": release({ action: "delete", ...nothingKnown, name: undefined, tag: undefined }),
};
