import { z } from "zod";
import type { AccessToken } from "../../events.ts";
import { Group, Id, optional, Project, said } from "./common.ts";
import { withPage } from "./instance.ts";
import { defineKind } from "./kind.ts";

/**
 * Access tokens since GitLab 16.10, deploy tokens since 18.4, of projects and groups.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#project-and-group-access-token-events
 */
export const AccessTokenHook = z.object({
  object_kind: optional(z.string()),
  event_name: optional(z.string()),
  interval: optional(z.string()),
  project: optional(Project),
  group: optional(Group),
  object_attributes: z.object({
    id: optional(Id),
    name: z.string().min(1),
    expires_at: optional(z.string()),
    last_used_at: optional(z.string()),
  }),
});
export type AccessTokenHook = z.infer<typeof AccessTokenHook>;

export const accessToken = defineKind({
  schema: AccessTokenHook,
  sources: ({ project, group }) => ({ project, group }),
  toEvent: ({ object_attributes: it, ...payload }, place, pageOf): AccessToken => {
    const project = withPage(place, payload.group, pageOf);
    const name = said(it.name) ?? "without a name";
    const deploy = `${payload.object_kind} ${payload.event_name}`.includes("deploy_token");
    const type = deploy ? "deploy token" : "access token";
    const settings = deploy ? "repository" : "access_tokens";
    return {
      kind: "access_token",
      action: said(payload.event_name?.replace(/_(access|deploy)_token$/, "")) ?? "expiring",
      project,
      url: project.url && `${project.url}/-/settings/${settings}`,
      // No time: that of the payload is the token's making.
      key: `${type} ${it.id ?? name}`,
      confidential: false,
      name,
      type,
      expires: dayOf(it.expires_at),
      interval: said(payload.interval?.replaceAll("_", " ")),
      lastUsed: dayOf(it.last_used_at),
    };
  },
});

/** `2026-01-26` of a day or a time. */
const dayOf = (text: string | null | undefined) => /^\d{4}-\d\d-\d\d/.exec(text ?? "")?.[0];
