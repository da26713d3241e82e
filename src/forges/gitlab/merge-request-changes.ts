import { z } from "zod";
import type { Change } from "../../events.ts";
import { optional, said, toPeople, User } from "./common.ts";

const both = <T extends z.ZodType>(value: T) =>
  optional(z.object({ previous: optional(value), current: optional(value) }));

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

type Both<T> = { previous?: T | null | undefined; current?: T | null | undefined } | null | undefined;

/** What an update changed, in the order of how much people care. */
export function toChanges(changes: Partial<Changes>, target: string | null | undefined): Change[] {
  const people = (users: z.infer<typeof User>[]) => toPeople(users).map(({ name }) => name);
  const titles = (labels: { title?: string | null | undefined }[]) =>
    labels.map(({ title }) => said(title)).filter((title) => title !== undefined);
  return [
    ...title(changes.title),
    ...value("target branch", changes.target_branch && { current: target, ...changes.target_branch }),
    ...list("reviewers", changes.reviewers, people),
    ...requestedAgain(changes.reviewers?.current ?? [], people),
    ...list("assignees", changes.assignees ?? single(changes.assignee), people),
    ...list("labels", changes.labels, titles),
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

const value = (field: string, change: Both<string>): Change[] =>
  change ? [{ field, from: said(change.previous), to: said(change.current) }] : [];

/** `from` names what was taken away, `to` what was added. */
function list<T>(field: string, change: Both<T[]>, names: (items: T[]) => string[]): Change[] {
  if (!change) return [];
  const before = names(change.previous ?? []);
  const after = names(change.current ?? []);
  const removed = before.filter((name) => !after.includes(name));
  const added = after.filter((name) => !before.includes(name));
  if (removed.length + added.length === 0) return [];
  return [{ field, from: said(removed.join(", ")), to: said(added.join(", ")) }];
}
