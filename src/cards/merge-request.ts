import type { MergeRequest, Person, Pipeline } from "../events.ts";
import {
  compareOrders,
  type Facts,
  type Group,
  type Known,
  known,
  type Order,
  only,
  type Review,
  type Step,
  valuesOf,
} from "./facts.ts";
import { rankOfState, rankOfStatus } from "./rank.ts";
import type { MergeRequestCard, PipelineLine } from "./views.ts";

const mostDescription = 500;

/** What an event says of its merge request. @param arrived an approval may leave its time as it is */
export function mergeRequestFacts(event: MergeRequest, arrived: string): Facts {
  const at = event.at ?? "";
  const facts: Facts = {
    mergeRequest: known(only, [at, rankOfState(event.state), Number(event.action !== "open")], slim(event)),
  };
  const reviews = { ...told(event, [at, 0, arrived]), ...done(event, [at, 1, arrived]) };
  const steps: Group<Step> = {
    ...Object.fromEntries(stepsOf(event).map(([name, isDone]) => [name, step(event, [at, 1, arrived], isDone)])),
    // Events name the author only where they did something.
    ...(event.author && { author: { order: [at], value: { at, person: event.author, done: true } } }),
  };
  return {
    ...facts,
    ...(Object.keys(reviews).length > 0 && { reviews }),
    ...(Object.keys(steps).length > 0 && { steps }),
  };
}

const slim = (event: MergeRequest): MergeRequest => ({
  ...event,
  description: event.description?.slice(0, mostDescription),
  changes: [],
});

/** What each action settles, and whether it does or takes it back. */
const settled = new Map<string, readonly [step: string, done: boolean]>([
  ["merge", ["merge", true]],
  ["close", ["close", true]],
  ["approved", ["approved", true]],
  ["unapproved", ["approved", false]],
]);

function stepsOf({ action, automatic }: MergeRequest): (readonly [step: string, done: boolean])[] {
  const one = settled.get(action);
  const reset = automatic && takesBack.includes(action) ? [["reset", true] as const] : [];
  return one ? [one, ...reset] : reset;
}

const step = ({ actor, at = "" }: MergeRequest, order: Order, done: boolean): Known<Step> => ({
  order,
  value: { at, person: actor, done },
});

const gives = ["approved", "approval"];
const takesBack = ["unapproved", "unapproval"];

/** What the actor did: newer than what a list of the same second says. */
function done({ action, actor, automatic }: MergeRequest, order: Order): Group<Review> {
  const state = gives.includes(action) ? "approved" : takesBack.includes(action) ? "none" : undefined;
  return state && actor && !automatic ? { [keyOf(actor)]: review(actor, state, order) } : {};
}

/** What the reviewers' states say, where the forge sends them. */
function told({ reviewers, approvedBy, changesRequestedBy }: MergeRequest, order: Order): Group<Review> {
  if (!approvedBy && !changesRequestedBy) return {};
  const lists: [Person[], string][] = [
    [reviewers, "none"],
    [changesRequestedBy ?? [], "requested_changes"],
    [approvedBy ?? [], "approved"],
  ];
  return Object.fromEntries(
    lists.flatMap(([people, state]) => people.map((person) => [keyOf(person), review(person, state, order)])),
  );
}

const review = (person: Person, state: string, order: Order): Known<Review> => ({ order, value: { person, state } });

const keyOf = ({ username, name }: Person): string => username ?? name;

/** What a pipeline says of its merge request. */
export const mergeRequestPipeline = (event: Pipeline): Facts => ({
  lines: known(event.number, [event.at ?? "", rankOfStatus(event.status)], lineOf(event)),
});

const mostFailures = 5;

export const lineOf = (event: Pipeline): PipelineLine => ({
  number: event.number,
  status: event.status,
  url: event.url,
  duration: event.duration,
  failures: event.failures.slice(0, mostFailures),
  failureCount: event.failureCount,
  name: event.name,
});

/** What its newest event said of it. */
export const mergeRequestIn = (facts: Facts): MergeRequest | undefined => facts.mergeRequest?.[only]?.value;

/** The merge request as it is now; undefined while only its pipelines are known. */
export function mergeRequestView(facts: Facts): MergeRequestCard | undefined {
  const it = facts.mergeRequest?.[only]?.value;
  if (!it) return undefined;
  const { merge, close, approved, reset, author } = facts.steps ?? {};
  const reviews = Object.values(facts.reviews ?? {}).filter(
    ({ order }) => !reset || compareOrders(order, reset.order) > 0,
  );
  const by = (state: string) => inOrder(reviews.map(({ value }) => value).filter((one) => one.state === state));
  const approvals = by("approved");
  const isApproved = it.needsApproval !== true && approved?.value.done === true;
  return {
    ...it,
    action: "card",
    author: it.author ?? author?.value.person,
    approvals,
    approved: isApproved,
    needsApproval: it.needsApproval ?? (approvals.length > 0 && !isApproved),
    changesRequested: by("requested_changes"),
    conflicts: it.conflicts ?? false,
    pipeline: valuesOf(facts.lines).at(-1),
    mergedBy: it.state === "merged" ? merge?.value.person : undefined,
    closedBy: it.state === "closed" ? close?.value.person : undefined,
  };
}

const inOrder = (reviews: Review[]): Person[] =>
  reviews.map(({ person }) => person).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
