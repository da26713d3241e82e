import { createHash } from "node:crypto";
import type { Event, Kind } from "../events.ts";

/**
 * What tells the events of a kind from each other: forges send times in whole seconds, and some only the time at which
 * the object was made.
 */
interface Telling<Field> {
  /** what differs between two events that have object, action, actor and time in common */
  details: readonly Field[];
  /** what tells an event as well as its time does */
  insteadOfTime?: readonly Field[];
  /** its newest time is that of the event itself: when it happens again, the time is another one */
  timed?: true;
}

const tellings: { readonly [K in Kind]: Telling<keyof Extract<Event, { kind: K }>> } = {
  push: { details: ["before", "after"], insteadOfTime: ["before", "after"] },
  tag_push: { details: ["before", "after"], insteadOfTime: ["before", "after"] },
  merge_request: { details: ["changes", "newCommits", "commit", "automatic"], timed: true },
  pipeline: { details: [], timed: true },
  deployment: { details: ["branch", "commit", "jobUrl", "approver"], timed: true },
  release: { details: ["name", "description", "commit", "assetCount"] },
  job: { details: ["pipeline"], timed: true },
  issue: { details: ["changes"], timed: true },
  work_item: { details: ["changes"], timed: true },
  note: { details: ["note", "text", "url"], timed: true },
  // The difference names the version of the page.
  wiki_page: { details: ["title", "diffUrl"], insteadOfTime: ["diffUrl"] },
  feature_flag: { details: [] },
  member: { details: ["of", "role", "expires"], timed: true },
  subgroup: { details: ["path"] },
  project: { details: ["from", "visibility"] },
  emoji: { details: ["emoji", "on", "text", "url"], timed: true },
  milestone: { details: ["title", "description", "start", "due"], timed: true },
  access_token: { details: ["expires", "interval"], insteadOfTime: ["expires"] },
  vulnerability: { details: ["severity", "issueUrl"], timed: true },
  system: { details: ["subject", "from", "detail", "refs"] },
};

/**
 * A short text that is the same for one event however many hooks it comes through, and another one for other events:
 * made of host, project, kind, action, object, newest time, actor and the details above. Pushes that lead back and
 * forth have it in common, so who compares keys counts them.
 * @returns undefined where the event says nothing that tells it from another one of the same object
 */
export function eventKey(event: Event): string | undefined {
  const { kind, action, project, key, at, actor, confidential } = event;
  const fields: Record<string, unknown> = { ...event };
  const pick = (names: readonly string[]) => names.map((name) => fields[name] ?? null);
  const { details, insteadOfTime } = tellings[kind];
  if (at === undefined && (!insteadOfTime || pick(insteadOfTime).includes(null))) return undefined;
  const who = actor?.username ?? actor?.name;
  const parts = [project.host, project.path, kind, action, key, at, who, confidential, ...pick(details)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** An approval may leave the time of its merge request as it is. */
const untimedActions = ["approved", "unapproved", "approval", "unapproval"];

/**
 * Whether the same payload can only be the same event, because it says when it happened. Pushes tell the times of
 * their commits, releases that of their making, feature flags none: those happen again with the same payload.
 */
export const tellsTime = ({ kind, action, at }: Event): boolean =>
  at !== undefined && tellings[kind].timed === true && !untimedActions.includes(action);
