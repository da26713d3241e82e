import type {
  BranchCard,
  DeploymentCard,
  MergeRequestCard,
  PipelineCard,
  PipelineLine,
  PushesView,
  ReleaseCard,
  TalkView,
  View,
} from "../../src/cards/views.ts";
import type { Job, Note } from "../../src/events.ts";
import { alice, base, bob, carol, common, nothingKnown } from "./acme.ts";
import { commit, deployment, job, mergeRequest, notes, pipeline, push, release, renovate, stages } from "./events.ts";

const line = (more: Partial<PipelineLine> = {}): PipelineLine => ({
  number: "41873",
  status: "running",
  url: `${base}/-/pipelines/41873`,
  failures: [],
  failureCount: 0,
  ...more,
});

const unit = job("unit", "test");
const lint = job("lint", "test", "runner system failure");
const smoke: Job = { ...job("smoke", "deploy"), duration: undefined, reason: undefined };

const merging = (more: Partial<MergeRequestCard> = {}): MergeRequestCard => ({
  ...mergeRequest(),
  description: "People who follow a link to a page they may not see land on the start page after they log in.",
  action: "card",
  approvals: [],
  approved: false,
  needsApproval: false,
  changesRequested: [],
  conflicts: false,
  ...more,
});

const running = (more: Partial<PipelineCard> = {}): PipelineCard => ({
  ...pipeline({ status: "running", stages: stages("success", "running", "pending") }),
  action: "card",
  children: [],
  ...more,
});

const broken = (more: Partial<BranchCard> = {}): BranchCard => ({
  ...pipeline({ status: "failed", number: "41880", url: `${base}/-/pipelines/41880`, duration: 754 }),
  failures: [unit],
  failureCount: 1,
  action: "branch",
  state: "broken",
  since: "2026-11-03T09:12:44Z",
  brokenFor: 0,
  culprit: commit(2, "Read limits from the settings", bob.name),
  newFailures: [unit],
  oldFailures: [],
  failedRuns: 1,
  ...more,
});

const deploying = (status: string, more: Partial<DeploymentCard> = {}): DeploymentCard => ({
  ...deployment(status),
  action: "card",
  approvals: [],
  rollback: false,
  replaces: commit(7, "Explain limits", bob.name),
  ...more,
});

const published = (more: Partial<ReleaseCard> = {}): ReleaseCard => ({
  ...release(),
  action: "card",
  state: "published",
  changed: false,
  ...more,
});

const note: Note = {
  ...common,
  actor: bob,
  kind: "note",
  action: "create",
  key: "!128",
  url: `${base}/-/merge_requests/128#note_1244`,
  on: "merge request",
  reference: "!128",
  title: "Redirect to the page that asked for the login",
  objectUrl: `${base}/-/merge_requests/128`,
  draft: false,
  labels: [],
  automatic: false,
  author: alice,
};

const comment = (text: string, more: Partial<TalkView["comments"][number]> = {}): TalkView["comments"][number] => ({
  text,
  url: `${base}/-/merge_requests/128#note_${1244 + text.length}`,
  edited: false,
  ...more,
});

const talk = (comments: TalkView["comments"], more: Partial<TalkView> = {}): TalkView => ({
  ...note,
  action: "talk",
  comments,
  commentCount: comments.length,
  ...more,
});

const several = (more: Partial<PushesView> = {}): PushesView => ({
  ...push(more),
  action: "several",
  pushes: 5,
  ...more,
});

const nothingOfMergeRequest = {
  ...nothingKnown,
  title: undefined,
  description: undefined,
  branch: undefined,
  target: undefined,
  author: undefined,
  assignees: [],
  reviewers: [],
  labels: [],
};

export const updates = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    commit(index + 40, `Update dependency left-pad-${index} to v${index}.0.1`),
  );

export const files = Array.from({ length: 200 }, (_, index) => `packages/${index}/package.json`);

export const table = `This PR contains the following updates:\n\n| Package | Change | Age |\n|---|---|---|\n${"| [zod](https://zod.dev) | `4.6.6` -> `4.6.7` | ![age](https://badges.example/age) |\n".repeat(250)}`;

