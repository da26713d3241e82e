import type { Event, Person } from "../events.ts";
import { kinds } from "../events.ts";
import { type EventOf, type ListCondition, list, type SwitchCondition, type Values } from "./condition.ts";

const names = (people: (Person | undefined)[]) => people.flatMap((person) => [person?.username, person?.name]);

/** Every condition of a rule. A new one is one row here. */
export const conditions = {
  branch: list(
    "branch of a push, pipeline, job or deployment; source branch of a merge request, also for comments on it",
    "branch:main",
    "text",
    ["push", "merge_request", "pipeline", "deployment", "job", "note"],
    (event) => [event.branch],
  ),
  target: list(
    "target branch of a merge request, also for comments on it and its pipelines",
    "target:main",
    "text",
    ["merge_request", "pipeline", "note"],
    (event) => [event.target],
  ),
  tag: list("name of the tag", "tag:v*", "text", ["tag_push", "pipeline", "release", "job"], (event) => [event.tag]),
  label: list(
    "labels of a merge request, issue or work item, also for comments on it",
    "label:bug,security",
    "text",
    ["merge_request", "issue", "work_item", "note"],
    (event) => event.labels,
  ),
  author: list(
    "who wrote the merge request, issue, work item, comment or page; else who pushed, started, deployed or reacted",
    "-author:*bot*",
    "person",
    [
      "push",
      "tag_push",
      "merge_request",
      "pipeline",
      "deployment",
      "job",
      "issue",
      "work_item",
      "note",
      "wiki_page",
      "feature_flag",
      "emoji",
    ],
    (event) => names([isWritten(event) ? authorOf(event) : event.actor]),
  ),
  reviewer: list("who is to review the merge request", "reviewer:ada", "person", ["merge_request"], (event) =>
    names(event.reviewers),
  ),
  environment: list(
    "environment that is deployed to",
    "environment:production",
    "text",
    ["deployment", "job"],
    (event) => [event.environment],
  ),
  status: list(
    "status of a pipeline, job or deployment",
    "status:failed,success",
    "status",
    ["pipeline", "deployment", "job"],
    (event) => [event.status],
  ),
  stage: list(
    "stage of a job; of a pipeline the stages of its failed jobs, else of all",
    "stage:deploy",
    "text",
    ["pipeline", "job"],
    (event) => (event.kind === "job" ? [event.stage] : stagesOf(event)),
  ),
  job: list(
    "name of a job; of a pipeline the names of its failed jobs, else of all",
    "job:lint*",
    "text",
    ["pipeline", "job"],
    (event) => (event.kind === "job" ? [event.name] : jobsOf(event)),
  ),
  path: list(
    "files that a push touches; file of a code comment or vulnerability",
    "path:docs/**",
    "text",
    ["push", "note", "vulnerability"],
    (event) => (event.kind === "push" ? event.paths : [event.file]),
  ),
  milestone: list(
    "milestone of a merge request, issue or work item; the milestone itself",
    'milestone:"Q3 launch"',
    "text",
    ["merge_request", "issue", "work_item", "milestone"],
    (event) => [event.kind === "milestone" ? event.title : event.milestone],
  ),
  draft: {
    help: "drafts of merge requests, and comments on them: yes, no or only",
    example: "draft:no",
    value: "switch",
    absent: "yes",
    many: "drafts",
    holds: (event) => (event.kind === "merge_request" || event.kind === "note") && event.draft,
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
    help: "what bots do, and their memberships: yes, no or only",
    example: "bots:no",
    value: "switch",
    absent: "yes",
    many: "events of bots",
    holds: (event) => (event.kind === "member" ? event.member : event.actor)?.bot === true,
  },
} as const satisfies Record<string, ListCondition | SwitchCondition>;

export type ConditionKey = keyof typeof conditions;

type Written = EventOf<"merge_request" | "issue" | "work_item">;

const isWritten = (event: Event): event is Written => ["merge_request", "issue", "work_item"].includes(event.kind);

/** Who opens a merge request or issue wrote it: GitLab's hook names the author by number only. */
function authorOf(event: Written): Person | undefined {
  return event.author ?? (event.action === "open" ? event.actor : undefined);
}

const stagesOf = ({ failures, stages }: EventOf<"pipeline">): Values =>
  failures.length > 0 ? failures.map((job) => job.stage) : stages.map((stage) => stage.name);

const jobsOf = ({ failures, jobs }: EventOf<"pipeline">): Values =>
  failures.length > 0 ? failures.map((job) => job.name) : jobs;

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
export const statuses: readonly string[] = [...new Set([...kinds.pipeline, ...kinds.deployment, ...kinds.job])];

/** What a switch may be. */
export const switchValues = ["yes", "no", "only"] as const;
