/**
 * The vocabulary: what happened, in our words, the same for every forge. Everything imports this file; it imports nothing.
 *
 * forge      the software that hosts code and sends webhooks: GitLab …
 * hook       one address of ours, owned by one workspace, with a forge and one way to prove who is calling
 * delivery   one HTTP POST of a forge to a hook
 * payload    its JSON in the forge's words; never leaves forges/
 * event      what happened: kind + action + project + actor + object
 * project    `group/sub/name`
 * workspace  one Slack workspace, or the local preview: the unit of isolation
 * channel    where messages go
 * rule       which events go to which channel
 * template   a Handlebars file that turns an event into a message
 * message    what we post: text and blocks
 * lane       the ordered queue of messages of one channel
 *
 * Texts are as the forge sent them: hostile until a template has made them inert. Times are ISO 8601 in UTC.
 * The comments of the fields are printed in templates/README.md (`npm run docs`), so keep one field on one line.
 */

/** The stored form of an event; raised when a field changes its meaning, so that old rows stay readable. */
export const eventFormat = 1;

/** Every kind with its actions, in GitLab's words: what users type in rules. Unknown actions of a known kind still pass. */
export const kinds = {
  push: ["update", "create", "delete"],
  tag_push: ["create", "update", "delete"],
  merge_request: ["open", "close", "reopen", "update", "merge", "approved", "unapproved", "approval", "unapproval"],
  pipeline: [
    "created",
    "waiting_for_resource",
    "preparing",
    "pending",
    "running",
    "success",
    "failed",
    "canceling",
    "canceled",
    "skipped",
    "manual",
    "scheduled",
  ],
  deployment: ["created", "running", "success", "failed", "canceled", "skipped", "blocked", "approved", "rejected"],
  release: ["create", "update", "delete"],
} as const;

export type Kind = keyof typeof kinds;

export interface Project {
  /** `group/sub/name`, or only a name where the forge sends no more */
  path: string;
  /** its display name */
  name: string;
  /** the forge's host, with a port where it has one: `gitlab.acme.io` */
  host?: string | undefined;
  /** its page */
  url?: string | undefined;
  /** the default branch */
  defaultBranch?: string | undefined;
}

export interface Person {
  /** display name, or the username where there is no other */
  name: string;
  /** username without `@` */
  username?: string | undefined;
  /** true for project, group and service bots */
  bot: boolean;
}

export interface Commit {
  /** full id */
  id: string;
  /** first line of its message */
  title: string;
  /** its page */
  url?: string | undefined;
  /** name of its author */
  author?: string | undefined;
}

export interface Job {
  /** name of the job */
  name: string;
  /** its stage */
  stage: string;
  /** its status */
  status: string;
  /** GitLab's failure reason in words: `script failure` */
  reason?: string | undefined;
  /** seconds */
  duration?: number | undefined;
  /** its page */
  url?: string | undefined;
  /** true where a failure does not fail the pipeline */
  optional: boolean;
}

export interface Stage {
  /** name of the stage */
  name: string;
  /** `success`, `failed`, `running`, `canceled`, `manual`, `skipped` or `pending` */
  status: string;
  /** number of its jobs */
  jobs: number;
}

export interface Change {
  /** what changed: `title`, `labels`, `assignees`, `reviewers`, `milestone`, `target branch`, `description`, `draft` … */
  field: string;
  /** the old value in words */
  from?: string | undefined;
  /** the new value in words */
  to?: string | undefined;
}

/** What every event has. */
export interface Common {
  /** what happened; with `kind` it picks the template */
  action: string;
  /** where it happened */
  project: Project;
  /** who did it; absent where the forge does not say */
  actor?: Person | undefined;
  /** page of the object */
  url?: string | undefined;
  /** newest time in the payload: which of two states of one object is newer */
  at?: string | undefined;
  /** the object within its project, the same in all its events: `!12`, `pipeline 31`, `environment production` */
  key: string;
  /** true where only some members of the project may see the object */
  confidential: boolean;
}

