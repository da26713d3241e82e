import type { Commit, Event, Kind, Person, Project } from "../events.ts";
import { wholeOf } from "../rules/kinds.ts";

/** Which action to show of a kind of which every action is wanted: one that people wait for. */
export const usualActions: Record<Kind, string> = {
  push: "update",
  tag_push: "create",
  merge_request: "open",
  pipeline: "failed",
  deployment: "success",
  release: "create",
  job: "failed",
  issue: "open",
  work_item: "open",
  note: "create",
  wiki_page: "create",
  feature_flag: "on",
  member: "add",
  subgroup: "create",
  project: "create",
  emoji: "award",
  milestone: "create",
  access_token: "expiring",
  vulnerability: "detected",
  system: "user_create",
};

interface Wanted {
  /** an action that a rule may name */
  action: string;
  project: Project;
}

interface Given extends Wanted {
  /** a narrower name for it, as rules have it: `ready` of an `update` */
  as: string;
}

/** A made-up event of a kind. It has no links, because there is nothing to see behind them. */
export const sampleOf = (kind: Kind, { action, project }: Wanted): Event =>
  samples[kind]({ action: wholeOf(kind, action) ?? action, as: action, project });

const robin: Person = { name: "Robin", username: "robin", bot: false };
const kim: Person = { name: "Kim", username: "kim", bot: false };
const commit: Commit = { id: "5a3c1e7f90b2d4c68e0f1a2b3c4d5e6f70819243", title: "Ring the bell once", author: "Robin" };

const common = ({ action, project }: Given, key: string) => ({
  action,
  project,
  actor: robin,
  key,
  confidential: false,
});
const lists = { assignees: [kim], labels: ["bell"], changes: [{ field: "labels", to: "bell" }] };
const issue = { number: "7", title: "The bell rings twice", state: "opened", author: robin, ...lists };
const run = { branch: "main", commit, duration: 94 };
const failure = { name: "unit", stage: "test", status: "failed", reason: "script failure", optional: false };

const samples: { [K in Kind]: (given: Given) => Extract<Event, { kind: K }> } = {
  push: (given) => ({
    ...common(given, "branch main"),
    kind: "push",
    branch: given.action === "update" ? "main" : "ring-once",
    commits: given.action === "delete" ? [] : [commit],
    commitCount: given.action === "delete" ? 0 : 1,
    paths: ["src/bell.ts"],
  }),
  tag_push: (given) => ({ ...common(given, "tag v1.2.0"), kind: "tag_push", tag: "v1.2.0", commit }),
  merge_request: (given) => ({
    ...common(given, "!12"),
    ...issue,
    kind: "merge_request",
    number: "12",
    title: "Ring the bell once",
    branch: "ring-once",
    target: "main",
    draft: false,
    reviewers: [kim],
    ...(given.as === "ready" && { changes: [{ field: "draft", from: "draft", to: "ready" }] }),
    ...(given.as === "commits" && { changes: [] }),
    newCommits: given.as === "commits",
    automatic: false,
  }),
  pipeline: (given) => ({
    ...common(given, "pipeline 31"),
    ...run,
    kind: "pipeline",
    number: "31",
    status: given.action,
    source: "push",
    stages: [{ name: "test", status: given.action, jobs: 2 }],
    jobCount: 2,
    jobs: ["unit", "lint"],
    failures: given.action === "failed" ? [failure] : [],
    failureCount: given.action === "failed" ? 1 : 0,
    ...((given.as === "broken" || given.as === "fixed") && {
      news: { word: given.as, episode: "31", newFailures: given.as === "broken" ? [failure.name] : [] },
    }),
  }),
  deployment: (given) => ({
    ...common(given, "environment production"),
    kind: "deployment",
    status: given.action,
    environment: "production",
    branch: "main",
    commit,
  }),
  release: (given) => ({
    ...common(given, "release v1.2.0"),
    kind: "release",
    tag: "v1.2.0",
    name: "1.2",
    description: "The bell rings once.",
    commit,
    assetCount: 2,
  }),
  job: (given) => ({
    ...common(given, "job 311"),
    ...run,
    ...failure,
    kind: "job",
    status: given.action,
    pipeline: "31",
    reason: given.action === "failed" ? failure.reason : undefined,
  }),
  issue: (given) => ({ ...common(given, "#7"), ...issue, kind: "issue" }),
  work_item: (given) => ({ ...common(given, "#7"), ...issue, kind: "work_item", type: "task" }),
  note: (given) => ({
    ...common(given, "!12"),
    kind: "note",
    text: "It rings once now. Well done!",
    on: "merge request",
    reference: "!12",
    title: "Ring the bell once",
    draft: false,
    author: kim,
    labels: [],
    automatic: false,
  }),
  wiki_page: (given) => ({
    ...common(given, "wiki page ringing"),
    kind: "wiki_page",
    title: "How to ring",
    message: "Say how often",
  }),
  feature_flag: (given) => ({
    ...common(given, "feature flag ring-once"),
    kind: "feature_flag",
    name: "ring-once",
    description: "One ring only",
  }),
  member: (given) => ({
    ...common(given, "member kim"),
    kind: "member",
    member: kim,
    of: "project",
    role: "Developer",
  }),
  subgroup: (given) => ({
    ...common(given, "subgroup bells"),
    kind: "subgroup",
    path: `${given.project.path}/bells`,
    name: "Bells",
  }),
  project: (given) => ({
    ...common(given, "project"),
    kind: "project",
    from: `${given.project.path}-old`,
    visibility: "private",
    owners: [robin],
  }),
  emoji: (given) => ({
    ...common(given, "!12"),
    kind: "emoji",
    emoji: "bell",
    on: "merge request",
    reference: "!12",
    title: "Ring the bell once",
  }),
  milestone: (given) => ({ ...common(given, "milestone 3"), kind: "milestone", title: "1.2", description: "One ring" }),
  access_token: (given) => ({
    ...common(given, "access token belfry"),
    kind: "access_token",
    name: "belfry",
    type: "access token",
    interval: "seven days",
  }),
  vulnerability: (given) => ({
    ...common(given, "vulnerability 5"),
    kind: "vulnerability",
    title: "A bell without a lock",
    severity: "high",
    report: "SAST",
    identifiers: ["CWE-667"],
  }),
  system: (given) => ({ ...common(given, "user robin"), kind: "system", subject: "robin", user: robin, refs: [] }),
};
