import type { User } from "./people.ts";
import type { Commit, Project } from "./project.ts";
import { sha } from "./project.ts";
import { type Step, utc } from "./step.ts";

/** A job by its stage and name, as a pipeline is to have it: `["test", "unit"]`. */
export type JobSeed = readonly [stage: string, name: string];

export interface PipelineSeed {
  id: number;
  project: Project;
  commit: Commit;
  by: User;
  jobs: readonly JobSeed[];
  /** `main` without it */
  branch?: string;
  name?: string;
  /** `push` without it */
  source?: string;
  /** what its payloads tell of the merge request that it runs for */
  mergeRequest?: object;
  /** the pipeline that started it */
  parent?: number;
}

/** A job as it is: its status, and why it failed. */
interface JobState {
  id: number;
  status: string;
  started?: number;
  finished?: number;
}

const ended = ["success", "failed", "canceled", "skipped"];

/**
 * A pipeline: `.is(at, "running")` is the delivery that says so. Jobs are named where they differ from the pipeline:
 * `.is(at, "failed", { unit: "failed" })` – the others have passed then.
 */
export function pipelineOf(seed: PipelineSeed) {
  const { id, project, commit, by, jobs, branch = "main", source = "push" } = seed;
  const stages = [...new Set(jobs.map(([stage]) => stage))];
  const state = new Map<string, JobState>(
    jobs.map(([, name], index) => [name, { id: id * 100 + index, status: "created" }]),
  );
  let created: number | undefined;

  function set(name: string, status: string, at: number): void {
    const before = state.get(name);
    if (!before || before.status === status) return;
    const isRetry = ended.includes(before.status) && !ended.includes(status);
    const job: JobState = isRetry ? { id: before.id + 50, status } : { ...before, status };
    if (["running", ...ended].includes(status) && status !== "skipped") job.started ??= at;
    if (ended.includes(status) && status !== "skipped") job.finished = at;
    state.set(name, job);
  }

  function buildOf([stage, name]: JobSeed, at: number) {
    const { id: number, status, started, finished } = state.get(name) ?? { id: 0, status: "created" };
    return {
      ...{ id: number, stage, name, status, created_at: utc(created ?? at) },
      started_at: started === undefined ? null : utc(started),
      finished_at: finished === undefined ? null : utc(finished),
      duration: started !== undefined && finished !== undefined ? (finished - started) / 1000 : null,
      queued_duration: started === undefined ? null : 1.9,
      failure_reason: status === "failed" ? "script_failure" : null,
      ...{ when: "on_success", manual: false, allow_failure: false, user: by, runner: null },
      ...{ artifacts_file: { filename: null, size: null }, environment: null },
    };
  }

  function is(at: number, status: string, differing: Record<string, string> = {}): Step {
    created ??= at;
    const isOver = ended.includes(status);
    const usual = status === "failed" ? "success" : status;
    // While it runs, the later stages wait.
    for (const [stage, name] of jobs) {
      const word = differing[name] ?? (isOver || stage === stages[0] ? usual : undefined);
      if (word !== undefined) set(name, word, at);
    }
    return {
      at,
      header: "Pipeline Hook",
      payload: {
        object_kind: "pipeline",
        object_attributes: {
          ...{ id, iid: id - 8000, name: seed.name ?? null, ref: branch, tag: false, sha: commit.id },
          ...{ before_sha: sha(`before ${commit.id}`), source, status, protected_ref: branch === "main" },
          detailed_status: status === "success" ? "passed" : status,
          ...{ stages, created_at: utc(created), finished_at: isOver ? utc(at) : null },
          duration: isOver ? Math.round((at - created) / 1000) : null,
          ...{ queued_duration: 4, variables: [], url: `${project.web_url}/-/pipelines/${id}` },
        },
        merge_request: seed.mergeRequest ?? null,
        ...{ user: by, project, commit },
        ...(seed.parent !== undefined && {
          source_pipeline: {
            project: { id: project.id, web_url: project.web_url, path_with_namespace: project.path_with_namespace },
            job_id: seed.parent * 100 + 99,
            pipeline_id: seed.parent,
          },
        }),
        // GitLab lists the newest first.
        builds: jobs.map((job) => buildOf(job, at)).toReversed(),
      },
    };
  }

  /** The delivery of one of its jobs, whose status becomes this. */
  function job(at: number, name: string, status: string, more: object = {}): Step {
    created ??= at;
    set(name, status, at);
    const [stage = ""] = jobs.find(([, other]) => other === name) ?? [];
    const build = buildOf([stage, name], at);
    const ref =
      seed.mergeRequest && "iid" in seed.mergeRequest ? `refs/merge-requests/${seed.mergeRequest.iid}/head` : branch;
    return {
      at,
      header: "Job Hook",
      payload: {
        ...{ object_kind: "build", ref, tag: false, before_sha: sha(`before ${commit.id}`), sha: commit.id },
        ...{ retries_count: 0, build_id: build.id, build_name: name, build_stage: stage, build_status: status },
        ...{ build_created_at: build.created_at, build_started_at: build.started_at },
        ...{ build_finished_at: build.finished_at, build_duration: build.duration, build_queued_duration: 1.9 },
        ...{ build_allow_failure: false, build_failure_reason: build.failure_reason ?? "unknown_failure" },
        ...{ pipeline_id: id, runner: null, project_id: project.id, project_name: project.path_with_namespace },
        user: by,
        commit: {
          ...{ id, name: seed.name ?? null, sha: commit.id, message: commit.message },
          ...{ author_name: commit.author.name, author_email: "[REDACTED]", author_url: null },
          ...{ status: "running", duration: null, started_at: utc(created), finished_at: null },
        },
        ...{ repository: project, project, environment: null },
        ...more,
      },
    };
  }

  return { id, is, job };
}

/** The usual way of a pipeline: three deliveries, from its start until it is over. */
export const runOf = (
  pipeline: ReturnType<typeof pipelineOf>,
  [pending, running, over]: readonly [number, number, number],
  status: string,
  differing: Record<string, string> = {},
): Step[] => [pipeline.is(pending, "pending"), pipeline.is(running, "running"), pipeline.is(over, status, differing)];
