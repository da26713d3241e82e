import type { WorkItem } from "../../events.ts";
import { IssueHook, issueFields, sourcesOfIssue } from "./issue.ts";
import { defineKind } from "./kind.ts";

/** Tasks, epics, objectives … of projects and of groups; GitLab 17 and later. */
export const workItem = defineKind({
  schema: IssueHook,
  sources: sourcesOfIssue,
  toEvent: (payload, project): WorkItem => ({ kind: "work_item", ...issueFields(payload, project, "work_items") }),
});
