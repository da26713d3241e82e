import type { Conversation } from "./conversation.ts";
import { alice, bo, chen, type User } from "./payloads/people.ts";
import { pipelineOf, runOf } from "./payloads/pipeline.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf } from "./payloads/step.ts";

const at = clockOf("2026-03-03");
const project = projectOf("platform/api");
const jobs = [
  ["build", "image"],
  ["test", "unit"],
  ["test", "lint"],
  ["deploy", "staging"],
] as const;

/** A branch that passes, is broken by one commit, fails twice more, once with another job, and is fixed. */
function steps() {
  const run = (
    id: number,
    title: string,
    by: User,
    time: string,
    status: string,
    differing: Record<string, string> = {},
  ) => {
    const began = at(time);
    const commit = commitOf(project, title, by, began - 60_000);
    const pipeline = pipelineOf({ id, project, commit, by, jobs });
    return runOf(pipeline, [began, began + 4_000, began + 360_000], status, differing);
  };
  const failing = { unit: "failed", staging: "skipped" };
  return [
    ...run(9101, "Name the tax in the invoice", alice, "09:00", "success"),
    ...run(9102, "Round to the öre", bo, "09:30", "failed", failing),
    ...run(9103, "Sort the imports", chen, "10:00", "failed", { ...failing, lint: "failed" }),
    ...run(9104, "Undo the sorting", chen, "10:20", "failed", failing),
    ...run(9105, "Round half up", bo, "11:00", "success"),
    ...run(9106, "Name the customer, too", alice, "11:30", "success"),
  ];
}

export const brokenBranch: Conversation = { name: "broken-branch", rule: "platform/api", steps };
