import { z } from "zod";
import type { Subgroup } from "../../events.ts";
import { newest, optional, said } from "./common.ts";
import { defineKind } from "./kind.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#subgroup-events */
export const SubgroupHook = z.object({
  event_name: z.string().min(1),
  name: optional(z.string()),
  path: optional(z.string()),
  full_path: z.string().trim().min(1),
  parent_name: optional(z.string()),
  parent_full_path: optional(z.string()),
  created_at: optional(z.string()),
  updated_at: optional(z.string()),
});
export type SubgroupHook = z.infer<typeof SubgroupHook>;

export const subgroup = defineKind({
  schema: SubgroupHook,
  sources: ({ full_path, parent_name, parent_full_path }) => ({
    group: {
      group_name: parent_name,
      full_path: said(parent_full_path) ?? (full_path.replace(/\/?[^/]*$/, "") || full_path),
    },
  }),
  toEvent: (payload, project, pageOf): Subgroup => {
    const action = payload.event_name.replace(/^subgroup_/, "").slice(0, 80);
    const path = said(payload.full_path) ?? payload.full_path;
    return {
      kind: "subgroup",
      action,
      project: { ...project, url: pageOf(project.path) },
      url: action === "destroy" ? undefined : pageOf(path),
      at: newest(payload.updated_at, payload.created_at),
      key: `subgroup ${path}`,
      confidential: false,
      path,
      name: said(payload.name) ?? path,
    };
  },
});
