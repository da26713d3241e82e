import { z } from "zod";
import type { TagPush } from "../../events.ts";
import {
  Commit,
  firstLine,
  isNothing,
  newest,
  optional,
  Project,
  pagesOf,
  said,
  toCommit,
  toPerson,
  urlPart,
} from "./common.ts";
import { defineKind } from "./kind.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#tag-events */
export const TagPushHook = z.object({
  ref: z.string(),
  before: optional(z.string()),
  after: optional(z.string()),
  message: optional(z.string()),
  user_name: optional(z.string()),
  user_username: optional(z.string()),
  project: optional(Project),
  repository: optional(Project),
  commits: optional(z.array(Commit)),
});
export type TagPushHook = z.infer<typeof TagPushHook>;

export const tagPush = defineKind({
  schema: TagPushHook,
  sources: (payload) => payload,
  toEvent: (payload, project): TagPush => {
    const tag = said(payload.ref.replace(/^refs\/tags\//, ""));
    const action = isNothing(payload.after) ? "delete" : isNothing(payload.before) ? "create" : "update";
    const commit = payload.commits?.at(-1);
    // As in push.ts: a push without username and link is of an old GitLab.
    const pages = pagesOf(project, commit?.url ?? (payload.user_username == null ? project.url : undefined));
    return {
      kind: "tag_push",
      action,
      project,
      actor: toPerson({ name: payload.user_name, username: payload.user_username }),
      url: action === "delete" || !pages || !tag ? undefined : `${pages}/tags/${urlPart(tag)}`,
      at: newest(commit?.timestamp),
      key: `tag ${tag ?? "?"}`,
      confidential: false,
      tag,
      before: said(payload.before),
      after: said(payload.after),
      message: firstLine(payload.message),
      commit: commit && toCommit(commit),
    };
  },
});
