import type { Random } from "../../chaos/random.ts";
import { deploymentOf } from "./payloads/deployment.ts";
import { mergeRequestOf } from "./payloads/merge-request.ts";
import { people, renovate, type User } from "./payloads/people.ts";
import { type PipelineSeed, pipelineOf } from "./payloads/pipeline.ts";
import { type Commit, commitOf, mergeCommitOf, type Project } from "./payloads/project.ts";
import { branchOf } from "./payloads/push.ts";
import { releaseOf, tagOf } from "./payloads/release.ts";
import type { Step } from "./payloads/step.ts";

/** A place of the day where things happen, with what it counts. */
export interface Place {
  random: Random;
  project: Project;
  /** whether its webhook tells of jobs, too */
  hasJobs: boolean;
  main: ReturnType<typeof branchOf>;
  counts: { mergeRequest: number; release: number };
  /** an id that nothing else has, greater than those of what was made before this time */
  idAt: (at: number) => number;
  deployed: Commit[];
}

const jobs = [
  ["build", "image"],
  ["test", "unit"],
  ["test", "lint"],
  ["deploy", "staging"],
] as const;

const minute = 60_000;
const titles = [
  "Retry a payment",
  "Name the tax",
  "Cache the rates",
  "Sort the orders",
  "Trim the logs",
  "Drop an index",
];
const texts = ["This wants a test.", "Why not a table?", "Nice!", "Could this be shorter?", "Done.", "See the docs."];

/** A pipeline that begins at this time, with its jobs where the project tells of them. */
function pipeline(
  place: Place,
  began: number,
  more: Omit<PipelineSeed, "id" | "project" | "jobs">,
  fails: boolean,
): Step[] {
  const { random, project, hasJobs } = place;
  const run = pipelineOf({ id: place.idAt(began), project, jobs, ...more });
  const steps = [run.is(began, "pending"), run.is(began + 5_000, "running")];
  let at = began + 5_000;
  for (const [, name] of hasJobs ? jobs.slice(0, 3) : []) {
    at += 60_000;
    const last = name === "unit" && fails ? "failed" : "success";
    steps.push(run.job(at - 55_000, name, "running"), run.job(at, name, last));
  }
  const over = Math.max(at + 2_000, began + random.between(2, 9) * minute);
  steps.push(fails ? run.is(over, "failed", { unit: "failed", staging: "skipped" }) : run.is(over, "success"));
  return steps;
}

/** What follows a commit on main: a push, a pipeline and, where that passes, a deployment to staging. */
function onMain(
  place: Place,
  at: number,
  by: User,
  title: string,
  fails = false,
  commit = commitOf(place.project, title, by, at),
): Step[] {
  const steps = [place.main.push(at, by, [commit]), ...pipeline(place, at + 3_000, { commit, by }, fails)];
  const ended = steps.at(-1)?.at ?? at;
  return fails ? steps : [...steps, ...deployed(place, ended + 4_000, by, commit, "staging")];
}

function deployed(
  { project, idAt, deployed }: Place,
  at: number,
  by: User,
  commit: Commit,
  environment: string,
  status = "success",
) {
  deployed.push(commit);
  const it = deploymentOf({ id: idAt(at), project, commit, environment });
  return [it.is(at, "running", by), it.is(at + 90_000, status, by)];
}

/** A merge request of a person, from its opening to its end, or as far as the day goes. */
export function mergeRequestStory(place: Place, began: number): Step[] {
  const { random, project, counts } = place;
  const author = random.pick(people);
  const title = `${random.pick(titles)} ${random.between(1, 999)}`;
  const branch = `feature/${title.toLowerCase().replaceAll(" ", "-")}`;
  const head = branchOf(project, branch, true);
  let at = began;
  const commit = () => commitOf(project, `${title}: step ${random.between(1, 9_999)}`, author, at);
  const first = commit();
  const reviewers = people.filter((one) => one !== author && random.chance(0.3)).slice(0, 2);
  const isDraft = random.chance(0.3);
  const mr = mergeRequestOf({
    ...{ iid: ++counts.mergeRequest, project, author, branch, commit: first, approvals: 1, draft: isDraft },
    ...{ title: isDraft ? `Draft: ${title}` : title, description: `What it does: ${title}.`, reviewers },
  });
  const test = (commit: Commit, fails: boolean) => {
    const more = { commit, by: author, branch, source: "merge_request_event", mergeRequest: mr.ofPipeline() };
    return pipeline(place, at + 6_000, more, fails);
  };
  const after = (milliseconds: number) => {
    at += milliseconds;
    return at;
  };
  const later = (least: number, most: number) =>
    after(random.between(least, most) * minute + random.between(0, 59_000));
  const steps = [head.push(at, author, [first]), mr.open(after(40_000)), ...test(first, random.chance(0.25))];
  for (let rounds = random.between(0, 2); rounds > 0; rounds--) {
    later(5, 40);
    const next = commit();
    steps.push(head.push(at, author, [next]), mr.push(at + 2_000, author, next), ...test(next, random.chance(0.15)));
  }
  later(5, 20);
  if (isDraft) steps.push(mr.ready(at, author));
  for (let talks = random.between(0, 3); talks > 0; talks--) {
    later(2, 30);
    const by = random.pick(people);
    for (let notes = random.between(1, 4); notes > 0; notes--) {
      const place = random.chance(0.6) ? { file: "src/vat.ts", line: random.between(1, 300) } : undefined;
      steps.push(mr.note(after(random.between(1, 4) * 1_000), by, random.pick(texts), place));
    }
  }
  if (random.chance(0.5)) steps.push(mr.label(later(1, 10), author, random.pick(["backend", "vat", "urgent"])));
  if (random.chance(0.15)) return [...steps, mr.close(later(5, 60), author)];
  const reviewer = random.pick(people.filter((one) => one !== author));
  steps.push(mr.approve(later(5, 60), reviewer));
  if (random.chance(0.2)) return steps;
  steps.push(mr.merge(later(1, 20), author), head.remove(at + 1_000, author));
  const merged = mergeCommitOf(project, mr.iid, branch, author, at + 2_000);
  return [...steps, ...onMain(place, at + 2_000, author, merged.title, random.chance(0.05), merged)];
}

