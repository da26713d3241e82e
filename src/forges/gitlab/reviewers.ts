import { z } from "zod";
import type { MergeRequest } from "../../events.ts";
import { optional, toPeople, User } from "./common.ts";

/** Somebody who is to review; newer GitLabs say how far they are. */
export const Reviewer = User.extend({ state: optional(z.string()) });
export type Reviewer = z.infer<typeof Reviewer>;

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#reviewer-state-tracking */
const states = ["unreviewed", "review_started", "reviewed", "requested_changes", "approved", "unapproved"];

/** What the reviewers decided; nothing where the payload does not tell it of any of them. */
export function reviewsOf(
  reviewers: readonly Reviewer[] | null | undefined,
): Pick<MergeRequest, "approvedBy" | "changesRequestedBy"> {
  if (!reviewers?.some(({ state }) => state && states.includes(state))) return {};
  const inState = (wanted: string) => toPeople(reviewers.filter(({ state }) => state === wanted));
  return { approvedBy: inState("approved"), changesRequestedBy: inState("requested_changes") };
}
