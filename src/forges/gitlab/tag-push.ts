import { z } from "zod";
import type { TagPush } from "../../events.ts";
import { Commit, firstLine, newest, optional, said, toCommit, urlPart } from "./common.ts";
import { defineKind } from "./kind.ts";
import { actionOf, pagesOfPush, pusher, pusherOf, revisions } from "./pushes.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#tag-events */
export const TagPushHook = z.object({
  ref: z.string(),
  ...revisions,
  message: optional(z.string()),
  ...pusher,
  commits: optional(z.array(Commit)),
});
export type TagPushHook = z.infer<typeof TagPushHook>;

export const tagPush = defineKind({
  schema: TagPushHook,
  sources: (payload) => payload,
  toEvent: (payload, project): TagPush => {
    const tag = said(payload.ref.replace(/^refs\/tags\//, ""));
    const action = actionOf(payload.before, payload.after);
    const commit = payload.commits?.at(-1);
    const pages = pagesOfPush(project, payload, commit?.url);
    return {
      kind: "tag_push",
      action,
      project,
      actor: pusherOf(payload),
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
