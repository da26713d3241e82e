import type { Kind } from "../events.ts";

/** What people type for a kind. */
export const kindAliases: Record<string, Kind> = {
  pushes: "push",
  commit: "push",
  commits: "push",
  tag: "tag_push",
  tags: "tag_push",
  tag_pushes: "tag_push",
  mr: "merge_request",
  mrs: "merge_request",
  pr: "merge_request",
  prs: "merge_request",
  merge_requests: "merge_request",
  pull_request: "merge_request",
  pull_requests: "merge_request",
  pulls: "merge_request",
  ci: "pipeline",
  pipelines: "pipeline",
  deploy: "deployment",
  deploys: "deployment",
  deployments: "deployment",
  releases: "release",
};

/** What people type for an action; those that the kind itself has go first. */
export const actionAliases: Record<string, string> = {
  opened: "open",
  closed: "close",
  reopened: "reopen",
  updated: "update",
  merged: "merge",
  approve: "approved",
  unapprove: "unapproved",
  created: "create",
  create: "created",
  deleted: "delete",
  removed: "delete",
  run: "running",
  started: "running",
  succeeded: "success",
  passed: "success",
  fail: "failed",
  failure: "failed",
  cancelled: "canceled",
  cancel: "canceled",
};

/** Words that name a kind and its action in one. */
export const bothAliases: Record<string, string> = {
  merge: "merge_request:merge",
  merged: "merge_request:merge",
  merges: "merge_request:merge",
  approved: "merge_request:approved",
  deployed: "deployment:success",
  released: "release:create",
};