/** A bot's merge request for a new version of something, which merges itself where its pipeline passes. */
export function dependencyStory(place: Place, began: number): Step[] {
  const { random, project, counts } = place;
  const title = `Update dependency left-pad to v${random.between(1, 40)}.${random.between(0, 99)}`;
  const branch = `renovate/left-pad-${random.between(1, 99_999)}`;
  const commit = commitOf(project, title, renovate, began);
  const head = branchOf(project, branch, true);
  const mr = mergeRequestOf({
    iid: ++counts.mergeRequest,
    project,
    author: renovate,
    branch,
    commit,
    title,
    labels: ["dependencies"],
  });
  const fails = random.chance(0.25);
  const more = { commit, by: renovate, branch, source: "merge_request_event", mergeRequest: mr.ofPipeline() };
  const steps = [
    head.push(began, renovate, [commit]),
    mr.open(began + 2_000),
    ...pipeline(place, began + 5_000, more, fails),
  ];
  const ended = steps.at(-1)?.at ?? began;
  if (fails || random.chance(0.4))
    return [...steps, mr.note(ended + 3_000, renovate, "Automerge is off for this update.")];
  return [
    ...steps,
    mr.merge(ended + 5_000, renovate),
    head.remove(ended + 6_000, renovate),
    ...onMain(place, ended + 8_000, renovate, title),
  ];
}

/** Work on a branch before there is a merge request: pushes, some of them close together, each with its pipeline. */
export function branchStory(place: Place, began: number): Step[] {
  const { random, project } = place;
  const by = random.pick(people);
  const branch = `wip/${by.username}-${random.between(1, 9_999)}`;
  const head = branchOf(project, branch, true);
  const steps: Step[] = [];
  let at = began;
  for (let pushes = random.between(1, 4); pushes > 0; pushes--) {
    const commit = commitOf(project, `Try ${random.between(1, 99_999)}`, by, at);
    steps.push(head.push(at, by, [commit]), ...pipeline(place, at + 4_000, { commit, by, branch }, random.chance(0.3)));
    at += random.between(1, 25) * minute;
  }
  return steps;
}

/** Main breaks with one commit, fails with the next and is fixed by a third; now and then it only passes. */
export function mainStory(place: Place, began: number): Step[] {
  const { random } = place;
  const title = () => `${random.pick(titles)} ${random.between(1, 999)}`;
  if (random.chance(0.6)) return onMain(place, began, random.pick(people), title());
  const by = random.pick(people);
  const again = began + random.between(11, 30) * minute;
  const fixed = again + random.between(11, 40) * minute;
  return [
    ...onMain(place, began, by, title(), true),
    ...(random.chance(0.6) ? onMain(place, again, random.pick(people), title(), true) : []),
    ...onMain(place, fixed, by, `Fix it: ${title()}`),
  ];
}

/** A tag, its release and its deployment to production, which is taken back now and then. */
export function releaseStory(place: Place, began: number): Step[] {
  const { random, project, counts } = place;
  const by = random.pick(people);
  const tag = `v1.${counts.release++}.0`;
  const commit = commitOf(project, `Prepare ${tag}`, by, began);
  const release = releaseOf({ tag, project, commit, description: `What is new in ${tag}.` });
  const steps = [
    tagOf(project, tag, commit)(began, by),
    release.create(began + 20_000),
    ...deployed(place, began + 5 * minute, by, commit, "production", random.chance(0.15) ? "failed" : "success"),
  ];
  if (random.chance(0.3)) steps.push(release.update(began + 9 * minute, `What is new in ${tag}, with thanks.`));
  const before = place.deployed.at(-2);
  if (before && random.chance(0.2)) steps.push(...deployed(place, began + 20 * minute, by, before, "production"));
  return steps;
}
