import { z } from "zod";
import type { ProjectChange } from "../../events.ts";
import { newest, optional, said, toPeople, User } from "./common.ts";
import { defineKind } from "./kind.ts";

const mostOwners = 20;

/**
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#project-events and
 * https://docs.gitlab.com/administration/system_hooks/
 */
export const ProjectHook = z.object({
  event_name: z.string().min(1),
  name: optional(z.string()),
  path_with_namespace: optional(z.string()),
  old_path_with_namespace: optional(z.string()),
  project_visibility: optional(z.string()),
  owner_name: optional(z.string()),
  owners: optional(z.array(User)),
  created_at: optional(z.string()),
  updated_at: optional(z.string()),
});
export type ProjectHook = z.infer<typeof ProjectHook>;

export const project = defineKind({
  schema: ProjectHook,
  sources: ({ name, path_with_namespace }) => ({ project: { name, path_with_namespace } }),
  toEvent: (payload, project): ProjectChange => {
    const action = payload.event_name.replace(/^project_/, "").slice(0, 80);
    const gone = action === "destroy";
    return {
      kind: "project",
      action,
      project: gone ? { ...project, url: undefined } : project,
      url: gone ? undefined : project.url,
      at: newest(payload.updated_at, payload.created_at),
      key: "project",
      confidential: false,
      from: said(payload.old_path_with_namespace),
      // Some versions write `visibilitylevel|private`.
      visibility: said(payload.project_visibility?.replace(/^.*\|/, "")),
      owners: toPeople((payload.owners?.length ? payload.owners : [{ name: payload.owner_name }]).slice(0, mostOwners)),
    };
  },
});
