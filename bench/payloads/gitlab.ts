import { numberPlace, sha, sized, word } from "./sized.ts";

/** Payloads with the fields that GitLab sends. https://docs.gitlab.com/user/project/integrations/webhook_events/ */

/** What a forge sends: the value of its event header, and the body as text with places. */
export interface Payload {
  event: string;
  body: string;
}

const host = "https://gitlab.example.com";
const alice = {
  id: 51,
  name: "Alice Ng",
  username: "alice",
  avatar_url: `${host}/uploads/-/system/user/avatar/51/a.png`,
  email: "alice@example.com",
};
const page = `${host}/{{project}}`;
const project = {
  id: 14,
  name: "prices",
  description: "Prices of all shops, by day and by hour.",
  web_url: page,
  avatar_url: null,
  git_ssh_url: "git@gitlab.example.com:{{project}}.git",
  git_http_url: `${page}.git`,
  namespace: "Shop",
  visibility_level: 0,
  path_with_namespace: "{{project}}",
  default_branch: "main",
  ci_config_path: null,
};
const repository = { name: "prices", url: project.git_ssh_url, description: project.description, homepage: page };
const commit = (index: number) => ({
  id: sha,
  message: `Cache the price list, part ${index}\n\nIt is asked for with every page.\n`,
  title: `Cache the price list, part ${index}`,
  timestamp: "2026-03-15T10:20:30+01:00",
  url: `${page}/-/commit/${sha}`,
  author: { name: alice.name, email: alice.email },
});

/** A push to a branch; commits, then their files make its size. */
export const push = (bytes: number): Payload => ({
  event: "Push Hook",
  body: sized(bytes, (files, filler) => ({
    ...{ object_kind: "push", event_name: "push", before: "b".repeat(40), after: sha, checkout_sha: sha },
    ...{ ref: `refs/heads/${word}`, ref_protected: false, message: null, user_id: alice.id, user_name: alice.name },
    ...{ user_username: alice.username, user_email: "", user_avatar: alice.avatar_url, project_id: project.id },
    ...{ project, repository },
    commits: Array.from({ length: Math.min(20, files) }, (_, at) => ({
      ...commit(at),
      added: at === 0 ? [`notes/${filler}`] : [],
      modified: Array.from({ length: Math.ceil((files - at) / 20) }, (_, file) => `src/prices/part-${at}/${file}.ts`),
      removed: [],
    })),
    total_commits_count: Math.min(20, files),
    push_options: {},
  })),
});

/** A new merge request; labels, then its description make its size. */
export const mergeRequest = (bytes: number): Payload => ({
  event: "Merge Request Hook",
  body: sized(bytes, (labels, filler) => ({
    ...{ object_kind: "merge_request", event_type: "merge_request", user: alice, project, repository },
    object_attributes: {
      ...{ id: numberPlace, iid: numberPlace, title: `Cache the price list ${word}`, description: filler },
      ...{ source_branch: word, target_branch: "main", source_project_id: 14, target_project_id: 14 },
      ...{ author_id: 51, assignee_ids: [51], assignee_id: 51, reviewer_ids: [], state: "opened", state_id: 1 },
      ...{ created_at: "2026-03-15 09:20:30 UTC", updated_at: "2026-03-15 09:20:30 UTC", milestone_id: null },
      ...{ merge_status: "checking", detailed_merge_status: "checking", draft: false, work_in_progress: false },
      ...{ first_contribution: false, blocking_discussions_resolved: true, merge_when_pipeline_succeeds: false },
      ...{ head_pipeline_id: null, last_edited_at: null, merge_commit_sha: null, merge_user_id: null },
      ...{ time_estimate: 0, time_change: 0, total_time_spent: 0, human_time_estimate: null },
      ...{ source: project, target: project, last_commit: commit(1), url: `${page}/-/merge_requests/1{{number}}` },
      ...{ labels: Array.from({ length: labels }, (_, at) => label(at)), action: "open" },
    },
    labels: [],
    changes: { merge_status: { previous: "preparing", current: "checking" } },
    assignees: [alice],
  })),
});

const label = (at: number) => ({
  ...{ id: 206 + at, title: `area::${at}`, color: "#428bca", project_id: 14, template: false },
  ...{ created_at: "2025-12-03 17:15:43 UTC", updated_at: "2025-12-03 17:15:43 UTC", description: null },
  ...{ type: "ProjectLabel", group_id: null },
});

/** A pipeline that failed; its jobs make its size. */
export const pipeline = (bytes: number): Payload => ({
  event: "Pipeline Hook",
  body: sized(bytes, (jobs, filler) => ({
    object_kind: "pipeline",
    object_attributes: {
      ...{ id: numberPlace, iid: 3, name: null, ref: word, tag: false, sha, before_sha: sha, source: "push" },
      ...{ status: "failed", detailed_status: "failed", stages: ["build", "test", "deploy"], duration: 181 },
      ...{ created_at: "2026-03-15 09:20:30 UTC", finished_at: "2026-03-15 09:23:31 UTC", queued_duration: 2 },
      ...{ variables: [{ key: "TARGET", value: filler }], url: `${page}/-/pipelines/1{{number}}` },
    },
    ...{ merge_request: null, user: alice, project, commit: commit(1) },
    builds: Array.from({ length: jobs }, (_, at) => job(at)),
  })),
});

const job = (at: number) => ({
  ...{ id: 7000 + at, stage: at % 2 ? "test" : "build", name: `unit ${at}`, status: at ? "success" : "failed" },
  ...{ created_at: "2026-03-15 09:20:30 UTC", started_at: "2026-03-15 09:20:41 UTC", duration: 61.5 },
  ...{ finished_at: "2026-03-15 09:21:42 UTC", queued_duration: 1.2, failure_reason: at ? null : "script_failure" },
  ...{ when: "on_success", manual: false, allow_failure: false, user: alice, environment: null },
  runner: { id: 12, description: "shared 12", runner_type: "instance_type", active: true, is_shared: true, tags: [] },
  artifacts_file: { filename: null, size: null },
});
