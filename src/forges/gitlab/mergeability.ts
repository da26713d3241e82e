import { z } from "zod";
import type { MergeRequest } from "../../events.ts";
import { optional } from "./common.ts";

/** Part of the schema of merge requests. AtomGit says `conflict`, and its `merge_status` is always `unchecked`. */
export const merging = {
  merge_status: optional(z.string()),
  detailed_merge_status: optional(z.string()),
  conflict: optional(z.boolean()),
};
const Merging = z.object(merging);
type Merging = z.infer<typeof Merging>;

type Says = Pick<MergeRequest, "conflicts" | "needsApproval">;

/** GitLab looks at the pipeline last: what only waits for it has passed everything else. */
const allElseDone: Says = { conflicts: false, needsApproval: false };

/**
 * GitLab 15.6 and later names the first obstacle that it finds, so most words say nothing of the others.
 * `broken_status` is the older word for a conflict. https://docs.gitlab.com/api/merge_requests/#merge-status
 */
const ofDetailedStatus: Readonly<Record<string, Says>> = {
  mergeable: allElseDone,
  ci_must_pass: allElseDone,
  ci_still_running: allElseDone,
  conflict: { conflicts: true },
  broken_status: { conflicts: true },
  not_approved: { needsApproval: true },
  requested_changes: { needsApproval: true },
};

/** Other words, as `unchecked` and `checking`, say that nobody looked yet. */
const ofStatus: Readonly<Record<string, Says>> = {
  can_be_merged: { conflicts: false },
  cannot_be_merged: { conflicts: true },
};

/** `approval` and `unapproval` are sent while others have still to approve. */
const ofAction: Readonly<Record<string, Says>> = {
  approved: { needsApproval: false },
  approval: { needsApproval: true },
  unapproved: { needsApproval: true },
  unapproval: { needsApproval: true },
};

/** What stands against merging; undefined where the payload does not say. */
export function mergeabilityOf(it: Merging, action: string): Says {
  const detailed = ofDetailedStatus[it.detailed_merge_status ?? ""];
  const { conflicts } = ofStatus[it.merge_status ?? ""] ?? {};
  return {
    conflicts: detailed?.conflicts ?? conflicts ?? it.conflict ?? undefined,
    needsApproval: detailed?.needsApproval ?? ofAction[action]?.needsApproval,
  };
}
