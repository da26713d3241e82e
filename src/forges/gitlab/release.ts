import { z } from "zod";
import type { Release } from "../../events.ts";
import { Commit, inProject, mostDescription, newest, optional, said, toCommit, urlPart } from "./common.ts";
import { defineKind } from "./kind.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#release-events */
export const ReleaseHook = z.object({
  tag: z.string().min(1),
  name: optional(z.string()),
  description: optional(z.string()),
  action: optional(z.string()),
  url: optional(z.string()),
  created_at: optional(z.string()),
  released_at: optional(z.string()),
  ...inProject,
  commit: optional(Commit),
  assets: optional(z.object({ links: optional(z.array(z.unknown())) })),
});
export type ReleaseHook = z.infer<typeof ReleaseHook>;

export const release = defineKind({
  schema: ReleaseHook,
  sources: (payload) => payload,
  toEvent: (payload, project): Release => ({
    kind: "release",
    // GitLab before 13.9 tells of new releases only, and sends no action.
    action: said(payload.action) ?? "create",
    project,
    url: said(payload.url) ?? (project.url && `${project.url}/-/releases/${urlPart(payload.tag)}`),
    // The date of an upcoming release lies ahead and says nothing about which state is newer.
    at: newest(payload.created_at ?? payload.released_at),
    key: `release ${payload.tag}`,
    confidential: false,
    tag: payload.tag,
    name: said(payload.name),
    description: said(payload.description, mostDescription),
    commit: payload.commit ? toCommit(payload.commit) : undefined,
    assetCount: payload.assets?.links?.length ?? 0,
    releasedAt: newest(payload.released_at),
  }),
});
