import type { Deployment, Job, JobState, MergeRequest, Note, Person, Pipeline, Push, Release } from "../events.ts";
import type { PipelineLine } from "./views.ts";

/** What makes one state newer than another: compared from the left. Times are ISO 8601 in UTC; "" is older than any. */
export type Order = readonly (string | number)[];

/** Something that is known of an object, and how new that is. */
export interface Known<T> {
  order: Order;
  value: T;
}

export type Group<T> = Readonly<Record<string, Known<T>>>;

export interface Review {
  person: Person;
  /** `approved`, `requested_changes` or `none` */
  state: string;
}

export interface Step {
  at: string;
  person?: Person | undefined;
  /** false where it was taken back */
  done: boolean;
}

/** A pipeline of a branch that ended. */
export interface Run {
  number: string;
  status: string;
  at: string;
  event: Pipeline;
  failures: Job[];
}

/**
 * All that is known of one object. Facts merge in any order and any number of times to the same whole, so deliveries
 * may come late, shuffled and doubled.
 */
export interface Facts {
  mergeRequest?: Group<MergeRequest>;
  pipeline?: Group<Pipeline>;
  release?: Group<Release>;
  /** by the person's username */
  reviews?: Group<Review>;
  /** what happened once: `merge`, `close`, `approved`, `reset` */
  steps?: Group<Step>;
  /** pipelines of a merge request, children of a pipeline, by their number */
  lines?: Group<PipelineLine>;
  /** by name */
  jobs?: Group<JobState>;
  /** ended pipelines of a branch, by number, time and status */
  runs?: Group<Run>;
  /** of an environment, by number */
  deployments?: Group<Deployment>;
  /** comments by their id, with the id of the first one of their burst */
  notes?: Group<{ note: Note; burst: string }>;
  /** merge requests of bots by their number, with the first one of their burst */
  updates?: Group<{ event: MergeRequest; burst: string; arrived: string }>;
  /** pushes by the id after them, with that of the first one of their burst */
  pushes?: Group<{ push: Push; burst: string; arrived: string }>;
}

/** How many of a group are kept: those with the highest keys, so that what is dropped never comes back. */
const most: { readonly [Name in keyof Required<Facts>]: number } = {
  mergeRequest: 1,
  pipeline: 1,
  release: 1,
  reviews: 50,
  steps: 20,
  lines: 20,
  jobs: 300,
  runs: 40,
  deployments: 30,
  notes: 50,
  updates: 60,
  pushes: 50,
};

/** What is known after something more was learned. Of equal newness what was learned later counts. */
export const merge = (facts: Facts, more: Facts): Facts => ({
  ...joined("mergeRequest", facts.mergeRequest, more.mergeRequest),
  ...joined("pipeline", facts.pipeline, more.pipeline),
  ...joined("release", facts.release, more.release),
  ...joined("reviews", facts.reviews, more.reviews),
  ...joined("steps", facts.steps, more.steps),
  ...joined("lines", facts.lines, more.lines),
  ...joined("jobs", facts.jobs, more.jobs),
  ...joined("runs", facts.runs, more.runs),
  ...joined("deployments", facts.deployments, more.deployments),
  ...joined("notes", facts.notes, more.notes),
  ...joined("updates", facts.updates, more.updates),
  ...joined("pushes", facts.pushes, more.pushes),
});

function joined<Name extends keyof Facts, T>(
  name: Name,
  group: Group<T> | undefined,
  more: Group<T> | undefined,
): { [N in Name]?: Group<T> } {
  const whole = more ? join(group ?? {}, more, most[name]) : group;
  // A computed key would widen to all names.
  const result: { [N in Name]?: Group<T> } = {};
  if (whole) result[name] = whole;
  return result;
}

function join<T>(group: Group<T>, more: Group<T>, limit: number): Group<T> {
  const all = new Map(Object.entries(group));
  for (const [key, known] of Object.entries(more)) {
    const before = all.get(key);
    if (!before || compareOrders(known.order, before.order) >= 0) all.set(key, known);
  }
  const kept = [...all].sort(([a], [b]) => compareKeys(b, a)).slice(0, limit);
  return Object.fromEntries(kept);
}

/** Numbers within keys count as numbers: `pipeline 9` comes before `pipeline 10`. */
const keys = new Intl.Collator("en", { numeric: true });
export const compareKeys = (a: string, b: string): number => keys.compare(a, b) || (a < b ? -1 : Number(a > b));

/** Negative where the first is older, 0 where both are as new. */
export function compareOrders(a: Order, b: Order): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [one, other] = [a[at] ?? "", b[at] ?? ""];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/** The values of a group in the order of their keys. */
export const valuesOf = <T>(group: Group<T> | undefined): T[] =>
  Object.entries(group ?? {})
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([, { value }]) => value);

/** One value of a group. Its key may be a word of a payload, and so the name of what every object has. */
export const valueAt = <T>(group: Group<T> | undefined, key: string): T | undefined =>
  group && Object.hasOwn(group, key) ? group[key]?.value : undefined;

/** A group of one. */
export const known = <T>(key: string, order: Order, value: T): Group<T> => ({ [key]: { order, value } });

/** The key of what an object has only one of. */
export const only = "it";
