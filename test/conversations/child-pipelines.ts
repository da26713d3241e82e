import type { Conversation } from "./conversation.ts";
import { bo } from "./payloads/people.ts";
import { pipelineOf } from "./payloads/pipeline.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf } from "./payloads/step.ts";

const at = clockOf("2026-03-04");
const project = projectOf("platform/api");

/** A pipeline that starts two others; one of them fails, so it fails. */
function steps() {
  const commit = commitOf(project, "Split the pipeline", bo, at("08:58"));
  const common = { project, commit, by: bo };
  const parent = pipelineOf({ ...common, id: 9200, jobs: [["build", "image"]] });
  const child = (id: number, name: string) =>
    pipelineOf({ ...common, id, name, source: "parent_pipeline", parent: 9200, jobs: [["test", `${name} unit`]] });
  const [backend, frontend] = [child(9201, "backend"), child(9202, "frontend")];
  return [
    parent.is(at("09:00:00"), "pending"),
    parent.is(at("09:00:04"), "running"),
    backend.is(at("09:02:00"), "pending"),
    frontend.is(at("09:02:01"), "pending"),
    backend.is(at("09:02:05"), "running"),
    frontend.is(at("09:02:06"), "running"),
    backend.is(at("09:05:00"), "success"),
    frontend.is(at("09:06:10"), "failed", { "frontend unit": "failed" }),
    parent.is(at("09:06:12"), "failed"),
  ];
}

export const childPipelines: Conversation = { name: "child-pipelines", rule: "platform/api pipeline", steps };
