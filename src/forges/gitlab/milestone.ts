import { z } from "zod";
import type { Milestone } from "../../events.ts";
import { Group, Id, mostDescription, newest, optional, Project, said, toPerson, User, urlPart } from "./common.ts";
import { withPage } from "./instance.ts";
import { defineKind } from "./kind.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#milestone-events */
export const MilestoneHook = z.object({
  action: optional(z.string()),
  user: optional(User),
  project: optional(Project),
  group: optional(Group),
  object_attributes: z.object({
    id: optional(Id),
    iid: optional(Id),
    title: z.string().min(1),
    description: optional(z.string()),
    state: optional(z.string()),
    action: optional(z.string()),
    url: optional(z.string()),
    start_date: optional(z.string()),
    due_date: optional(z.string()),
    created_at: optional(z.string()),
    updated_at: optional(z.string()),
  }),
});
export type MilestoneHook = z.infer<typeof MilestoneHook>;

export const milestone = defineKind({
  schema: MilestoneHook,
  sources: ({ project, group, object_attributes: { url } }) => ({ project, group, url }),
  toEvent: ({ object_attributes: it, ...payload }, place, pageOf): Milestone => {
    const project = withPage(place, payload.group, pageOf);
    // GitLab's documentation and its code disagree about where the action is.
    const action = said(payload.action) ?? said(it.action) ?? (it.state === "closed" ? "close" : "update");
    const title = said(it.title) ?? "without a title";
    const page = project.url && it.iid != null ? `${project.url}/-/milestones/${urlPart(it.iid)}` : undefined;
    return {
      kind: "milestone",
      action,
      project,
      actor: toPerson(payload.user),
      url: action === "delete" ? undefined : (said(it.url) ?? page),
      at: newest(it.updated_at, it.created_at),
      key: `milestone ${it.iid ?? it.id ?? title}`,
      confidential: false,
      title,
      description: said(it.description, mostDescription),
      start: said(it.start_date),
      due: said(it.due_date),
    };
  },
});
