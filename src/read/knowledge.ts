import { type Facts, merge } from "../cards/facts.ts";
import { branchNews, projectOf, subjectsOf } from "../cards/objects.ts";
import type { BranchNews, Event } from "../events.ts";
import { findObjects, type KnownObject } from "../store/objects.ts";
import type { Store } from "../store/store.ts";

/** What an event changed of what is known, and which cards show it. */
export interface Learned {
  known: KnownObject;
  episodes: readonly string[];
}

/** What one batch of deliveries knows of objects: what the store holds, and what the batch has read since. */
export interface Knowledge {
  /** Looks up what is known of the objects of these events. */
  load(events: readonly Event[]): Promise<void>;
  factsOf(event: Event): (object: string) => Facts;
  /** @param object one of the event's */
  find(event: Event, object: string): KnownObject;
  news(event: Event): BranchNews | undefined;
  /** @param isWanted a rule posts it @param arrived when it arrived, ISO 8601 in UTC */
  learn(event: Event, isWanted: boolean, arrived: string): Learned[];
}

export function createKnowledge(store: Store, workspace: string): Knowledge {
  const known = new Map<string, KnownObject>();
  const keyOf = (project: string, object: string) => JSON.stringify([project, object]);
  const nothing = (project: string, object: string): KnownObject => ({ project, object, facts: {}, revision: 0 });
  const find = (project: string, object: string) => known.get(keyOf(project, object)) ?? nothing(project, object);

  return {
    async load(events) {
      const wanted = events.flatMap(objectsOf);
      const missing = new Map(wanted.map((one) => [keyOf(one.project, one.object), one]));
      for (const key of known.keys()) missing.delete(key);
      for (const [key, { project, object }] of missing) known.set(key, nothing(project, object));
      for (const found of await findObjects(store, workspace, [...missing.values()]))
        known.set(keyOf(found.project, found.object), found);
    },
    find: (event, object) => find(projectOf(event), object),
    factsOf: (event) => (object) => find(projectOf(event), object).facts,
    news: (event) => branchNews(event, (object) => find(projectOf(event), object).facts),
    learn(event, isWanted, arrived) {
      const project = projectOf(event);
      return subjectsOf(event).flatMap(({ object, always, learn, episodes }) => {
        const before = find(project, object);
        if (!always && !isWanted && before.revision === 0 && Object.keys(before.facts).length === 0) return [];
        const others = (name: string) => find(project, name).facts;
        const more = learn(before.facts, arrived, others);
        if (Object.keys(more).length === 0) return [];
        const facts = merge(before.facts, more);
        if (JSON.stringify(facts) === JSON.stringify(before.facts)) return [];
        const after = { ...before, facts };
        known.set(keyOf(project, object), after);
        return { known: after, episodes: episodes(facts, arrived) };
      });
    },
  };
}

/** None where that fails: `learn` then meets the same mistake, and whoever asks for that one event hears of it. */
function objectsOf(event: Event): Pick<KnownObject, "project" | "object">[] {
  try {
    return subjectsOf(event).map(({ object }) => ({ project: projectOf(event), object }));
  } catch {
    return [];
  }
}
