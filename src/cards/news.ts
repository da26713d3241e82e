import type { Event, MergeRequest } from "../events.ts";
import { deploymentNumber } from "./environment.ts";
import { type Facts, only, valueAt } from "./facts.ts";

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

/** Whether a newer state of the same deployment or pipeline is known: what comes late is no news. */
export function isOvertaken(event: Event, facts: Facts): boolean {
  const newest =
    event.kind === "deployment"
      ? valueAt(facts.deployments, deploymentNumber(event))
      : event.kind === "pipeline" && event.number === facts.pipeline?.[only]?.value.number
        ? facts.pipeline?.[only]?.value
        : undefined;
  return newest?.at !== undefined && event.at !== undefined && newest.at > event.at;
}
