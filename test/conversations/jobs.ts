import type { Conversation } from "./conversation.ts";
import { bo } from "./payloads/people.ts";
import { pipelineOf } from "./payloads/pipeline.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf, type Step } from "./payloads/step.ts";

const at = clockOf("2026-03-09");
const project = projectOf("platform/api");
const stages = ["build", "unit", "browser", "publish"];
const perStage = 12;

const named = (stage: string) =>
  Array.from({ length: perStage }, (_, index) => [stage, `${stage} ${index + 1}`] as const);

/** 48 jobs in four stages with four deliveries each; two fail and are tried again, and one of them passes then. */
function steps() {
  const commit = commitOf(project, "Move to the new runner", bo, at("08:58"));
  const pipeline = pipelineOf({ id: 9300, project, commit, by: bo, jobs: stages.flatMap(named) });
  const began = at("09:00");
  // A pipeline remembers what its jobs are: what happens first has to be told first.
  const told: { time: number; tell: (time: number) => Step }[] = [];
  const add = (time: number, tell: (time: number) => Step) => told.push({ time, tell });
  const run = (name: string, times: readonly number[], last: string) => {
    for (const [index, word] of ["created", "pending", "running", last].entries())
      add(times[index] ?? 0, (time) => pipeline.job(time, name, word));
  };
  add(began, (time) => pipeline.is(time, "pending"));
  for (const [turn, stage] of stages.entries()) {
    for (const [index, [, name]] of named(stage).entries()) {
      const from = began + turn * 120_000 + index * 1_000;
      const fails = name === "unit 3" || name === "browser 7";
      run(name, [began + 1_000, from + 1_000, from + 5_000, from + 45_000], fails ? "failed" : "success");
    }
  }
  const again = (name: string, from: number, last: string) =>
    run(name, [from, from, from + 5_000, from + 40_000], last);
  again("unit 3", began + 180_000, "success");
  again("browser 7", began + 320_000, "failed");
  add(began + 5_000, (time) => pipeline.is(time, "running"));
  add(began + 560_000, (time) => pipeline.is(time, "failed", { "browser 7": "failed" }));
  return told.sort((a, b) => a.time - b.time).map(({ time, tell }) => tell(time));
}

export const jobs: Conversation = { name: "jobs", rule: "platform/api job pipeline", steps };
