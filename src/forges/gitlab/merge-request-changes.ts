import { z } from "zod";
import type { Change } from "../../events.ts";
import { type Both, both, list, namesOf, titlesOf, value } from "./changes.ts";
import { optional, said, User } from "./common.ts";

/** The part of `changes` that people care about; GitLab also lists timestamps and ids there. */
export const Changes = z.object({
  title: both(z.string()),
  description: both(z.string()),
  target_branch: both(z.string()),
  draft: both(z.boolean()),
  labels: both(z.array(z.object({ title: optional(z.string()) }))),
  assignees: both(z.array(User)),
  assignee: both(User),
  reviewers: both(z.array(User.extend({ re_requested: optional(z.boolean()) }))),
  milestone_id: both(z.union([z.number(), z.string()])),
});
export type Changes = z.infer<typeof Changes>;

/** What an update changed, in the order of how much people care. */
export function toChanges(changes: Partial<Changes>, target: string | null | undefined): Change[] {
  return [
    ...title(changes.title),
    ...value("target branch", changes.target_branch && { current: target, ...changes.target_branch }),
    ...list("reviewers", changes.reviewers, namesOf),
    ...requestedAgain(changes.reviewers?.current ?? [], namesOf),
    ...list("assignees", changes.assignees ?? single(changes.assignee), namesOf),
    ...list("labels", changes.labels, titlesOf),
    ...(changes.milestone_id ? [{ field: "milestone" }] : []),
    ...(changes.description ? [{ field: "description" }] : []),
    ...draft(changes),
  ];
}

/** https://docs.gitlab.com/user/project/merge_requests/drafts/ and, with `WIP`, GitLab before 14 */
const draftPrefix = /^\s*(\[(draft|wip)\]|\(draft\)|(draft|wip):|draft - |wip )\s*/i;

export const isDraftTitle = (title: string | null | undefined) => draftPrefix.test(title ?? "");

/** GitLab before 14.8 marks a draft in the title only. */
function draft({ draft, title }: Partial<Changes>): Change[] {
  const before = draft?.previous ?? isDraftTitle(title?.previous);
  const after = draft?.current ?? isDraftTitle(title?.current);
  return before === after ? [] : [{ field: "draft", from: before ? "draft" : "ready", to: after ? "draft" : "ready" }];
}

/** The prefix of a draft is a change of its own, and no change of the title. */
function title(change: Both<string>): Change[] {
  const [before, after] = [change?.previous, change?.current].map((text) => said(text)?.replace(draftPrefix, ""));
  return before === after ? [] : [{ field: "title", from: before, to: after }];
}

/** Who is asked once more: the list of reviewers stays the same (https://docs.gitlab.com/user/project/merge_requests/reviews/). */
function requestedAgain<T extends { re_requested?: boolean | null | undefined }>(
  reviewers: T[],
  names: (items: T[]) => string[],
): Change[] {
  const again = reviewers.filter(({ re_requested }) => re_requested);
  return again.length === 0 ? [] : [{ field: "review requested again", to: said(names(again).join(", ")) }];
}

const single = <T>(change: Both<T>): Both<T[]> =>
  change && { previous: change.previous ? [change.previous] : [], current: change.current ? [change.current] : [] };
