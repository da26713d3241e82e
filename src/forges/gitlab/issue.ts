import { z } from "zod";
import type { Issue, Project as Place } from "../../events.ts";
import {
  Group,
  Id,
  mostDescription,
  newest,
  optional,
  Project,
  pagesOf,
  said,
  toPeople,
  toPerson,
  User,
  urlPart,
} from "./common.ts";
import { Flag, isConfidentialType, isOn } from "./confidential.ts";
import { authorAmong, Label, toLabels } from "./issuable.ts";
import { IssueChanges, toDay, toIssueChanges } from "./issue-changes.ts";
import { defineKind } from "./kind.ts";

/**
 * Issues and work items have one header and one shape, told apart by `object_kind`.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#work-item-events
 */
export const IssueHook = z.object({
  object_kind: optional(z.string()),
  event_type: optional(z.string()),
  user: optional(User),
  user_name: optional(z.string()),
  project: optional(Project),
  repository: optional(Project),
  group: optional(Group),
  object_attributes: z
    .object({
      iid: optional(Id),
      title: optional(z.string()),
      description: optional(z.string()),
      state: optional(z.string()),
      action: optional(z.string()),
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
      labels: optional(z.array(Label)),
      milestone: optional(z.object({ title: optional(z.string()) })),
    })
    .refine((it) => numberOf(it) !== undefined, { path: ["iid"] }),
  labels: optional(z.array(Label)),
  assignee: optional(User),
  assignees: optional(z.array(User)),
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
export function issueFields(payload: IssueHook, project: Place, pages: "issues" | "work_items"): Omit<Issue, "kind"> {
  const it = payload.object_attributes;
  const number = numberOf(it) ?? "?";
  const action = actionOf(payload);
  const assignees = payload.assignees ?? [payload.assignee ?? {}];
  return {
    action,
    project,
    actor: toPerson(payload.user ?? { name: payload.user_name }),
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

/** The address of the page has the number, too, where a custom template leaves it out. */
function numberOf({ iid, url }: { iid?: string | number | null | undefined; url?: string | null | undefined }) {
  return iid == null ? /\/(?:issues|issues\/incident|work_items|epics)\/(\d{1,20})$/.exec(url ?? "")?.[1] : String(iid);
}

/** What it is where it is more than an issue. Types are in payloads since GitLab 17 only, and not in all of them. */
function typeOf({ type, url, escalation_status: escalation }: IssueHook["object_attributes"]): string | undefined {
  const named = said(type?.toLowerCase().replaceAll("_", " "));
  if (named) return named === "issue" ? undefined : named;
  if (escalation || url?.includes("/issues/incident/")) return "incident";
  return url?.includes("/-/epics/") ? "epic" : undefined;
}
