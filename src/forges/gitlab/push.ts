import { z } from "zod";
import type { Push } from "../../events.ts";
import { Commit, CommitId, distinct, newest, optional, said, toCommit, urlPart } from "./common.ts";
import { defineKind } from "./kind.ts";
import { actionOf, pagesOfPush, pusher, pusherOf, revisions } from "./pushes.ts";

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
  ...revisions,
  ...pusher,
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
    const action = actionOf(before, after);
    const pages = pagesOfPush(project, payload, commits.at(-1)?.url);
    return {
      kind: "push",
      action,
      project,
      actor: pusherOf(payload),
      url: pageOf({ action, pages, branch, before, after }),
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
      mergeRequest: mergedBy(commits.at(-1)?.message, project.path),
    };
  },
});

/**
 * GitLab ends the message of a merge commit with `See merge request group/name!12`.
 * https://docs.gitlab.com/user/project/merge_requests/commit_templates/#default-template-for-merge-commits
 */
function mergedBy(message: string | null | undefined, project: string): string | undefined {
  const [, path, number] = /^See merge request (\S{0,500})!(\d{1,20})\s*$/m.exec(message ?? "") ?? [];
  return path === "" || path === project ? number : undefined;
}

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
