import { z } from "zod";
import type { Project as Place } from "../../events.ts";
import { inProject, isNothing, optional, pagesOf, toPerson } from "./common.ts";

/** What pushes of branches and of tags have in common. */

/** Parts of their schemas. */
export const revisions = { before: optional(z.string()), after: optional(z.string()) };
export const pusher = { user_name: optional(z.string()), user_username: optional(z.string()), ...inProject };

type Text = string | null | undefined;

interface Pushed {
  user_name?: Text;
  user_username?: Text;
}

export const pusherOf = ({ user_name: name, user_username: username }: Pushed) => toPerson({ name, username });

export const actionOf = (before: Text, after: Text) =>
  isNothing(after) ? "delete" : isNothing(before) ? "create" : "update";

/** Usernames came before `/-/` did: without one, a push that shows no `link` is of an old GitLab. */
export const pagesOfPush = (project: Place, { user_username: username }: Pushed, link: Text) =>
  pagesOf(project, link ?? (username == null ? project.url : undefined));
