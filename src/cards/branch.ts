import type { BranchNews, Job, Pipeline } from "../events.ts";
import { type Facts, known, type Run, valuesOf } from "./facts.ts";
import { isVerdict } from "./pipeline.ts";
import type { BranchCard } from "./views.ts";

const mostFailures = 20;

/**
 * What a pipeline says of its branch; nothing before it passed or failed.
 * @param pipeline what is known of the pipeline: where its own jobs passed, those of its children failed it
 */
export function branchFacts(event: Pipeline, pipeline: Facts): Facts {
  if (!isVerdict(event)) return {};
  const { number, status, at = "" } = event;
  const { builds: _builds, ...rest } = event;
  const run: Run = {
    number,
    status,
    at,
    event: { ...rest, stages: [], jobs: [], failures: [] },
    failures: (event.failures.length > 0 ? event.failures : failuresOfChildren(pipeline)).slice(0, mostFailures),
  };
  return { runs: known(keyOf(run), [at], run) };
}

/** A retry is another run of its pipeline. */
const keyOf = ({ number, status, at }: Run): string => `${number} ${at} ${status}`;

const failuresOfChildren = ({ lines }: Facts): Job[] =>
  valuesOf(lines).flatMap(({ status, failures }) => (status === "failed" ? failures : []));

/**
 * The runs that count, in order: by the pipelines' numbers, a pipeline's own tries by time. One that ended when a later
 * pipeline had ended before says nothing about the branch any more.
 */
function countingRuns(facts: Facts): Run[] {
  const runs = valuesOf(facts.runs).sort((a, b) => compareRuns(a, b));
  return runs.filter(
    (run, index) => !runs.slice(index + 1).some((later) => later.number !== run.number && later.at < run.at),
  );
}

const compareRuns = (a: Run, b: Run): number =>
  a.number === b.number ? compare(a.at, b.at) : a.number.length - b.number.length || compare(a.number, b.number);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Failures in a row, with the run that passed before and the one that passed after them. */
interface Streak {
  failed: Run[];
  before?: Run | undefined;
  after?: Run | undefined;
}

function streaksOf(facts: Facts): Streak[] {
  const streaks: Streak[] = [];
  let before: Run | undefined;
  let open: Streak | undefined;
  for (const run of countingRuns(facts)) {
    if (run.status === "failed") {
      if (!open) {
        open = { failed: [], before };
        streaks.push(open);
      }
      open.failed.push(run);
    } else {
      if (open) open.after = run;
      open = undefined;
      before = run;
    }
  }
  return streaks;
}

const holds = ({ failed, after }: Streak, number: string): boolean =>
  failed.some((run) => run.number === number) || after?.number === number;

/**
 * What a pipeline's end is for its branch: it broke it, it failed like the one before, or it passes again.
 * @param before what was known without the event
 * @param after what is known with it
 */
export function newsOf(event: Pipeline, before: Facts, after: Facts): BranchNews | undefined {
  if (!isVerdict(event)) return undefined;
  const isIt = (run: Run | undefined) => run?.number === event.number && run.at === (event.at ?? "");
  const streak = streaksOf(after).find((one) => (event.status === "failed" ? one.failed.some(isIt) : isIt(one.after)));
  if (!streak || !(streak.before || isWatched(event))) return undefined;
  const [first] = streak.failed;
  const newest = streak.failed.at(-1);
  if (event.status === "success" && wasFixed(event, streak, before)) return undefined;
  return {
    word: event.status === "success" ? "fixed" : isFirstHeard(event, streak, before) ? "broken" : "still_failing",
    since: first?.at,
    seconds: secondsBetween(first?.at, event.at),
    culprit: first?.event.commit,
    newFailures: newest ? newFailures(streak, newest).map(({ name }) => name) : [],
    episode: first?.number ?? event.number,
  };
}

/** Whether a later pipeline was told as the one that fixed it: the first one comes late. */
const wasFixed = ({ number }: Pipeline, { failed }: Streak, before: Facts): boolean =>
  streaksOf(before).some(
    (streak) =>
      streak.after !== undefined && streak.after.number !== number && failed.some((run) => holds(streak, run.number)),
  );

/** A branch that never passed is somebody's work in progress, and broke nothing. */
const isWatched = ({ branch, mergeRequest, project }: Pipeline): boolean =>
  mergeRequest !== undefined || project.defaultBranch === undefined || branch === project.defaultBranch;

/** Only the first failure that is heard of breaks a branch: whichever of a streak it is when they come shuffled. */
function isFirstHeard({ number, at = "" }: Pipeline, { failed }: Streak, before: Facts): boolean {
  const heard = before.runs ?? {};
  return failed.every((run) => !Object.hasOwn(heard, keyOf(run)) || (run.number === number && run.at === at));
}

/** Failed jobs that did not fail in the run before. */
function newFailures({ failed }: Streak, run: Run): Job[] {
  const previous = failed[failed.indexOf(run) - 1];
  const names = new Set(previous?.failures.map(({ name }) => name));
  return run.failures.filter(({ name }) => !names.has(name));
}

const secondsBetween = (from: string | undefined, to: string | undefined): number | undefined =>
  from && to ? Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000)) : undefined;

/** The pipelines by any of which the card of a breakage may be known that one of them belongs to. */
export const episodesOf = (facts: Facts, number: string): string[] =>
  streaksOf(facts)
    .filter((streak) => holds(streak, number))
    .flatMap(({ failed }) => failed.map((run) => run.number));

/** Whether two pipelines belong to one breakage of the branch. */
export const isSameEpisode = (facts: Facts, one: string, other: string): boolean =>
  one === other || streaksOf(facts).some((streak) => holds(streak, one) && holds(streak, other));

/** The breakage of a branch to which a pipeline belongs, as it is now; undefined where nothing broke. */
export function branchView(facts: Facts, episode: string): BranchCard | undefined {
  const streak = streaksOf(facts).findLast((one) => holds(one, episode));
  const [first] = streak?.failed ?? [];
  const newest = streak?.failed.at(-1);
  if (!streak || !first || !newest) return undefined;
  const fresh = newFailures(streak, newest);
  const last = streak.after ?? newest;
  return {
    ...last.event,
    action: "branch",
    state: streak.after ? "fixed" : "broken",
    since: first.at,
    brokenFor: secondsBetween(first.at, last.at),
    culprit: first.event.commit,
    fixedBy: streak.after?.event.commit,
    failures: newest.failures,
    failureCount: newest.event.failureCount,
    newFailures: fresh,
    oldFailures: newest.failures.filter((job) => !fresh.includes(job)),
    failedRuns: new Set(streak.failed.map(({ number }) => number)).size,
  };
}
