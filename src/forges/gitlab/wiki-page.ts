import { z } from "zod";
import type { WikiPage } from "../../events.ts";
import { Group, optional, Project, said, toPerson, User } from "./common.ts";
import { defineKind } from "./kind.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#wiki-page-events */
export const WikiPageHook = z.object({
  user: optional(User),
  project: optional(Project),
  group: optional(Group),
  object_attributes: z.object({
    title: optional(z.string()),
    slug: optional(z.string()),
    message: optional(z.string()),
    url: optional(z.string()),
    diff_url: optional(z.string()),
    action: optional(z.string()),
  }),
});
export type WikiPageHook = z.infer<typeof WikiPageHook>;

export const wikiPage = defineKind({
  schema: WikiPageHook,
  sources: ({ project, group, object_attributes: { url } }) => ({ project, group, url }),
  toEvent: ({ user, object_attributes: it }, project): WikiPage => {
    const action = said(it.action) ?? "update";
    const gone = action === "delete";
    return {
      kind: "wiki_page",
      action,
      project,
      actor: toPerson(user),
      url: gone ? undefined : said(it.url),
      key: `wiki page ${said(it.slug) ?? said(it.title) ?? "?"}`,
      confidential: false,
      title: said(it.title) ?? said(it.slug),
      // Of a removed page GitLab sends what was said of the change before, and its difference.
      message: gone || isDefault(it) ? undefined : said(it.message),
      diffUrl: gone ? undefined : said(it.diff_url),
    };
  },
});

/** GitLab fills in `Update Home` or `alice updated page: home` where the author says nothing. */
function isDefault({ message, title, slug }: WikiPageHook["object_attributes"]): boolean {
  const rest = /^(?:(?:create|update|delete) |\S+ (?:created|updated|deleted) page: )(.*)$/i.exec(message ?? "")?.[1];
  return rest !== undefined && [title, slug].includes(rest);
}
