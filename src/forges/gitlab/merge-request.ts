import { z } from "zod";
import type { MergeRequest, Person } from "../../events.ts";
import {
  actorOf,
  byUser,
  Commit,
  Id,
  inProject,
  mostDescription,
  newest,
  optional,
  Project,
  said,
  toCommit,
  toPeople,
  toPerson,
  User,
  urlPart,
} from "./common.ts";
import { assigned, authorAmong, described, numberIn, planned, toLabels } from "./issuable.ts";
import { defineKind } from "./kind.ts";
import { Changes, isDraftTitle, toChanges } from "./merge-request-changes.ts";
import { mergeabilityOf, merging } from "./mergeability.ts";
import { Reviewer, reviewsOf } from "./reviewers.ts";

const numberOf = numberIn(/\/merge_requests\/(\d{1,20})$/);

/**
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events
 * AtomGit names author, assignees and reviewers in `object_attributes`, and may say the action in `event_name` only:
 * https://docs.gitcode.com/en/docs/help/home/org_project/webhook/webhook-stepup/merge-request-events
 */
export const MergeRequestHook = z.object({
  event_name: optional(z.string()),
  ...byUser,
  ...inProject,
  object_attributes: z
    .object({
      ...described,
      url: optional(z.string()),
      html_url: optional(z.string()),
      source_branch: optional(z.string()),
      target_branch: optional(z.string()),
      source_project_id: optional(Id),
      target_project_id: optional(Id),
      author_id: optional(Id),
      author: optional(User),
      merge_commit_sha: optional(z.string()),
      draft: optional(z.boolean()),
      work_in_progress: optional(z.boolean()),
      created_at: optional(z.string()),
      updated_at: optional(z.string()),
      oldrev: optional(z.string()),
      system: optional(z.boolean()),
      source: optional(Project),
      target: optional(Project),
      assignee: optional(User),
      assignee_list: optional(z.array(User)),
      reviewer_list: optional(z.array(Reviewer)),
      last_commit: optional(Commit),
      head_pipeline_id: optional(Id),
      ...merging,
      ...planned,
    })
    .refine((it) => numberOf(it) !== undefined, { path: ["iid"] }),
  ...assigned,
  reviewers: optional(z.array(Reviewer)),
  changes: optional(Changes),
});
export type MergeRequestHook = z.infer<typeof MergeRequestHook>;

/** GitLab's "Test" button and some old versions send no action; the state tells the rest. */
const actionOfState: Record<string, string> = { merged: "merge", closed: "close" };

/** `merge_request_open` → `open` */
const actionOfEvent = (name: string | null | undefined) => /^merge_request_(\w{1,40})$/.exec(name ?? "")?.[1];

export const mergeRequest = defineKind({
  schema: MergeRequestHook,
  sources: ({ project, repository, object_attributes: { target } }) => ({ project: project ?? target, repository }),
  toEvent: (payload, project): MergeRequest => {
    const it = payload.object_attributes;
    const number = numberOf(it) ?? "?";
    const action = said(it.action) ?? actionOfEvent(payload.event_name) ?? actionOfState[it.state ?? ""] ?? "update";
    const fork = it.source?.path_with_namespace;
    const reviewers = payload.reviewers ?? it.reviewer_list;
    return {
      kind: "merge_request",
      action,
      project,
      actor: actorOf(payload),
      url: said(it.url) ?? said(it.html_url) ?? (project.url && `${project.url}/-/merge_requests/${urlPart(number)}`),
      at: newest(it.updated_at, it.created_at),
      key: `!${number}`,
      confidential: false,
      number,
      title: said(it.title),
      description: said(it.description, mostDescription),
      state: said(it.state),
      branch: said(it.source_branch),
      target: said(it.target_branch),
      fork: it.source_project_id !== it.target_project_id && fork !== project.path ? said(fork) : undefined,
      draft: it.draft ?? it.work_in_progress ?? isDraftTitle(it.title),
      author: authorOf(payload),
      assignees: toPeople(payload.assignees ?? it.assignee_list ?? [payload.assignee ?? it.assignee ?? {}]),
      reviewers: toPeople(reviewers),
      labels: toLabels(payload.labels ?? it.labels),
      milestone: said(it.milestone?.title),
      // GitLab lists all fields as changed when a merge request is opened.
      changes: action === "update" ? toChanges(payload.changes ?? {}, it.target_branch) : [],
      newCommits: said(it.oldrev) !== undefined,
      commit: it.last_commit ? toCommit(it.last_commit) : undefined,
      automatic: it.system ?? false,
      ...mergeabilityOf(it, action),
      ...reviewsOf(reviewers),
      headPipeline: it.head_pipeline_id == null ? undefined : String(it.head_pipeline_id),
      mergeCommit: said(it.merge_commit_sha),
    };
  },
});

function authorOf({
  user,
  assignee,
  assignees,
  reviewers,
  object_attributes: it,
}: MergeRequestHook): Person | undefined {
  if (toPerson(it.author)) return toPerson(it.author);
  if (it.action === "open") return toPerson(user);
  return authorAmong(it.author_id, [user, assignee, ...(assignees ?? []), ...(reviewers ?? [])]);
}
