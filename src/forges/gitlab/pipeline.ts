import { z } from "zod";
import type { Job, Pipeline, Stage } from "../../events.ts";
import { Commit, distinct, Id, newest, optional, Project, said, toCommit, toPerson, User } from "./common.ts";
import { defineKind } from "./kind.ts";

const mostJobs = 1_000;
const mostFailures = 50;

const Build = z.object({
  id: optional(Id),
  name: optional(z.string()),
  stage: optional(z.string()),
  status: optional(z.string()),
  failure_reason: optional(z.string()),
  allow_failure: optional(z.boolean()),
  duration: optional(z.number()),
  created_at: optional(z.string()),
  started_at: optional(z.string()),
  finished_at: optional(z.string()),
});
type Build = z.infer<typeof Build>;

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events */
export const PipelineHook = z.object({
  user: optional(User),
  project: optional(Project),
  repository: optional(Project),
  object_attributes: z.object({
    id: Id,
    name: optional(z.string()),
    ref: optional(z.string()),
    tag: optional(z.boolean()),
    status: z.string().min(1),
    source: optional(z.string()),
    stages: optional(z.array(z.string())),
    created_at: optional(z.string()),
    finished_at: optional(z.string()),
    duration: optional(z.number()),
    url: optional(z.string()),
  }),
  merge_request: optional(
    z.object({
      iid: optional(Id),
      title: optional(z.string()),
      url: optional(z.string()),
      source_branch: optional(z.string()),
      target_branch: optional(z.string()),
    }),
  ),
  commit: optional(Commit),
  builds: optional(z.array(Build)),
});
export type PipelineHook = z.infer<typeof PipelineHook>;

export const pipeline = defineKind({
  schema: PipelineHook,
  sources: (payload) => payload,
  toEvent: ({ object_attributes: it, merge_request: mr, ...payload }, project): Pipeline => {
    const number = String(it.id);
    const page = (path: string) => project.url && `${project.url}/-/${path}/`;
    const builds = payload.builds ?? [];
    const failures = failedBuilds(builds).map((build) => toJob(build, page("jobs")));
    const ref = said(it.ref?.replace(/^refs\/(heads|tags)\//, ""));
    return {
      kind: "pipeline",
      action: it.status,
      project,
      actor: toPerson(payload.user),
      url: said(it.url) ?? (project.url && page("pipelines") + encodeURIComponent(number)),
      at: newest(it.created_at, it.finished_at, ...builds.flatMap((b) => [b.created_at, b.started_at, b.finished_at])),
      key: `pipeline ${number}`,
      confidential: false,
      number,
      name: said(it.name),
      status: it.status,
      branch: said(mr?.source_branch) ?? (it.tag ? undefined : ref),
      tag: it.tag ? ref : undefined,
      target: said(mr?.target_branch),
      source: said(it.source),
      duration: it.duration ?? undefined,
      commit: payload.commit ? toCommit(payload.commit) : undefined,
      mergeRequest: mr?.iid == null ? undefined : String(mr.iid),
      mergeRequestTitle: said(mr?.title),
      mergeRequestUrl: said(mr?.url),
      stages: toStages(it.stages ?? [], builds),
      jobCount: builds.length,
      jobs: distinct(
        builds.map(({ name }) => said(name)).filter((name) => name !== undefined),
        mostJobs,
      ),
      failures: failures.slice(0, mostFailures),
      failureCount: failures.length,
    };
  },
});

/** A retried job is listed once for each try: the newest, which has the highest id, is the one that counts. */
function newestTries(builds: readonly Build[]): Build[] {
  const tries = new Map<string, Build>();
  for (const build of builds) {
    const name = `${build.stage} ${build.name}`;
    const known = tries.get(name);
    if (!known || Number(build.id ?? 0) > Number(known.id ?? 0)) tries.set(name, build);
  }
  return [...tries.values()];
}

/** Jobs that failed for good: GitLab's own rule leaves out those that a retry passed and those allowed to fail. */
const failedBuilds = (builds: readonly Build[]) =>
  newestTries(builds).filter(({ status, allow_failure }) => status === "failed" && !allow_failure);

const toJob = (build: Build, page: string | undefined): Job => ({
  name: said(build.name) ?? "a job without name",
  stage: said(build.stage) ?? "",
  status: said(build.status) ?? "",
  reason: said(build.failure_reason?.replaceAll("_", " ")),
  duration: build.duration ?? undefined,
  url: page && build.id != null ? page + encodeURIComponent(String(build.id)) : undefined,
  optional: build.allow_failure ?? false,
});

/** What a stage is as a whole: the first status of this list that one of its jobs has. */
const rank = [
  "failed",
  "running",
  "pending",
  "created",
  "waiting_for_resource",
  "preparing",
  "canceled",
  "manual",
  "scheduled",
  "success",
  "skipped",
];

const shown: Record<string, string> = {
  created: "pending",
  waiting_for_resource: "pending",
  preparing: "pending",
  scheduled: "manual",
};

function toStages(names: readonly string[], builds: readonly Build[]): Stage[] {
  const tries = newestTries(builds);
  const all = distinct(
    [...names, ...tries.map(({ stage }) => stage ?? "")].filter((name) => name.trim() !== ""),
    50,
  );
  return all.map((name) => {
    const jobs = tries.filter(({ stage }) => stage === name);
    const states = new Set(
      jobs.map(({ status, allow_failure }) => (status === "failed" && allow_failure ? "success" : status)),
    );
    const status = rank.find((word) => states.has(word)) ?? "pending";
    return { name, status: shown[status] ?? status, jobs: jobs.length };
  });
}
