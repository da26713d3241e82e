import { z } from "zod";
import type { Push } from "../../events.ts";
import {
  Commit,
  CommitId,
  distinct,
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

const mostCommits = 20;
const mostPaths = 1_000;

const PushedCommit = Commit.extend({
  id: optional(CommitId),
  added: optional(z.array(z.string())),
  modified: optional(z.array(z.string())),
  removed: optional(z.array(z.string())),
});

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events */
export const PushHook = z.object({
  ref: optional(z.string()),
  before: optional(z.string()),
  after: optional(z.string()),
  user_name: optional(z.string()),
  user_username: optional(z.string()),
  project: optional(Project),
  repository: optional(Project),
  commits: z.array(PushedCommit).nullish(),
  total_commits_count: optional(z.number()),
});
export type PushHook = z.infer<typeof PushHook>;

export const push = defineKind({
  schema: PushHook,
  sources: (payload) => payload,
  toEvent: (payload, project): Push => {
    const branch = said(payload.ref?.replace(/^refs\/heads\//, ""));
    const before = said(payload.before);
    const after = said(payload.after);
    const commits = payload.commits ?? [];
    // Usernames came before `/-/` did: without one, a push that shows no link is of an old GitLab.
    const link = commits.at(-1)?.url ?? (payload.user_username == null ? project.url : undefined);
    const action = isNothing(after) ? "delete" : isNothing(before) ? "create" : "update";
    return {
      kind: "push",
      action,
      project,
      actor: toPerson({ name: payload.user_name, username: payload.user_username }),
      url: pageOf({ action, pages: pagesOf(project, link), branch, before, after }),
      at: newest(...commits.map(({ timestamp }) => timestamp)),
      key: `branch ${branch ?? "?"}`,
      confidential: false,
      branch,
      before,
      after,
      commits: commits
        .slice(-mostCommits)
        .flatMap((commit) => (commit.id ? [toCommit({ ...commit, id: commit.id })] : [])),
      commitCount: Math.max(payload.total_commits_count ?? 0, commits.length),
      paths: distinct(
        commits.flatMap(({ added, modified, removed }) => [...(added ?? []), ...(modified ?? []), ...(removed ?? [])]),
        mostPaths,
      ),
    };
  },
});

/** What the push changed: a comparison, or the new branch. The payload has no link of its own. */
function pageOf({
  action,
  pages,
  branch,
  before,
  after,
}: Partial<Record<"action" | "pages" | "branch" | "before" | "after", string | undefined>>) {
  if (!pages || !branch || action === "delete") return undefined;
  if (action === "update" && before && after) return `${pages}/compare/${before}...${after}`;
  return `${pages}/tree/${branch.split("/").map(urlPart).join("/")}`;
}
