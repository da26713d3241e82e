import { z } from "zod";
import type { System } from "../../events.ts";
import { distinct, Id, newest, optional, Project, said, toPerson } from "./common.ts";
import { defineKind } from "./kind.ts";

const mostRefs = 20;

/**
 * https://docs.gitlab.com/administration/system_hooks/. Keys, e-mail addresses and the like are left out: what is not
 * read can never be shown.
 */
export const SystemHook = z
  .object({
    event_name: optional(z.string()),
    object_kind: optional(z.string()),
    action: optional(z.string()),
    object_attributes: optional(
      z.object({
        new_access_level: optional(z.number()),
        old_access_level: optional(z.number()),
        status: optional(z.string()),
      }),
    ),
    project: optional(Project),
    name: optional(z.string()),
    username: optional(z.string()),
    old_username: optional(z.string()),
    state: optional(z.string()),
    group_id: optional(Id),
    path: optional(z.string()),
    full_path: optional(z.string()),
    old_path: optional(z.string()),
    old_full_path: optional(z.string()),
    user_id: optional(Id),
    user_name: optional(z.string()),
    refs: optional(z.array(z.string())),
    created_at: optional(z.string()),
    updated_at: optional(z.string()),
  })
  .refine((it) => nameOf(it) !== undefined, { path: ["event_name"] });
export type SystemHook = z.infer<typeof SystemHook>;

/** Where something happens that is in no project and no group. */
const instance = { name: "the instance", path_with_namespace: "instance" };

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
const roles: Readonly<Record<number, string>> = {
  5: "Minimal Access",
  10: "Guest",
  15: "Planner",
  20: "Reporter",
  30: "Developer",
  40: "Maintainer",
  50: "Owner",
};

/** States of users that read badly as they are. https://docs.gitlab.com/administration/moderate_users/ */
const states: Readonly<Record<string, string>> = {
  ldap_blocked: "blocked through LDAP",
  blocked_pending_approval: "waiting for approval",
};

const answers: Readonly<Record<string, string>> = { approve: "approved", deny: "denied" };

export const system = defineKind({
  schema: SystemHook,
  sources: (payload) => {
    if (payload.project || nameOf(payload) === "repository_update") return { project: payload.project };
    return isOfGroup(payload)
      ? { group: { group_name: payload.name, group_path: payload.path, full_path: payload.full_path } }
      : { project: instance };
  },
  toEvent: (payload, project, pageOf): System => {
    const action = nameOf(payload) ?? "?";
    const page = project.group && action !== "group_destroy" && payload.full_path ? pageOf(project.path) : project.url;
    const user = project.group ? undefined : toPerson({ name: payload.name, username: payload.username });
    const subject = project.group ? project.path : (user?.username ?? user?.name ?? numbered(payload));
    return {
      kind: "system",
      action,
      project: { ...project, url: page },
      actor: toPerson({ name: payload.user_name }),
      url: page,
      at: newest(payload.updated_at, payload.created_at),
      key: subject ? `${action.split("_", 1)[0]} ${subject}` : action,
      confidential: false,
      subject,
      user,
      from: said(payload.old_full_path) ?? said(payload.old_path) ?? said(payload.old_username),
      detail: detailOf(payload),
      refs: distinct(
        (payload.refs ?? [])
          .map((ref) => said(ref.replace(/^refs\/(heads|tags)\//, "")))
          .filter((ref) => ref !== undefined),
        mostRefs,
      ),
    };
  },
});

interface Names {
  object_kind?: string | null | undefined;
  event_name?: string | null | undefined;
}

/** Newer events have an `object_kind`, the others an `event_name`. */
function nameOf({ object_kind, event_name }: Names): string | undefined {
  return said(object_kind, 80) ?? said(event_name, 80);
}

const isOfGroup = (payload: SystemHook) => nameOf(payload)?.startsWith("group_") === true;

/** Promotions name people by their numbers only. Elsewhere `user_id` is who acts, or is known by name. */
const numbered = ({ object_attributes, user_id }: SystemHook) =>
  object_attributes && user_id != null ? `user ${user_id}` : undefined;

function detailOf({ action, state, object_attributes: it }: SystemHook): string | undefined {
  const [from, to] = [it?.old_access_level, it?.new_access_level].map((level) => roles[level ?? -1]);
  if (to) return from ? `${from} → ${to}` : to;
  const answer = Object.hasOwn(answers, action ?? "") ? answers[action ?? ""] : undefined;
  if (answer) return it?.status === "failed" ? `${answer}, but not applied` : answer;
  return Object.hasOwn(states, state ?? "") ? states[state ?? ""] : said(state)?.replaceAll("_", " ");
}
