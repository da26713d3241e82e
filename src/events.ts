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
 * card       the one live message of an object in a channel, edited in place; news about the object are replies in its thread
 *
 * Texts are as the forge sent them: hostile until a template has made them inert. Times are ISO 8601 in UTC.
 * The comments of the fields are printed in templates/README.md (`npm run docs`), so keep one field on one line.
 */

/** The stored form of an event; raised when a field changes its meaning, so that old rows stay readable. */
export const eventFormat = 1;

/** What a pipeline or a job of it may be. */
const ciStatuses = [
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
] as const;

/** Every kind with its actions, in GitLab's words: what users type in rules. Unknown actions of a known kind still pass. */
export const kinds = {
  push: ["update", "create", "delete"],
  tag_push: ["create", "update", "delete"],
  merge_request: ["open", "close", "reopen", "update", "merge", "approved", "unapproved", "approval", "unapproval"],
  pipeline: ciStatuses,
  deployment: ["created", "running", "success", "failed", "canceled", "skipped", "blocked", "approved", "rejected"],
  release: ["create", "update", "delete"],
  job: ciStatuses,
  issue: ["open", "close", "reopen", "update"],
  work_item: ["open", "close", "reopen", "update"],
  note: ["create", "update"],
  wiki_page: ["create", "update", "delete"],
  feature_flag: ["on", "off"],
  member: ["add", "update", "remove", "request", "deny"],
  subgroup: ["create", "destroy"],
  project: ["create", "destroy", "rename", "transfer", "update"],
  emoji: ["award", "revoke"],
  milestone: ["create", "close", "reopen", "update", "delete"],
  access_token: ["expiring"],
  vulnerability: ["detected", "confirmed", "dismissed", "resolved"],
  system: [
    "group_create",
    "group_destroy",
    "group_rename",
    "key_create",
    "key_destroy",
    "user_create",
    "user_destroy",
    "user_rename",
    "user_failed_login",
    "repository_update",
    "gitlab_subscription_member_approval",
    "gitlab_subscription_member_approvals",
  ],
} as const;

export type Kind = keyof typeof kinds;

