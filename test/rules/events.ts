import type {
  BranchNews,
  Deployment,
  Event,
  Issue,
  JobRun,
  MergeRequest,
  Note,
  Person,
  Pipeline,
  Push,
  WorkItem,
} from "../../src/events.ts";
import type { Rule } from "../../src/rules/match.ts";
import { parseRule } from "../../src/rules/parse.ts";

export const ada: Person = { name: "Ada Lovelace", username: "ada", bot: false };
export const bot: Person = { name: "Renovate", username: "project_12_bot_ab", bot: true };

const common = {
  project: { path: "platform/api", name: "api", host: "gitlab.acme.io", defaultBranch: "main" },
  actor: ada,
  key: "it",
  confidential: false,
};

export function push(fields: Partial<Push> = {}): Push {
  return {
    ...common,
    kind: "push",
    action: "update",
    branch: "main",
    commits: [],
    commitCount: 1,
    paths: [],
    ...fields,
  };
}

export function mergeRequest(fields: Partial<MergeRequest> = {}): MergeRequest {
  const lists = { assignees: [], reviewers: [], labels: [], changes: [] };
  const flags = { draft: false, newCommits: false, automatic: false };
  return {
    ...common,
    ...lists,
    ...flags,
    kind: "merge_request",
    action: "open",
    number: "1",
    branch: "dev",
    ...fields,
  };
}

export function pipeline(fields: Partial<Pipeline> = {}): Pipeline {
  const lists = { stages: [], jobs: [], failures: [], jobCount: 0, failureCount: 0 };
  const named = { number: "1", branch: "main" };
  return { ...common, ...lists, ...named, kind: "pipeline", action: "failed", status: "failed", ...fields };
}

/** What a pipeline changed about its branch. */
export const news = (word: BranchNews["word"]): BranchNews => ({ word, episode: "1", newFailures: [] });

export function deployment(fields: Partial<Deployment> = {}): Deployment {
  return { ...common, kind: "deployment", action: "success", status: "success", environment: "prod", ...fields };
}

export function job(fields: Partial<JobRun> = {}): JobRun {
  return { ...common, kind: "job", action: "failed", name: "lint", status: "failed", optional: false, ...fields };
}

const lists = { assignees: [], labels: [], changes: [] };

export function issue(fields: Partial<Issue> = {}): Issue {
  return { ...common, ...lists, kind: "issue", action: "open", number: "7", ...fields };
}

export function workItem(fields: Partial<WorkItem> = {}): WorkItem {
  return { ...common, ...lists, kind: "work_item", action: "open", number: "8", ...fields };
}

export function note(fields: Partial<Note> = {}): Note {
  const flags = { draft: false, automatic: false };
  return { ...common, ...flags, kind: "note", action: "create", on: "merge request", labels: [], ...fields };
}

/** An event of a group: somebody joined it. */
export function joined(path: string, fields: { host?: string | undefined; member?: Person } = {}): Event {
  const project = { path, name: path, host: fields.host, group: true } as const;
  const { member = ada } = fields;
  return { ...common, actor: undefined, project, kind: "member", action: "add", member, of: "group" };
}

/** A rule from its words. */
export function rule(words: string, fields: Partial<Rule> = {}): Rule {
  const read = parseRule(words);
  if ("problem" in read) throw new Error(`${words}: ${read.problem.message}`);
  return { id: words, channel: "#api", words, grammar: read.rule, createdAt: "2026-01-01T00:00:00Z", ...fields };
}
