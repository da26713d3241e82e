import type { JobState, Stage } from "../events.ts";

/** What a stage is as a whole: the first of these that one of its jobs is. */
const rank = ["failed", "running", "pending", "canceled", "manual", "success", "skipped"];

/** A job's status among those of a stage; a failure that is allowed fails nothing. */
const shown = new Map(
  Object.entries({
    created: "pending",
    waiting_for_resource: "pending",
    preparing: "pending",
    scheduled: "manual",
    canceling: "running",
  }),
);

const statusIn = ({ status, optional }: JobState): string =>
  optional && (status === "failed" || status === "canceled") ? "success" : (shown.get(status) ?? status);

const mostStages = 50;

/**
 * The stages as the pipeline told them, where a job said something newer as its jobs are now.
 * @param at when the pipeline told them
 */
export function stagesOf(told: readonly Stage[], jobs: readonly JobState[], at: string): Stage[] {
  const names = new Set([...told.map(({ name }) => name), ...jobs.map(({ stage }) => stage)].filter(Boolean));
  return [...names].slice(0, mostStages).map((name) => {
    const before = told.find((stage) => stage.name === name);
    const inStage = jobs.filter(({ stage }) => stage === name);
    if (before && !inStage.some((job) => (job.at ?? "") > at)) return before;
    const states = new Set(inStage.map(statusIn));
    const status = rank.find((word) => states.has(word)) ?? "pending";
    return { name, status, jobs: Math.max(inStage.length, before?.jobs ?? 0) };
  });
}