/** Commits pushed to a branch (`update`), a branch made (`create`) or removed (`delete`). */
export interface Push extends Common {
  kind: "push";
  /** branch without `refs/heads/` */
  branch?: string | undefined;
  /** id before the push */
  before?: string | undefined;
  /** id after the push */
  after?: string | undefined;
  /** the newest commits, oldest first, at most 20 */
  commits: Commit[];
  /** how many commits were pushed; more than `commits` lists when there were many */
  commitCount: number;
  /** files that the listed commits touched, at most 1,000 */
  paths: string[];
}

/** A tag made, moved or removed. */
export interface TagPush extends Common {
  kind: "tag_push";
  /** tag without `refs/tags/` */
  tag?: string | undefined;
  /** message of an annotated tag */
  message?: string | undefined;
  /** the commit that it names */
  commit?: Commit | undefined;
}

/** A merge request was opened, changed, approved, merged … */
export interface MergeRequest extends Common {
  kind: "merge_request";
  /** number within the project, without `!` */
  number: string;
  /** its title */
  title?: string | undefined;
  /** its description, in the forge's markdown */
  description?: string | undefined;
  /** `opened`, `closed`, `merged` or `locked` */
  state?: string | undefined;
  /** source branch */
  branch?: string | undefined;
  /** target branch */
  target?: string | undefined;
  /** path of the source project where it is a fork */
  fork?: string | undefined;
  /** true while it is a draft */
  draft: boolean;
  /** who wrote it, where the payload says so */
  author?: Person | undefined;
  /** who is to work on it */
  assignees: Person[];
  /** who is to review it */
  reviewers: Person[];
  /** its labels */
  labels: string[];
  /** title of its milestone, where the payload says so */
  milestone?: string | undefined;
  /** what an update changed */
  changes: Change[];
  /** true where the update brought new commits */
  newCommits: boolean;
  /** the newest commit */
  commit?: Commit | undefined;
  /** true where the forge itself acted: an approval reset by new commits */
  automatic: boolean;
}

/** A pipeline changed its status. `action` is the status. */
export interface Pipeline extends Common {
  kind: "pipeline";
  /** id of the pipeline */
  number: string;
  /** its name, where the project names its pipelines */
  name?: string | undefined;
  /** its status */
  status: string;
  /** branch it ran on */
  branch?: string | undefined;
  /** tag it ran on */
  tag?: string | undefined;
  /** target branch of its merge request */
  target?: string | undefined;
  /** what started it: `push`, `schedule`, `merge_request_event`, `parent_pipeline` … */
  source?: string | undefined;
  /** seconds it ran */
  duration?: number | undefined;
  /** the commit that it tests */
  commit?: Commit | undefined;
  /** merge request that it belongs to: its number */
  mergeRequest?: string | undefined;
  /** title of that merge request */
  mergeRequestTitle?: string | undefined;
  /** page of that merge request */
  mergeRequestUrl?: string | undefined;
  /** stages in order, each with the status of its jobs */
  stages: Stage[];
  /** number of its jobs */
  jobCount: number;
  /** names of all jobs, at most 1,000 */
  jobs: string[];
  /** failed jobs that no retry passed and that are not allowed to fail, at most 50 */
  failures: Job[];
  /** how many failed so */
  failureCount: number;
}

/** A deployment changed its status. `action` is the status. */
export interface Deployment extends Common {
  kind: "deployment";
  /** its status */
  status: string;
  /** name of the environment */
  environment?: string | undefined;
  /** address of the environment */
  environmentUrl?: string | undefined;
  /** branch or tag that is deployed */
  branch?: string | undefined;
  /** the commit that is deployed */
  commit?: Commit | undefined;
  /** page of the job that deploys */
  jobUrl?: string | undefined;
}

/** A release was published, changed or removed. */
export interface Release extends Common {
  kind: "release";
  /** the tag */
  tag?: string | undefined;
  /** its name */
  name?: string | undefined;
  /** its notes, in the forge's markdown */
  description?: string | undefined;
  /** the commit of the tag */
  commit?: Commit | undefined;
  /** how many files it brings */
  assetCount: number;
}

export type Event = Push | TagPush | MergeRequest | Pipeline | Deployment | Release;
