import { z } from "zod";
import type { Note } from "../../events.ts";
import { actorOf, byUser, Group, Id, inProject, mostDescription, newest, optional, said } from "./common.ts";
import { Flag, isConfidentialType, isOn } from "./confidential.ts";
import { defineKind } from "./kind.ts";
import { aboutOf, Noteables } from "./noteable.ts";

const Position = z.object({
  new_path: optional(z.string()),
  old_path: optional(z.string()),
  new_line: optional(z.number()),
  old_line: optional(z.number()),
});

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#comment-events */
export const NoteHook = Noteables.extend({
  event_type: optional(z.string()),
  ...byUser,
  ...inProject,
  group: optional(Group),
  object_attributes: z.object({
    id: optional(Id),
    note: optional(z.string()),
    description: optional(z.string()),
    noteable_type: optional(z.string()),
    action: optional(z.string()),
    system: optional(z.boolean()),
    internal: Flag,
    confidential: Flag,
    created_at: optional(z.string()),
    updated_at: optional(z.string()),
    discussion_id: optional(z.string()),
    url: optional(z.string()),
    position: optional(Position),
    st_diff: optional(Position),
    line_code: optional(z.string()),
  }),
});
export type NoteHook = z.infer<typeof NoteHook>;

export const note = defineKind({
  schema: NoteHook,
  sources: ({ project, repository, group, merge_request, object_attributes: { url } }) => ({
    project: project ?? merge_request?.target,
    repository,
    group,
    url,
  }),
  toEvent: (payload, project): Note => {
    const it = payload.object_attributes;
    const {
      confidential,
      url: objectUrl,
      ...about
    } = aboutOf(payload, said(it.noteable_type), said(it.url), payload.user);
    return {
      kind: "note",
      // GitLab before 16.11 tells of new comments only, and sends no action.
      action: said(it.action) ?? "create",
      project,
      actor: actorOf(payload),
      url: said(it.url),
      at: newest(it.updated_at, it.created_at),
      confidential:
        isConfidentialType(payload.event_type) || isOn(it.internal) || isOn(it.confidential) || confidential,
      text: said(it.note ?? it.description, mostDescription),
      ...about,
      objectUrl,
      ...placeOf(it),
      automatic: it.system ?? false,
      note: said(it.id == null ? undefined : String(it.id)),
      discussion: said(it.discussion_id),
      createdAt: newest(it.created_at),
    };
  },
});

/** Where in the code: GitLab before 9 sends the file in `st_diff`, and the lines only as the end of `line_code`. */
function placeOf({ position, st_diff: old, line_code: code }: NoteHook["object_attributes"]) {
  const file = said(position?.new_path) ?? said(position?.old_path) ?? said(old?.new_path) ?? said(old?.old_path);
  const [, before, after] = /_(\d{1,9})_(\d{1,9})$/.exec(code ?? "") ?? [];
  const line = position?.new_line ?? position?.old_line ?? (Number(after) || Number(before));
  return file === undefined ? {} : { file, line: line || undefined };
}