export interface Project {
  /** `group/sub/name`, or only a name where the forge sends no more; the group's path in events of a group */
  path: string;
  /** its display name */
  name: string;
  /** the forge's host, with a port where it has one: `gitlab.acme.io` */
  host?: string | undefined;
  /** its page */
  url?: string | undefined;
  /** the default branch */
  defaultBranch?: string | undefined;
  /** true where it is a group, in events of groups */
  group?: true | undefined;
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

/** A job of a pipeline as its events list it; events of jobs tell newer states of it. */
export interface JobState {
  /** name of the job */
  name: string;
  /** its stage */
  stage: string;
  /** its status */
  status: string;
  /** id of its newest try */
  id?: string | undefined;
  /** newest time of that try */
  at?: string | undefined;
  /** true where a failure does not fail the pipeline */
  optional?: true | undefined;
}

/** The pipeline whose job started another one. */
export interface ParentPipeline {
  /** id of the pipeline */
  number: string;
  /** path of its project, which may be another one */
  project?: string | undefined;
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
  /** number of the merge request that the newest commit says to merge */
  mergeRequest?: string | undefined;
}

/** A tag made, moved or removed. */
export interface TagPush extends Common {
  kind: "tag_push";
  /** tag without `refs/tags/` */
  tag?: string | undefined;
  /** id that it named before */
  before?: string | undefined;
  /** id that it names now: of a commit, or of the annotated tag */
  after?: string | undefined;
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
  /** true where conflicts stand against merging, false where none do; absent where the payload does not say */
  conflicts?: boolean | undefined;
  /** true where approvals are missing, false where none are; absent where the payload does not say */
  needsApproval?: boolean | undefined;
  /** reviewers who approved it, where the payload says how far its reviewers are */
  approvedBy?: Person[] | undefined;
  /** reviewers who asked for changes, where the payload says how far its reviewers are */
  changesRequestedBy?: Person[] | undefined;
  /** id of its newest pipeline */
  headPipeline?: string | undefined;
  /** id of the commit that merged it */
  mergeCommit?: string | undefined;
}

/** What a pipeline changed about its branch. */
export interface BranchNews {
  /** `broken` where the pipeline before it passed, `still_failing`, or `fixed` */
  word: "broken" | "still_failing" | "fixed";
  /** when the first failed pipeline ended */
  since?: string | undefined;
  /** seconds from then to the end of this one */
  seconds?: number | undefined;
  /** the commit of the first failed pipeline */
  culprit?: Commit | undefined;
  /** names of the failed jobs that did not fail in the pipeline before it */
  newFailures: string[];
  /** id of the first failed pipeline */
  episode: string;
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
  /** whether it broke or fixed its branch; absent where nothing is known of the one before it */
  news?: BranchNews | undefined;
  /** the newest try of each job, at most 300; absent where the payload lists no jobs */
  builds?: JobState[] | undefined;
  /** the pipeline that started this one */
  parent?: ParentPipeline | undefined;
  /** when it was made */
  createdAt?: string | undefined;
  /** when it ended */
  finishedAt?: string | undefined;
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
  /** id of the deployment */
  number?: string | undefined;
  /** who approved or rejected it; `actor` is who deploys */
  approver?: Person | undefined;
  /** what they say of it */
  comment?: string | undefined;
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
  /** when it was published, or will be */
  releasedAt?: string | undefined;
}

/** A job of a pipeline changed its status. `action` is the status. */
export interface JobRun extends Common {
  kind: "job";
  /** name of the job */
  name: string;
  /** its stage */
  stage?: string | undefined;
  /** its status */
  status: string;
  /** branch it ran on */
  branch?: string | undefined;
  /** tag it ran on */
  tag?: string | undefined;
  /** failure reason in words: `script failure` */
  reason?: string | undefined;
  /** seconds it ran */
  duration?: number | undefined;
  /** true where a failure does not fail the pipeline */
  optional: boolean;
  /** number of its pipeline */
  pipeline?: string | undefined;
  /** page of its pipeline */
  pipelineUrl?: string | undefined;
  /** merge request that it ran for: its number */
  mergeRequest?: string | undefined;
  /** page of that merge request */
  mergeRequestUrl?: string | undefined;
  /** the commit that it tests */
  commit?: Commit | undefined;
  /** environment that it works on */
  environment?: string | undefined;
  /** id of this try of the job */
  id?: string | undefined;
  /** the pipeline that started its pipeline */
  parent?: ParentPipeline | undefined;
}

/** What issues and work items have in common. */
export interface IssueFields extends Common {
  /** number within the project, without `#` */
  number: string;
  /** its title */
  title?: string | undefined;
  /** its description, in the forge's markdown */
  description?: string | undefined;
  /** `opened` or `closed` */
  state?: string | undefined;
  /** what it is: `task`, `epic`, `objective`, `key result`, `incident` … */
  type?: string | undefined;
  /** severity of an incident: `high`; absent where it is unknown */
  severity?: string | undefined;
  /** day it is due, `2026-03-01` */
  due?: string | undefined;
  /** who wrote it, where the payload says so */
  author?: Person | undefined;
  /** who is to work on it */
  assignees: Person[];
  /** its labels */
  labels: string[];
  /** title of its milestone, where the payload says so */
  milestone?: string | undefined;
  /** what an update changed */
  changes: Change[];
}

/** An issue was opened, changed, closed … */
export interface Issue extends IssueFields {
  kind: "issue";
  /** what it is where it is more than an issue: `incident`, `test case`, `requirement` */
  type?: string | undefined;
}

/** A task, epic, objective … was opened, changed, closed; of a project or of a group. */
export interface WorkItem extends IssueFields {
  kind: "work_item";
}

/** A comment was written (`create`) or edited (`update`). */
export interface Note extends Common {
  kind: "note";
  /** the comment, in the forge's markdown */
  text?: string | undefined;
  /** what it is about: `merge request`, `issue`, `commit`, `snippet`, `work item`, `design` … */
  on: string;
  /** the object within its project: `!12`, `#7`, `$3`, a short commit id */
  reference?: string | undefined;
  /** title of the object, first line of the commit */
  title?: string | undefined;
  /** page of the object */
  objectUrl?: string | undefined;
  /** file that a code comment is about */
  file?: string | undefined;
  /** line in that file */
  line?: number | undefined;
  /** source branch of the merge request */
  branch?: string | undefined;
  /** target branch of the merge request */
  target?: string | undefined;
  /** true while the merge request is a draft */
  draft: boolean;
  /** who wrote the object, where the payload says so */
  author?: Person | undefined;
  /** labels of the object */
  labels: string[];
  /** true where the forge itself wrote it */
  automatic: boolean;
  /** id of the comment */
  note?: string | undefined;
  /** id of the discussion that it belongs to */
  discussion?: string | undefined;
  /** when it was written; `at` is when it was last edited */
  createdAt?: string | undefined;
}

/** A page of the wiki was made, changed or removed; of a project or of a group. */
export interface WikiPage extends Common {
  kind: "wiki_page";
  /** its title */
  title?: string | undefined;
  /** what the author says of the change */
  message?: string | undefined;
  /** page that shows the change */
  diffUrl?: string | undefined;
}

/** A feature flag was turned `on` or `off`. */
export interface FeatureFlag extends Common {
  kind: "feature_flag";
  /** its name */
  name: string;
  /** its description */
  description?: string | undefined;
}

/** Somebody joined (`add`) or left (`remove`) a group or project, got another role (`update`), asked for access (`request`) or was refused (`deny`). */
export interface Member extends Common {
  kind: "member";
  /** whose membership it is */
  member: Person;
  /** `group` or `project` */
  of: string;
  /** role: `Developer` */
  role?: string | undefined;
  /** last day of the membership, `2026-01-26` */
  expires?: string | undefined;
}

/** A subgroup was made (`create`) or removed (`destroy`). The project is its parent group. */
export interface Subgroup extends Common {
  kind: "subgroup";
  /** its path with its parents: `group/sub` */
  path: string;
  /** display name */
  name: string;
}

/** A project was made, removed, renamed, moved to another group or changed. */
export interface ProjectChange extends Common {
  kind: "project";
  /** path before it was renamed or moved */
  from?: string | undefined;
  /** `private`, `internal` or `public` */
  visibility?: string | undefined;
  /** who owns it, where the payload says so */
  owners: Person[];
}

/** Somebody reacted with an emoji (`award`) or took it back (`revoke`). */
export interface Emoji extends Common {
  kind: "emoji";
  /** name without colons: `thumbsup` */
  emoji: string;
  /** what it is on: `merge request`, `issue`, `comment`, `snippet` … */
  on: string;
  /** the object within its project: `!12`, `#7` */
  reference?: string | undefined;
  /** title of the object */
  title?: string | undefined;
  /** the comment, where it is on one */
  text?: string | undefined;
}

/** A milestone was made, closed, opened again or removed; of a project or of a group. */
export interface Milestone extends Common {
  kind: "milestone";
  /** its title */
  title: string;
  /** its description, in the forge's markdown */
  description?: string | undefined;
  /** first day, `2026-01-01` */
  start?: string | undefined;
  /** last day */
  due?: string | undefined;
}

/** An access or deploy token of a project or group is about to expire (`expiring`). */
export interface AccessToken extends Common {
  kind: "access_token";
  /** its name; never the token */
  name: string;
  /** `access token` or `deploy token` */
  type: string;
  /** last day, `2026-01-26` */
  expires?: string | undefined;
  /** how soon it expires at the latest: `seven days` */
  interval?: string | undefined;
  /** day of its last use, where the payload says so */
  lastUsed?: string | undefined;
}

/** A vulnerability was detected, confirmed, dismissed or resolved. `action` is its state. */
export interface Vulnerability extends Common {
  kind: "vulnerability";
  /** its title */
  title: string;
  /** `critical`, `high`, `medium`, `low`, `info` or `unknown` */
  severity?: string | undefined;
  /** what found it: `SAST`, `dependency scanning` … */
  report?: string | undefined;
  /** file it is in */
  file?: string | undefined;
  /** known names of it: `CVE-2026-1234` */
  identifiers: string[];
  /** issue about it */
  issueTitle?: string | undefined;
  /** page of that issue */
  issueUrl?: string | undefined;
}

/** Something happened on the forge itself: a user, key or group was made, removed or renamed … `action` is the forge's own name for it. */
export interface System extends Common {
  kind: "system";
  /** what it happened to: a username, a group's path, `user 42` where the forge sends no name */
  subject?: string | undefined;
  /** the user that it happened to, a key's owner */
  user?: Person | undefined;
  /** name or path before it was renamed */
  from?: string | undefined;
  /** more of it: the state of a user whose login failed, the role asked for, the answer to it */
  detail?: string | undefined;
  /** branches and tags that were updated, at most 20 */
  refs: string[];
}

export type Event =
  | Push
  | TagPush
  | MergeRequest
  | Pipeline
  | Deployment
  | Release
  | JobRun
  | Issue
  | WorkItem
  | Note
  | WikiPage
  | FeatureFlag
  | Member
  | Subgroup
  | ProjectChange
  | Emoji
  | Milestone
  | AccessToken
  | Vulnerability
  | System;
