import { type Facts, merge } from "../../src/cards/facts.ts";
import { subjectsOf } from "../../src/cards/objects.ts";
import { viewOf } from "../../src/cards/view.ts";
import type { Event, Pipeline } from "../../src/events.ts";
import { pipeline } from "../rules/events.ts";

/** What is known of each object, by its name. */
export type Known = Map<string, Facts>;

const day = Date.parse("2026-03-02T00:00:00Z");

/** A time on the day of the tests. */
export const at = (seconds: number): string => new Date(day + seconds * 1000).toISOString();

/** One event after the other, each a second after the one before unless it is said when it arrived. */
export function learn(events: readonly (Event | { event: Event; arrived: string })[], known: Known = new Map()): Known {
  for (const [index, one] of events.entries()) {
    const { event, arrived } = "event" in one ? one : { event: one, arrived: at(index) };
    for (const { object, learn } of subjectsOf(event)) {
      const before = known.get(object) ?? {};
      known.set(
        object,
        merge(
          before,
          learn(before, arrived, (other) => factsIn(known, other)),
        ),
      );
    }
  }
  return known;
}

/** The name of the object that an event is about. */
export const nameOf = (event: Event): string => subjectsOf(event)[0]?.object ?? "";

/** The name of the main branch's pipelines of a source. */
export const branchOf = (branch: string, source?: string): string =>
  subjectsOf(pipeline({ branch, source }))[1]?.object ?? "";

export const factsIn = (known: Known, object: string): Facts => known.get(object) ?? {};

/** What all cards of an object show that may be asked for by these episodes. */
export const shown = (known: Known, object: string, episode = ""): unknown =>
  viewOf(object, factsIn(known, object), episode);

/** The end of a pipeline of the branch. */
export const ended = (number: number, status: string, seconds: number, fields: Partial<Pipeline> = {}): Pipeline =>
  pipeline({
    ...{ number: String(number), action: status, status, at: at(seconds), source: "push" },
    commit: { id: `c${number}`, title: `Commit ${number}` },
    ...fields,
  });
