import type { JobRun, JobState, Pipeline } from "../events.ts";
import { type Facts, known, only, valuesOf } from "./facts.ts";
import { lineOf } from "./merge-request.ts";
import { hasEnded, rankOfStatus } from "./rank.ts";
import { stagesOf } from "./stages.ts";
import type { PipelineCard } from "./views.ts";

/** What a pipeline event says of its own pipeline. */
export function pipelineFacts(event: Pipeline): Facts {
  const { builds, ...rest } = event;
  const jobs = Object.fromEntries(
    (builds ?? []).map((job) => [job.name, { order: [job.at ?? "", rankOfStatus(job.status)], value: job }]),
  );
  const it = { ...rest, jobs: [] };
  return {
    pipeline: known(only, [event.at ?? "", rankOfStatus(event.status)], it),
    ...(Object.keys(jobs).length > 0 && { jobs }),
  };
}

/** What a child pipeline says of its parent. */
export const childFacts = (event: Pipeline, parent: string): Facts => ({
  pipeline: known(only, unseen, stranger(event, parent, undefined)),
  lines: known(event.number, [event.at ?? "", rankOfStatus(event.status)], lineOf(event)),
});

/** What a job says of its pipeline. */
export function jobFacts(event: JobRun, pipeline: string): Facts {
  const { name, stage = "", status, id, at } = event;
  const job = { name, stage, status, id, at, optional: event.optional || undefined };
  return {
    pipeline: known(only, unseen, stranger(event, pipeline, event.pipelineUrl)),
    jobs: known(name, [at ?? "", rankOfStatus(status)], job),
  };
}

/** Older than anything that the pipeline says itself. */
const unseen = ["", 0];

/** A pipeline of which only a part was heard. */
const stranger = (event: Pipeline | JobRun, number: string, url: string | undefined): Pipeline => ({
  kind: "pipeline",
  action: "running",
  project: event.project,
  actor: event.actor,
  url,
  at: undefined,
  key: `pipeline ${number}`,
  confidential: false,
  number,
  status: "running",
  branch: event.branch,
  tag: event.tag,
  commit: event.commit,
  mergeRequest: event.mergeRequest,
  mergeRequestUrl: event.mergeRequestUrl,
  stages: [],
  jobCount: 0,
  jobs: [],
  failures: [],
  failureCount: 0,
});

/** The pipeline as it is now, with what its jobs said since its own last event; undefined while nothing is known. */
export function pipelineView(facts: Facts): PipelineCard | undefined {
  const it = facts.pipeline?.[only]?.value;
  if (!it) return undefined;
  const jobs = valuesOf(facts.jobs);
  return {
    ...it,
    action: "card",
    stages: stagesOf(it.stages, jobs, it.at ?? ""),
    jobCount: Math.max(it.jobCount, jobs.length),
    children: valuesOf(facts.lines),
    ...(it.at === undefined && ended(jobs)),
  };
}

/** Where the forge tells of jobs only, they say how the pipeline is. */
function ended(jobs: readonly JobState[]): Pick<PipelineCard, "failures" | "failureCount"> {
  const failed = jobs.filter(({ status, optional }) => status === "failed" && !optional);
  const failures = failed.slice(0, 50).map(({ name, stage, status }) => ({ name, stage, status, optional: false }));
  return { failures, failureCount: failed.length };
}

/** Whether a pipeline passed or failed: what a branch's health is made of. */
export const isVerdict = ({ status }: Pipeline): boolean =>
  hasEnded(status) && (status === "success" || status === "failed");
