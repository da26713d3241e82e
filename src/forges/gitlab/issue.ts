import { z } from "zod";
import type { Issue, IssueFields, Project as Place } from "../../events.ts";
import {
  actorOf,
  byUser,
  Group,
  Id,
  inProject,
  mostDescription,
  newest,
  optional,
  pagesOf,
  said,
  toPeople,
  toPerson,
  urlPart,
} from "./common.ts";
import { Flag, isConfidentialType, isOn } from "./confidential.ts";
import { assigned, authorAmong, described, numberIn, planned, toLabels } from "./issuable.ts";
import { IssueChanges, toDay, toIssueChanges } from "./issue-changes.ts";
import { defineKind } from "./kind.ts";

const numberOf = numberIn(/\/(?:issues|issues\/incident|work_items|epics)\/(\d{1,20})$/);

/**
 * Issues and work items have one header and one shape, told apart by `object_kind`.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#work-item-events
 */
export const IssueHook = z.object({
  object_kind: optional(z.string()),
  event_type: optional(z.string()),
  ...byUser,
  ...inProject,
  group: optional(Group),
  object_attributes: z
    .object({
      ...described,
      type: optional(z.string()),
      severity: optional(z.string()),
      escalation_status: optional(z.string()),
      confidential: Flag,
      due_date: optional(z.string()),
      author_id: optional(Id),
      project_id: optional(Id),
      created_at: optional(z.string()),
      updated_at: optional(z.string()),
      url: optional(z.string()),
      ...planned,
    })
    .refine((it) => numberOf(it) !== undefined, { path: ["iid"] }),
  ...assigned,
  changes: optional(IssueChanges),
});
export type IssueHook = z.infer<typeof IssueHook>;

export const sourcesOfIssue = ({ project, repository, group, object_attributes: it }: IssueHook) => ({
  project,
  repository,
  group,
  url: it.url,
  id: it.project_id,
});

/** What issues and work items say alike. @param pages the part of addresses that their pages are under */
export function issueFields(payload: IssueHook, project: Place, pages: "issues" | "work_items"): IssueFields {
  const it = payload.object_attributes;
  const number = numberOf(it) ?? "?";
  const action = actionOf(payload);
  const assignees = payload.assignees ?? [payload.assignee ?? {}];
  return {
    action,
    project,
    actor: actorOf(payload),
    url: said(it.url) ?? (project.url && `${pagesOf(project, undefined)}/${pages}/${urlPart(number)}`),
    at: newest(it.updated_at, it.created_at),
    key: `#${number}`,
    confidential: isConfidentialType(payload.event_type) || isOn(it.confidential),
    number,
    title: said(it.title),
    description: said(it.description, mostDescription),
    state: said(it.state),
    type: typeOf(it),
    severity: it.severity === "unknown" ? undefined : said(it.severity),
    due: said(it.due_date && toDay(it.due_date)),
    author: action === "open" ? toPerson(payload.user) : authorAmong(it.author_id, [payload.user, ...assignees]),
    assignees: toPeople(assignees),
    labels: toLabels(payload.labels ?? it.labels),
    milestone: said(it.milestone?.title),
    // GitLab lists all fields as changed when an issue is opened.
    changes: action === "update" ? toIssueChanges(payload.changes ?? {}) : [],
  };
}

export const issue = defineKind({
  schema: IssueHook,
  sources: sourcesOfIssue,
  toEvent: (payload, project): Issue => ({ kind: "issue", ...issueFields(payload, project, "issues") }),
});

/** Some updates by GitLab itself, and its “Test” button, have no action. */
function actionOf({ object_attributes: { action, state }, changes }: IssueHook): string {
  return said(action) ?? (state === "closed" && changes?.closed_at?.current ? "close" : "update");
}

/** What it is where it is more than an issue. Types are in payloads since GitLab 17 only, and not in all of them. */
function typeOf({ type, url, escalation_status: escalation }: IssueHook["object_attributes"]): string | undefined {
  const named = said(type?.toLowerCase().replaceAll("_", " "));
  if (named) return named === "issue" ? undefined : named;
  if (escalation || url?.includes("/issues/incident/")) return "incident";
  return url?.includes("/-/epics/") ? "epic" : undefined;
}
