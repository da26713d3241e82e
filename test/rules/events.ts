import type { Deployment, MergeRequest, Person, Pipeline, Push } from "../../src/events.ts";
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

export function deployment(fields: Partial<Deployment> = {}): Deployment {
  return { ...common, kind: "deployment", action: "success", status: "success", environment: "prod", ...fields };
}

/** A rule from its words. */
export function rule(words: string, fields: Partial<Rule> = {}): Rule {
  const read = parseRule(words);
  if ("problem" in read) throw new Error(`${words}: ${read.problem.message}`);
  return { id: words, channel: "#api", words, grammar: read.rule, createdAt: "2026-01-01T00:00:00Z", ...fields };
}
