import type { MergeRequest } from "../events.ts";
import { type Facts, known, valueAt, valuesOf } from "./facts.ts";
import { rankOfState } from "./rank.ts";
import type { UpdatesView } from "./views.ts";

/** Milliseconds within which the merge requests that a bot opens are one message. */
const gap = 600_000;
/** After so many a new message begins. */
const mostOfBurst = 40;
const mostListed = 20;

/** What a merge request says of those that a bot opens by the dozen; nothing of those that people write. */
export function updateFacts(event: MergeRequest, before: Facts, arrived: string): Facts {
  const mine = valueAt(before.updates, event.number);
  const author = event.author ?? (event.action === "open" ? event.actor : undefined);
  if (!mine && !author?.bot) return {};
  const slim = { ...event, author: author ?? mine?.event.author, description: undefined, changes: [] };
  const value = mine
    ? { ...mine, event: slim }
    : { event: slim, arrived, burst: burstOf(author?.username ?? "", event, before, arrived) };
  return { updates: known(event.number, [event.at ?? "", rankOfState(event.state)], value) };
}

function burstOf(bot: string, event: MergeRequest, { updates = {} }: Facts, arrived: string): string {
  const all = valuesOf(updates);
  const isNear = (time: string) => Math.abs(Date.parse(time) - Date.parse(arrived)) <= gap;
  const near = all.findLast((one) => one.event.author?.username === bot && isNear(one.arrived));
  const size = all.filter(({ burst }) => burst === near?.burst).length;
  return near && size < mostOfBurst ? near.burst : event.number;
}

/** The burst that tells of a merge request; undefined where its own card does: the first one of a burst, and people's. */
export function burstOfUpdate({ updates }: Facts, number: string): string | undefined {
  const burst = valueAt(updates, number)?.burst;
  return burst === number ? undefined : burst;
}

/** The merge requests of a burst as they are now. */
export function updatesView({ updates }: Facts, burst: string): UpdatesView | undefined {
  const all = valuesOf(updates)
    .filter((value) => value.burst === burst)
    .map(({ event }) => event);
  const last = all.at(-1);
  if (!last) return undefined;
  const count = (...states: string[]) => all.filter(({ state = "opened" }) => states.includes(state)).length;
  return {
    ...last,
    action: "several",
    actor: last.author,
    mergeRequests: all
      .slice(-mostListed)
      .map(({ number, title, url, state = "opened", draft }) => ({ number, title, url, state, draft })),
    count: all.length,
    merged: count("merged"),
    closed: count("closed"),
  };
}
