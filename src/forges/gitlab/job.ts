import { z } from "zod";
import type { JobRun } from "../../events.ts";
import { firstLine, Id, newest, optional, Project, said, toPerson, User, urlPart } from "./common.ts";
import { defineKind, type ReadKind } from "./kind.ts";
import { SourcePipeline, toParent } from "./source-pipeline.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#job-events */
export const JobHook = z.object({
  build_id: optional(Id),
  build_name: z.string().min(1),
  build_stage: optional(z.string()),
  build_status: z.string().min(1),
  build_created_at: optional(z.string()),
  build_started_at: optional(z.string()),
  build_finished_at: optional(z.string()),
  build_duration: optional(z.number()),
  build_allow_failure: optional(z.boolean()),
  build_failure_reason: optional(z.string()),
  ref: optional(z.string()),
  tag: optional(z.boolean()),
  sha: optional(z.string()),
  pipeline_id: optional(Id),
  project: optional(Project),
  project_name: optional(z.string()),
  repository: optional(Project),
  user: optional(User),
  commit: optional(
    z.object({
      id: optional(Id),
      sha: optional(z.string()),
      message: optional(z.string()),
      author_name: optional(z.string()),
    }),
  ),
  environment: optional(z.object({ name: optional(z.string()) })),
  source_pipeline: optional(SourcePipeline),
});
export type JobHook = z.infer<typeof JobHook>;

/** Where the pages of a project's jobs, pipelines and so on are; undefined where there are none. */
type Pages = (payload: JobHook, url: string) => { job: string; pipeline?: string; rest: string };

/** GitLab 9 and later, which calls the header `Job Hook`. The pages of jobs moved under `/-/` first, then all others. */
export const job = readJobs(({ pipeline_id }, url) => {
  const rest = pipeline_id == null ? url : `${url}/-`;
  return { job: `${url}/-/jobs`, pipeline: `${rest}/pipelines`, rest };
});

/** GitLab 8, whose jobs are builds and whose pipelines have no page at first. */
export const build = readJobs((_payload, url) => ({ job: `${url}/builds`, rest: url }));

function readJobs(pagesOf: Pages): ReadKind {
  return defineKind({
    schema: JobHook,
    sources: ({ project, repository, project_name }) => ({
      project: project ?? (repository?.homepage ? undefined : ofFullName(project_name)),
      repository,
    }),
    toEvent: (it, project): JobRun => {
      const pages = project.url === undefined ? undefined : pagesOf(it, project.url);
      const page = (folder: string | undefined, id: string | number | null | undefined) =>
        folder && id != null ? `${folder}/${urlPart(id)}` : undefined;
      // The id of what the payload calls commit is the pipeline's.
      const pipeline = it.pipeline_id ?? it.commit?.id;
      const status = said(it.build_status) ?? "unknown";
      const name = said(it.build_name) ?? "without a name";
      const ref = said(it.ref?.replace(/^refs\/(heads|tags)\//, ""));
      const mergeRequest = /^refs\/merge-requests\/(\d{1,20})\//.exec(ref ?? "")?.[1];
      const sha = said(it.commit?.sha) ?? said(it.sha);
      return {
        kind: "job",
        action: status,
        project,
        actor: toPerson(it.user),
        url: page(pages?.job, it.build_id),
        at: newest(it.build_created_at, it.build_started_at, it.build_finished_at),
        key: `job ${it.build_id ?? name}`,
        confidential: false,
        name,
        stage: said(it.build_stage),
        status,
        branch: it.tag || mergeRequest ? undefined : ref,
        tag: it.tag ? ref : undefined,
        reason: status === "failed" ? reasonOf(it.build_failure_reason) : undefined,
        duration: it.build_duration ?? undefined,
        optional: it.build_allow_failure ?? false,
        pipeline: pipeline == null ? undefined : String(pipeline),
        pipelineUrl: page(pages?.pipeline, pipeline),
        mergeRequest,
        mergeRequestUrl: mergeRequest && page(pages && `${pages.rest}/merge_requests`, mergeRequest),
        commit: sha
          ? {
              id: sha,
              title: firstLine(it.commit?.message) ?? sha.slice(0, 8),
              url: page(pages && `${pages.rest}/commit`, sha),
              author: said(it.commit?.author_name),
            }
          : undefined,
        environment: said(it.environment?.name),
        id: it.build_id == null ? undefined : String(it.build_id),
        parent: toParent(it.source_pipeline),
      };
    },
  });
}

/** `unknown_failure` also stands where nothing failed, and says nothing where something did. */
const reasonOf = (reason: string | null | undefined) =>
  reason === "unknown_failure" ? undefined : said(reason?.replaceAll("_", " "));

/** `Acme / Shop / API`: display names, the next best where the payload has no address. */
function ofFullName(name: string | null | undefined): Project | undefined {
  const parts = said(name)?.split(" / ");
  return parts && { name: parts.at(-1), path_with_namespace: parts.join("/") };
}
