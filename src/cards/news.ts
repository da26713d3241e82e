import type { Event, MergeRequest } from "../events.ts";

const settling = ["reopen", "close", "merge", "approved", "approval", "unapproved", "unapproval"];
const deploying = ["blocked", "approved", "rejected", "failed"];

/** Whether an event is worth a reply in the thread of its object's card; else the card alone tells it. */
export function isNews(event: Event): boolean {
  switch (event.kind) {
    case "merge_request":
      return settling.includes(event.action) || (event.action === "update" && (event.newCommits || isReady(event)));
    case "pipeline":
      return event.status === "failed" || event.news?.word === "fixed";
    case "job":
      return event.status === "failed" && !event.optional;
    case "deployment":
      return deploying.includes(event.status);
    case "release":
      return event.action === "delete";
    default:
      return false;
  }
}

const isReady = ({ changes, draft }: MergeRequest): boolean => !draft && changes.some(({ field }) => field === "draft");

/** What the forge itself writes as a comment is told by the card. */
export const isSilent = (event: Event): boolean => event.kind === "note" && event.automatic;
