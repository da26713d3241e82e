import { z } from "zod";
import type { ParentPipeline } from "../../events.ts";
import { Id, optional, said } from "./common.ts";

/**
 * `source_pipeline` of pipelines and jobs: the pipeline whose trigger job started this one, in this project or another.
 * https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
 */
export const SourcePipeline = z.object({
  pipeline_id: optional(Id),
  project: optional(z.object({ path_with_namespace: optional(z.string()) })),
});

/** The parent, or undefined where there is none or the payload does not name it. */
export const toParent = (source: z.infer<typeof SourcePipeline> | null | undefined): ParentPipeline | undefined =>
  source?.pipeline_id == null
    ? undefined
    : { number: String(source.pipeline_id), project: said(source.project?.path_with_namespace) };
