import type { Event, Kind, Person } from "../events.ts";
import { kinds } from "../events.ts";

type Values = (string | undefined)[];

/** A property that an event has in words: compared with globs. */
export interface ListCondition {
  /** what it looks at, in one line */
  help: string;
  example: string;
  /** `person`: an `@` in front is dropped · `status`: only words that are one */
  value: "text" | "person" | "status";
  /** the kinds that have the property */
  kinds: readonly Kind[];
  /** its values, empty where the payload lacks them; undefined where the kind has no such property */
  read: (event: Event) => string[] | undefined;
}

/** A property that an event has or has not: `yes` both, `no` without, `only` with. */
export interface SwitchCondition {
  help: string;
  example: string;
  value: "switch";
  /** what holds where a rule does not say */
  absent: "yes" | "no";
  /** the events that have it, for a sentence */
  many: string;
  holds: (event: Event) => boolean;
}

type EventOf<K extends Kind> = Extract<Event, { kind: K }>;

function list<K extends Kind>(
  help: string,
  example: string,
  value: ListCondition["value"],
  kinds: readonly K[],
  read: (event: EventOf<K>) => Values,
): ListCondition {
  const has = (event: Event): event is EventOf<K> => kinds.some((kind) => kind === event.kind);
  const known = (values: Values) => values.filter((text) => text !== undefined).filter((text) => text !== "");
  return { help, example, value, kinds, read: (event) => (has(event) ? known(read(event)) : undefined) };
}

const names = (people: (Person | undefined)[]) => people.flatMap((person) => [person?.username, person?.name]);

/** Every condition of a rule. A new one is one row here. */
export const conditions = {
  branch: list(
    "branch of a push, pipeline or deployment; source branch of a merge request",
    "branch:main",
    "text",
    ["push", "merge_request", "pipeline", "deployment"],
    (event) => [event.branch],
  ),
  target: list("target branch of a merge request", "target:main", "text", ["merge_request", "pipeline"], (event) => [
    event.target,
  ]),
  tag: list("name of the tag", "tag:v*", "text", ["tag_push", "pipeline", "release"], (event) => [event.tag]),
  label: list("labels of a merge request", "label:bug,security", "text", ["merge_request"], (event) => event.labels),
  author: list(
    "who wrote the merge request; who pushed, started or deployed",
    "-author:*bot*",
    "person",
    ["push", "tag_push", "merge_request", "pipeline", "deployment"],
    (event) => names([event.kind === "merge_request" ? authorOf(event) : event.actor]),
  ),
  reviewer: list("who is to review the merge request", "reviewer:ada", "person", ["merge_request"], (event) =>
    names(event.reviewers),
  ),
  environment: list("environment that is deployed to", "environment:production", "text", ["deployment"], (event) => [
    event.environment,
  ]),
  status: list(
    "status of a pipeline or deployment",
    "status:failed,success",
    "status",
    ["pipeline", "deployment"],
    (event) => [event.status],
  ),
  stage: list("stages of the failed jobs, else of all", "stage:deploy", "text", ["pipeline"], (event) =>
    event.failures.length > 0 ? event.failures.map((job) => job.stage) : event.stages.map((stage) => stage.name),
  ),
  job: list("names of the failed jobs, else of all", "job:lint*", "text", ["pipeline"], (event) =>
    event.failures.length > 0 ? event.failures.map((job) => job.name) : event.jobs,
  ),
  path: list("files that a push touches", "path:docs/**", "text", ["push"], (event) => event.paths),
  milestone: list("milestone of a merge request", 'milestone:"Q3 launch"', "text", ["merge_request"], (event) => [
    event.milestone,
  ]),
  draft: {
    help: "drafts of merge requests: yes, no or only",
    example: "draft:no",
    value: "switch",
    absent: "yes",
    many: "drafts",
    holds: (event) => event.kind === "merge_request" && event.draft,
  },
  confidential: {
    help: "what only some members may see: yes, no or only; no unless a rule says so",
    example: "confidential:yes",
    value: "switch",
    absent: "no",
    many: "confidential events",
    holds: (event) => event.confidential,
  },
  bots: {
    help: "what bots do: yes, no or only",
    example: "bots:no",
    value: "switch",
    absent: "yes",
    many: "events of bots",
    holds: (event) => event.actor?.bot === true,
  },
} as const satisfies Record<string, ListCondition | SwitchCondition>;

export type ConditionKey = keyof typeof conditions;

/** Who opens a merge request wrote it: GitLab's hook names the author by number only. */
function authorOf(event: EventOf<"merge_request">): Person | undefined {
  return event.author ?? (event.action === "open" ? event.actor : undefined);
}

/** The condition of a key; one type for all rows. */
export function conditionOf(key: ConditionKey): ListCondition | SwitchCondition {
  return conditions[key];
}

const isKey = (word: string): word is ConditionKey => Object.hasOwn(conditions, word);

export const conditionKeys: readonly ConditionKey[] = Object.keys(conditions).filter(isKey);

/** What people type for a condition. */
const aliases: Record<string, ConditionKey> = {
  ref: "branch",
  labels: "label",
  env: "environment",
  paths: "path",
  drafts: "draft",
};

/** The condition that a word names, by its own name or another. */
export function conditionNamed(word: string): ConditionKey | undefined {
  if (isKey(word)) return word;
  return Object.hasOwn(aliases, word) ? aliases[word] : undefined;
}

/** Every status that `status:` may name. */
export const statuses: readonly string[] = [...new Set([...kinds.pipeline, ...kinds.deployment])];

/** What a switch may be. */
export const switchValues = ["yes", "no", "only"] as const;
