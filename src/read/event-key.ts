import { createHash } from "node:crypto";
import type { Event, Kind } from "../events.ts";

type Fields = { readonly [K in Kind]: readonly (keyof Extract<Event, { kind: K }>)[] };

/**
 * What tells two events apart that have object, action, actor and time in common: forges send times in whole seconds,
 * and some only the time at which the object was made.
 */
const details: Fields = {
  push: ["before", "after"],
  tag_push: ["before", "after"],
  merge_request: ["changes", "newCommits", "commit", "automatic"],
  pipeline: [],
  deployment: ["branch", "commit", "jobUrl"],
  release: ["name", "description", "commit", "assetCount"],
  job: ["pipeline"],
  issue: ["changes"],
  work_item: ["changes"],
  note: ["note", "text", "url"],
  wiki_page: ["title", "diffUrl"],
  feature_flag: [],
  member: ["of", "role", "expires"],
  subgroup: ["path"],
  project: ["from", "visibility"],
  emoji: ["emoji", "on", "text", "url"],
  milestone: ["title", "description", "start", "due"],
  access_token: ["expires", "interval"],
  vulnerability: ["severity", "issueUrl"],
  system: ["subject", "from", "detail", "refs"],
};

/** What tells an event as well as its time does; `diffUrl` names the version of the page. */
const insteadOfTime: { readonly [K in Kind]?: Fields[K] } = {
  push: ["before", "after"],
  tag_push: ["before", "after"],
  wiki_page: ["diffUrl"],
  access_token: ["expires"],
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
  const told = insteadOfTime[kind];
  if (at === undefined && (!told || pick(told).includes(null))) return undefined;
  const who = actor?.username ?? actor?.name;
  const parts = [project.host, project.path, kind, action, key, at, who, confidential, ...pick(details[kind])];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** Kinds whose newest time is that of the event itself: when it happens again, the time is another one. */
const timedKinds: readonly Kind[] = [
  "merge_request",
  "pipeline",
  "deployment",
  "job",
  "issue",
  "work_item",
  "note",
  "emoji",
  "milestone",
  "member",
  "vulnerability",
];

/** An approval may leave the time of its merge request as it is. */
const untimedActions = ["approved", "unapproved", "approval", "unapproval"];

/**
 * Whether the same payload can only be the same event, because it says when it happened. Pushes tell the times of
 * their commits, releases that of their making, feature flags none: those happen again with the same payload.
 */
export const tellsTime = ({ kind, action, at }: Event): boolean =>
  at !== undefined && timedKinds.includes(kind) && !untimedActions.includes(action);