/** Views as people meet them, by the name of their golden: `<kind>.<action>[__detail]`. */
export const views: Record<string, View> = {
  "merge_request.card__draft": merging({ draft: true, title: "Draft: Redirect to the page that asked for the login" }),
  "merge_request.card__pipeline_running": merging({ needsApproval: true, pipeline: line() }),
  "merge_request.card__pipeline_failed": merging({
    approvals: [bob],
    needsApproval: true,
    pipeline: line({ status: "failed", duration: 754, failures: [unit, lint, smoke], failureCount: 12 }),
  }),
  "merge_request.card__changes_requested": merging({
    changesRequested: [carol],
    pipeline: line({ status: "success", duration: 700 }),
  }),
  "merge_request.card__approved": merging({
    approved: true,
    approvals: [bob, carol],
    pipeline: line({ status: "success", duration: 700 }),
  }),
  "merge_request.card__conflicts": merging({ conflicts: true, approved: true, approvals: [bob] }),
  "merge_request.card__merged": merging({
    state: "merged",
    mergedBy: bob,
    approved: true,
    approvals: [bob, carol],
    milestone: "2.5",
    pipeline: line({ status: "success", duration: 700 }),
  }),
  "merge_request.card__closed": merging({ state: "closed", closedBy: alice, conflicts: true, needsApproval: true }),
  "merge_request.card__bot": merging({
    author: renovate,
    title: "Update all non-major dependencies",
    branch: "renovate/all-minor-patch",
    description: table,
    labels: ["dependencies"],
    pipeline: line(),
  }),
  "merge_request.card__nothing_known": merging(nothingOfMergeRequest),
  "pipeline.card__running": running(),
  "pipeline.card__failing": running({
    failures: [unit],
    failureCount: 1,
    stages: stages("success", "failed", "pending"),
  }),
  "pipeline.card__failed": running({
    status: "failed",
    duration: 754,
    stages: stages("success", "failed", "skipped"),
    failures: [unit, lint, smoke],
    failureCount: 3,
  }),
  "pipeline.card__passed_with_children": running({
    status: "success",
    duration: 754,
    stages: stages("success", "success", "success"),
    children: [
      line({ number: "41874", name: "frontend", status: "success", duration: 301 }),
      line({ number: "41875", name: "backend", status: "success", duration: 402 }),
    ],
  }),
  "pipeline.card__many_children": running({
    children: Array.from({ length: 20 }, (_, index) =>
      line({
        number: String(41900 + index),
        name: `service-${index + 1}`,
        ...(index === 16 ? { status: "failed", duration: 98, failures: [unit], failureCount: 1 } : {}),
      }),
    ),
  }),
  "pipeline.card__nothing_known": running({ ...nothingKnown, branch: undefined, commit: undefined, stages: [] }),
  "pipeline.branch__broken": broken(),
  "pipeline.branch__still_failing": broken({
    number: "41891",
    failures: [unit, lint, smoke],
    failureCount: 3,
    newFailures: [smoke],
    oldFailures: [unit, lint],
    failedRuns: 3,
    brokenFor: 7380,
  }),
  "pipeline.branch__fixed": broken({
    status: "success",
    number: "41895",
    state: "fixed",
    failedRuns: 3,
    brokenFor: 7380,
    fixedBy: commit(9, "Have limits where there are no settings", carol.name),
  }),
  "pipeline.branch__scheduled": broken({ source: "schedule", name: "Nightly build" }),
  "pipeline.branch__nothing_known": broken({
    ...nothingKnown,
    branch: undefined,
    since: undefined,
    brokenFor: undefined,
    culprit: undefined,
    newFailures: [],
  }),
  "deployment.card__waiting": deploying("blocked"),
  "deployment.card__approved": deploying("approved", { approvals: [bob] }),
  "deployment.card__running": deploying("running", { approvals: [bob] }),
  "deployment.card__done": deploying("success", { approvals: [bob, carol], duration: 125 }),
  "deployment.card__failed": deploying("failed", { duration: 12 }),
  "deployment.card__rejected": deploying("rejected", { rejectedBy: bob }),
  "deployment.card__rolled_back": deploying("success", { rollback: true, duration: 31 }),
  "deployment.card__rolling_back": deploying("running", { rollback: true }),
  "deployment.card__nothing_known": deploying("success", {
    ...nothingKnown,
    environment: undefined,
    environmentUrl: undefined,
    branch: undefined,
    commit: undefined,
    jobUrl: undefined,
    replaces: undefined,
  }),
  "release.card__published": published({ actor: alice }),
  "release.card__changed": published({ actor: alice, changed: true, description: `${notes}${notes}` }),
  "release.card__deleted": published({ actor: alice, state: "deleted" }),
  "note.talk__one": talk([comment("Looks good. What about people who open a _bookmark_ of the login page?")]),
  "note.talk__edited": talk([comment("Looks good.", { edited: true })]),
  "note.talk__four": talk([
    comment("Should this be a **303**?", { file: "src/login/redirect.ts", line: 42 }),
    comment("Same here.", { file: "src/login/redirect.ts", line: 57, edited: true }),
    comment("```suggestion:-0+0\nreturn redirect(303, page);\n```", { file: "src/login/page.ts", line: 7 }),
    comment(`Looks good otherwise. ${"I have tried it with a bookmark, a link of a mail and a reload. ".repeat(8)}`),
  ]),
  "note.talk__long": talk(
    Array.from({ length: 12 }, (_, index) => comment(`- one\n- two\n- three\n\n${"line\n".repeat(index)}`)),
    { commentCount: 12, confidential: true },
  ),
  "push.several": several({
    commits: [
      commit(2, "Add rate limits"),
      commit(3, "Test limits", bob.name),
      ...Array.from({ length: 10 }, (_, index) => commit(index + 4, `Mend the limits, part ${index + 1}`)),
    ],
    commitCount: 12,
  }),
  "push.several__monorepo": several({
    commits: updates(20),
    commitCount: 60,
    paths: files,
    actor: renovate,
  }),
  "push.several__nothing_known": several({ ...nothingKnown, branch: undefined, commits: [], commitCount: 0 }),
};
