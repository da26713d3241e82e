import type { Deployment, Event, JobRun, MergeRequest, Person, Pipeline, Release } from "../../src/events.ts";
import { deployment, job, mergeRequest, pipeline } from "../rules/events.ts";
import { at } from "./learn.ts";

/** What a forge tells of one object, in the order in which it happened: each state is newer than the one before. */

const person = (name: string): Person => ({ name, username: name, bot: false });
export const [ana, bo, chen] = [person("ana"), person("bo"), person("chen")];

const commit = (id: string) => ({ id, title: `Commit ${id}` });

const of12 = (seconds: number, action: string, fields: Partial<MergeRequest> = {}): MergeRequest =>
  mergeRequest({
    ...{ number: "12", key: "!12", action, at: at(seconds), state: "opened", author: ana, actor: ana },
    ...{ title: "Add the VAT table", needsApproval: action === "approved" ? false : undefined },
    ...fields,
  });

const run = (seconds: number, status: string, fields: Partial<Pipeline> = {}): Pipeline =>
  pipeline({
    ...{ number: "31", key: "pipeline 31", action: status, status, at: at(seconds), jobCount: 2 },
    ...fields,
  });

const build = (seconds: number, name: string, status: string, fields: Partial<JobRun> = {}): JobRun =>
  job({
    ...{ name, stage: name === "lint" ? "check" : "test", action: status, status },
    pipeline: "31",
    at: at(seconds),
    ...fields,
  });

const deploy = (seconds: number, number: string, status: string, fields: Partial<Deployment> = {}): Deployment =>
  deployment({
    ...{ number, action: status, status, at: at(seconds), key: "environment prod", actor: ana },
    ...{ commit: commit(`c${number}`), environment: "prod" },
    ...fields,
  });

const tagged = (action: string, name: string): Release => ({
  ...{ kind: "release", action, project: mergeRequest().project, key: "release v1", confidential: false },
  ...{ at: at(0), tag: "v1", name, assetCount: 0 },
});

export const stories: Record<string, Event[]> = {
  "a merge request": [
    of12(0, "open", { draft: true }),
    of12(10, "update", { draft: true, labels: ["vat"] }),
    of12(20, "update", { draft: false }),
    { ...run(25, "running"), mergeRequest: "12", source: "merge_request_event", branch: "dev" },
    of12(30, "approval", { actor: bo, needsApproval: true }),
    of12(40, "unapproval", { actor: bo }),
    of12(50, "approval", { actor: bo, needsApproval: true }),
    { ...run(55, "failed"), mergeRequest: "12", source: "merge_request_event", branch: "dev" },
    of12(60, "approved", { actor: chen }),
    of12(70, "update", { newCommits: true }),
    of12(71, "unapproved", { actor: chen, automatic: true }),
    { ...run(75, "success", { number: "32" }), mergeRequest: "12", source: "merge_request_event", branch: "dev" },
    of12(80, "approved", { actor: chen, reviewers: [bo, chen], approvedBy: [chen], changesRequestedBy: [bo] }),
    of12(90, "close", { state: "closed" }),
    of12(100, "reopen", { actor: bo }),
    of12(110, "merge", { state: "merged", actor: bo }),
  ],
  "a pipeline, its jobs and its children": [
    run(0, "created"),
    run(0, "pending"),
    build(1, "lint", "created"),
    build(1, "lint", "pending"),
    build(2, "lint", "running"),
    run(2, "running", { builds: [{ name: "unit", stage: "test", status: "created", at: at(1) }] }),
    build(20, "lint", "success"),
    run(25, "running", { number: "40", parent: { number: "31" } }),
    build(30, "unit", "failed"),
    run(31, "failed", { failureCount: 1 }),
    build(40, "unit", "pending"),
    build(41, "unit", "running"),
    run(41, "running"),
    run(45, "failed", { number: "41", parent: { number: "31", project: "platform/api" } }),
    run(50, "success", { number: "40", parent: { number: "31" } }),
    build(60, "unit", "success"),
    run(60, "success"),
  ],
  "two deployments to one environment": [
    deploy(0, "8", "created"),
    deploy(1, "8", "running"),
    deploy(9, "8", "success"),
    deploy(20, "9", "blocked"),
    deploy(30, "9", "approved", { approver: bo }),
    deploy(31, "9", "approved", { approver: chen }),
    deploy(40, "9", "running"),
    deploy(55, "9", "success"),
    deploy(60, "10", "running", { commit: commit("c8") }),
    deploy(70, "10", "success", { commit: commit("c8") }),
  ],
  "a release": [tagged("create", "One"), tagged("update", "One, again"), tagged("delete", "One, again")],
};
