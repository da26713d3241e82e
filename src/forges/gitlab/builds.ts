import { z } from "zod";
import type { Job, JobState, Stage } from "../../events.ts";
import { distinct, Id, newest, optional, said, urlPart } from "./common.ts";

/** One try of a job, as pipeline events list them. */
export const Build = z.object({
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
export type Build = z.infer<typeof Build>;

/** A retried job is listed once for each try: the newest, which has the highest id, is the one that counts. */
export function newestTries(builds: readonly Build[]): Build[] {
  const tries = new Map<string, Build>();
  for (const build of builds) {
    const name = `${build.stage} ${build.name}`;
    const known = tries.get(name);
    if (!known || Number(build.id ?? 0) > Number(known.id ?? 0)) tries.set(name, build);
  }
  return [...tries.values()];
}

const mostStates = 300;

/** When something last happened to a try. */
export const newestOf = (build: Build) => newest(build.created_at, build.started_at, build.finished_at);

/** The jobs that have a name and a status, at most 300. */
export const toStates = (tries: readonly Build[]): JobState[] =>
  tries
    .flatMap((build) => {
      const [name, status] = [said(build.name), said(build.status)];
      if (name === undefined || status === undefined) return [];
      const id = build.id == null ? undefined : String(build.id);
      const optional = build.allow_failure ? { optional: true as const } : {};
      return [{ name, stage: said(build.stage) ?? "", status, id, at: newestOf(build), ...optional }];
    })
    .slice(0, mostStates);

/** Failed for good: GitLab's own rule leaves out those that a retry passed and those allowed to fail. */
export const hasFailed = ({ status, allow_failure }: Build) => status === "failed" && !allow_failure;

/** @param page where the project's jobs are, with a slash at its end */
export const toJob = (build: Build, page: string | undefined): Job => ({
  name: said(build.name) ?? "a job without name",
  stage: said(build.stage) ?? "",
  status: said(build.status) ?? "",
  reason: said(build.failure_reason?.replaceAll("_", " ")),
  duration: build.duration ?? undefined,
  url: page && build.id != null ? page + urlPart(build.id) : undefined,
  optional: build.allow_failure ?? false,
});

/** What a stage is as a whole: the first status of this list that one of its jobs has. */
const rank = [
  "failed",
  "running",
  "canceling",
  "pending",
  "created",
  "waiting_for_resource",
  "preparing",
  "canceled",
  "manual",
  "scheduled",
  "success",
  "skipped",
  "optional",
];

const shown: Record<string, string> = {
  created: "pending",
  waiting_for_resource: "pending",
  preparing: "pending",
  scheduled: "manual",
  canceling: "running",
  optional: "manual",
};

/** What a job that is allowed to fail does to its stage: its end is a success, and nobody has to start it. */
function stateInStage({ status, allow_failure }: Build): string | null | undefined {
  if (!allow_failure) return status;
  if (status === "failed" || status === "canceled") return "success";
  return status === "manual" ? "optional" : status;
}

/** The stages in order: first the pipeline's own list, then others that jobs name; at most 50. */
export function toStages(names: readonly string[], tries: readonly Build[]): Stage[] {
  const all = distinct(
    [...names, ...tries.map(({ stage }) => stage ?? "")].filter((name) => name.trim() !== ""),
    50,
  );
  return all.map((name) => {
    const jobs = tries.filter(({ stage }) => stage === name);
    const states = new Set(jobs.map(stateInStage));
    const status = rank.find((word) => states.has(word)) ?? "pending";
    return { name, status: shown[status] ?? status, jobs: jobs.length };
  });
}
