import { z } from "zod";
import type { Emoji } from "../../events.ts";
import { Group, Id, inProject, mostDescription, newest, optional, said, toPerson, User } from "./common.ts";
import { Flag, isOn } from "./confidential.ts";
import { defineKind } from "./kind.ts";
import { aboutOf, Noteables } from "./noteable.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#emoji-events */
export const EmojiHook = Noteables.extend({
  event_type: optional(z.string()),
  user: optional(User),
  ...inProject,
  group: optional(Group),
  object_attributes: z.object({
    name: z.string().trim().min(1),
    action: optional(z.string()),
    awardable_type: optional(z.string()),
    awarded_on_url: optional(z.string()),
    created_at: optional(z.string()),
    updated_at: optional(z.string()),
  }),
  note: optional(
    z.object({
      id: optional(Id),
      note: optional(z.string()),
      noteable_type: optional(z.string()),
      url: optional(z.string()),
      internal: Flag,
      confidential: Flag,
    }),
  ),
});
export type EmojiHook = z.infer<typeof EmojiHook>;

/** Only comments on these are never internal. */
const open = ["commit", "snippet"];

export const emoji = defineKind({
  schema: EmojiHook,
  sources: ({ project, repository, group, object_attributes, note }) => ({
    project,
    repository,
    group,
    url: object_attributes.awarded_on_url ?? note?.url,
  }),
  toEvent: (payload, project): Emoji => {
    const { object_attributes: it, note } = payload;
    const onNote = it.awardable_type === "Note" || note != null;
    const url = said(it.awarded_on_url) ?? said(note?.url);
    const about = aboutOf(payload, said(onNote ? note?.noteable_type : it.awardable_type), url, payload.user);
    // GitLab says nowhere in the event itself that a comment is internal, so silence is no permission to quote it.
    const mayQuote = open.includes(about.on) || note?.internal === false;
    return {
      kind: "emoji",
      action: said(it.action) ?? said(payload.event_type) ?? "award",
      project,
      actor: toPerson(payload.user),
      url: url ?? about.url,
      at: newest(it.updated_at, it.created_at),
      key: about.key,
      confidential: about.confidential || isOn(note?.internal) || isOn(note?.confidential),
      emoji: said(it.name, 100) ?? "?",
      on: onNote ? "comment" : about.on,
      reference: about.reference,
      title: about.title,
      text: mayQuote ? said(note?.note, mostDescription) : undefined,
    };
  },
});
