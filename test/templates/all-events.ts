import type { Event } from "../../src/events.ts";
import { events as repositoryEvents } from "./events.ts";
import { instanceEvents } from "./events-instance.ts";
import { issueEvents } from "./events-issues.ts";
import { projectEvents } from "./events-project.ts";

/** Realistic events of all kinds by the name of their golden: `<kind>.<action>[__detail]`. */
export const events: Record<string, Event> = {
  ...repositoryEvents,
  ...instanceEvents,
  ...projectEvents,
  ...issueEvents,
};
