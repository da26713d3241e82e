import type { Commit, Deployment, Job, MergeRequest, Note, Person, Pipeline, Push, Release } from "../events.ts";

/**
 * What the templates of live messages get: the newest state of an object, with all fields of its newest event. `action`
 * picks the template: `merge_request.card`, `pipeline.branch`, `note.talk` …
 * The comments of the fields are printed in templates/README.md (`npm run docs`), so keep one field on one line.
 */
export type View =
  | UpdatesView
  | MergeRequestCard
  | PipelineCard
  | BranchCard
  | DeploymentCard
  | ReleaseCard
  | TalkView
  | PushesView;

/** Template `merge_request.card`: one merge request, from its opening to its end. */
export interface MergeRequestCard extends MergeRequest {
  action: "card";
  /** who approved it and did not take that back */
  approvals: Person[];
  /** true where all required approvals are in */
  approved: boolean;
  /** true where the forge said that approvals are missing */
  needsApproval: boolean;
  /** who asked for changes */
  changesRequested: Person[];
  /** true where it cannot be merged because of conflicts */
  conflicts: boolean;
  /** its newest pipeline */
  pipeline?: PipelineLine | undefined;
  /** who merged it */
  mergedBy?: Person | undefined;
  /** who closed it without merging */
  closedBy?: Person | undefined;
}

export interface PipelineLine {
  /** id of the pipeline */
  number: string;
  /** its status */
  status: string;
  /** its page */
  url?: string | undefined;
  /** seconds it ran */
  duration?: number | undefined;
  /** failed jobs that no retry passed, at most 5 */
  failures: Job[];
  /** how many failed so */
  failureCount: number;
  /** its name, where it has one: the name of a child pipeline */
  name?: string | undefined;
}

/** Template `pipeline.card`: one pipeline with its children, while it runs and when it is done. */
export interface PipelineCard extends Pipeline {
  action: "card";
  /** its child pipelines, in the order of their ids, at most 20 */
  children: PipelineLine[];
}

/** Template `pipeline.branch`: a branch that broke, from the first failed pipeline to the one that passes. */
export interface BranchCard extends Pipeline {
  action: "branch";
  /** `broken` or `fixed` */
  state: string;
  /** when the first failed pipeline ended */
  since?: string | undefined;
  /** seconds from then until it was fixed, or until its newest failure */
  brokenFor?: number | undefined;
  /** the commit of the first failed pipeline */
  culprit?: Commit | undefined;
  /** the commit of the pipeline that passed */
  fixedBy?: Commit | undefined;
  /** failed jobs of the newest failure that passed in the pipeline before it, or were not there */
  newFailures: Job[];
  /** the other failed jobs of the newest failure */
  oldFailures: Job[];
  /** how many pipelines failed since it broke */
  failedRuns: number;
}

/** Template `deployment.card`: one deployment to an environment. */
export interface DeploymentCard extends Deployment {
  action: "card";
  /** who approved it */
  approvals: Person[];
  /** who rejected it */
  rejectedBy?: Person | undefined;
  /** true where the commit was in the environment before, and another one since */
  rollback: boolean;
  /** the commit that was in the environment before */
  replaces?: Commit | undefined;
  /** seconds from its start to its end */
  duration?: number | undefined;
}

/** Template `release.card`: one release. */
export interface ReleaseCard extends Release {
  action: "card";
  /** `published` or `deleted` */
  state: string;
  /** true where it was changed after it was published */
  changed: boolean;
}

/** Template `note.talk`: what one person wrote about one object within a few seconds. */
export interface TalkView extends Note {
  action: "talk";
  /** the comments in the order they were written, at most 20 */
  comments: Comment[];
  /** how many they are */
  commentCount: number;
}

export interface Comment {
  /** the comment, in the forge's markdown */
  text?: string | undefined;
  /** its page */
  url?: string | undefined;
  /** file that it is about */
  file?: string | undefined;
  /** line in that file */
  line?: number | undefined;
  /** true where it was changed after it was written */
  edited: boolean;
}

/** Template `push.several`: what one person pushed to one branch within a few minutes; `commits` and `paths` are those of all. */
export interface PushesView extends Push {
  action: "several";
  /** how many pushes they were */
  pushes: number;
}

/** Template `merge_request.several`: merge requests that a bot opened within a few minutes. */
export interface UpdatesView extends MergeRequest {
  action: "several";
  /** the newest of them, at most 20 */
  mergeRequests: ListedMergeRequest[];
  /** how many they are */
  count: number;
  /** how many of them are merged */
  merged: number;
  /** how many were closed without merging */
  closed: number;
}

export interface ListedMergeRequest {
  /** number within the project, without `!` */
  number: string;
  /** its title */
  title?: string | undefined;
  /** its page */
  url?: string | undefined;
  /** `opened`, `closed`, `merged` or `locked` */
  state: string;
  /** true while it is a draft */
  draft: boolean;
}
