import type { Event } from "../src/events.ts";
import { forges } from "../src/forges/index.ts";
import { type Fixture, fixtures } from "../test/support/fixtures.ts";

/** A delivery of GitLab's whose event is known. */
export interface Example {
  fixture: Fixture;
  event: Event;
  /** reads it again, as Belfry does */
  parse: () => unknown;
}

/** The fixtures of GitLab's payloads that become an event. */
export const examples = (): Example[] =>
  fixtures("gitlab").flatMap((fixture) => {
    const headers = { "x-gitlab-event": fixture.header };
    const parse = () => forges["gitlab"]?.parse({ headers, body: fixture.body });
    const reading = parse();
    return reading?.state === "event" ? [{ fixture, event: reading.event, parse }] : [];
  });

/** The kinds of their events, by name. */
export const exampleKinds = (all = examples()): string[] => [...new Set(all.map(({ event }) => event.kind))].sort();

export const exampleEvents = (): Event[] => examples().map(({ event }) => event);
