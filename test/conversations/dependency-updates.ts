import type { Conversation } from "./conversation.ts";
import { mergeRequestOf } from "./payloads/merge-request.ts";
import { renovate } from "./payloads/people.ts";
import { pipelineOf, runOf } from "./payloads/pipeline.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf, type Step } from "./payloads/step.ts";

const at = clockOf("2026-03-11");
const project = projectOf("platform/api");
const packages = ["chalk", "express", "kysely", "pino", "sharp", "undici", "yaml", "zod"];
const failing = "sharp";
const jobs = [["test", "unit"]] as const;

/** A bot opens eight merge requests within four minutes; seven of their pipelines pass, and the bot merges those. */
function steps(): Step[] {
  const all = packages.map((name, index) => {
    const began = at("06:00") + index * 30_000;
    const title = `Update dependency ${name}`;
    const commit = commitOf(project, title, renovate, began - 5_000);
    const branch = `renovate/${name}`;
    const mr = mergeRequestOf({
      iid: 31 + index,
      project,
      author: renovate,
      title,
      branch,
      commit,
      labels: ["dependencies"],
    });
    const opened = mr.open(began);
    const pipeline = pipelineOf({
      ...{ id: 9401 + index, project, commit, by: renovate, jobs, branch, source: "merge_request_event" },
      mergeRequest: mr.ofPipeline(),
    });
    const times = [began + 3_000, began + 6_000, began + 300_000] as const;
    if (name === failing) return [opened, ...runOf(pipeline, times, "failed", { unit: "failed" })];
    return [opened, ...runOf(pipeline, times, "success"), mr.merge(began + 305_000, renovate)];
  });
  return all.flat().sort((a, b) => a.at - b.at);
}

export const dependencyUpdates: Conversation = {
  name: "dependency-updates",
  rule: "platform/api",
  steps,
  isOrdered: false,
  early: /^. `renovate/u,
};
