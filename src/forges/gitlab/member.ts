import { z } from "zod";
import type { Member, Person } from "../../events.ts";
import { newest, optional, said, toPerson } from "./common.ts";
import { defineKind } from "./kind.ts";

/**
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#group-member-events; system hooks also tell of the
 * members of projects, which they call teams: https://docs.gitlab.com/administration/system_hooks/
 */
export const MemberHook = z
  .object({
    event_name: z.string().min(1),
    group_name: optional(z.string()),
    group_path: optional(z.string()),
    group_access: optional(z.string()),
    project_name: optional(z.string()),
    project_path_with_namespace: optional(z.string()),
    access_level: optional(z.string()),
    user_name: optional(z.string()),
    user_username: optional(z.string()),
    expires_at: optional(z.string()),
    created_at: optional(z.string()),
    updated_at: optional(z.string()),
  })
  .refine((it) => memberOf(it) !== undefined, { path: ["user_name"] });
export type MemberHook = z.infer<typeof MemberHook>;

/** The start of the event's name; the rest says where. A request that is revoked was denied or withdrawn. */
const actions: readonly (readonly [start: string, action: string])[] = [
  ["user_add_to_", "add"],
  ["user_update_for_", "update"],
  ["user_remove_from_", "remove"],
  ["user_access_request_to_", "request"],
  ["user_access_request_denied_for_", "deny"],
  ["user_access_request_revoked_for_", "deny"],
];

export const member = defineKind({
  schema: MemberHook,
  sources: ({ project_name, project_path_with_namespace, group_name, group_path }) => ({
    project: { name: project_name, path_with_namespace: project_path_with_namespace },
    group: { group_name, group_path },
  }),
  toEvent: (payload, project): Member => {
    const who = memberOf(payload) ?? { name: "?", bot: false };
    return {
      kind: "member",
      action: actions.find(([start]) => payload.event_name.startsWith(start))?.[1] ?? payload.event_name.slice(0, 80),
      project,
      // A group has its members at an address of another form: /groups/acme/shop/-/group_members.
      url: project.group ? undefined : project.url && `${project.url}/-/project_members`,
      at: newest(payload.updated_at, payload.created_at),
      key: `member ${who.username ?? who.name}`,
      confidential: false,
      member: who,
      of: project.group ? "group" : "project",
      role: said(payload.group_access ?? payload.access_level),
      expires: newest(payload.expires_at)?.slice(0, 10),
    };
  },
});

interface Names {
  user_name?: string | null | undefined;
  user_username?: string | null | undefined;
}

function memberOf({ user_name: name, user_username: username }: Names): Person | undefined {
  return toPerson({ name, username });
}
