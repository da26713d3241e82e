import { z } from "zod";
import type { Pipeline } from "../../events.ts";
import { Build, hasFailed, newestOf, newestTries, toJob, toStages, toStates } from "./builds.ts";
import {
  Commit,
  distinct,
  Id,
  inProject,
  newest,
  optional,
  pagesOf,
  said,
  toCommit,
  toPerson,
  User,
  urlPart,
} from "./common.ts";
import { defineKind } from "./kind.ts";
import { SourcePipeline, toParent } from "./source-pipeline.ts";

const mostJobs = 1_000;
const mostFailures = 50;

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events */
export const PipelineHook = z.object({
  user: optional(User),
  ...inProject,
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
  source_pipeline: optional(SourcePipeline),
});
export type PipelineHook = z.infer<typeof PipelineHook>;

export const pipeline = defineKind({
  schema: PipelineHook,
  sources: (payload) => payload,
  toEvent: ({ object_attributes: it, merge_request: mr, ...payload }, project): Pipeline => {
    const number = String(it.id);
    const pages = pagesOf(project, it.url ?? payload.commit?.url);
    const page = (path: string) => pages && `${pages}/${path}/`;
    const builds = payload.builds ?? [];
    const tries = newestTries(builds);
    const failures = tries.filter(hasFailed).map((build) => toJob(build, page("jobs")));
    const ref = said(it.ref?.replace(/^refs\/(heads|tags)\//, ""));
    return {
      kind: "pipeline",
      action: it.status,
      project,
      actor: toPerson(payload.user),
      url: said(it.url) ?? (pages && `${pages}/pipelines/${urlPart(number)}`),
      at: newest(it.created_at, it.finished_at, ...builds.map(newestOf)),
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
      stages: toStages(it.stages ?? [], tries),
      jobCount: tries.length,
      jobs: distinct(
        tries.map(({ name }) => said(name)).filter((name) => name !== undefined),
        mostJobs,
      ),
      failures: failures.slice(0, mostFailures),
      failureCount: failures.length,
      builds: payload.builds ? toStates(tries) : undefined,
      parent: toParent(payload.source_pipeline),
      createdAt: newest(it.created_at),
      finishedAt: newest(it.finished_at),
    };
  },
});
