import type { Release } from "../events.ts";
import { type Facts, known, only } from "./facts.ts";
import type { ReleaseCard } from "./views.ts";

const ranks = new Map(Object.entries({ create: 0, update: 1, delete: 2 }));

/** What an event says of its release. Its time is that of the release, so what was done counts. */
export const releaseFacts = (event: Release): Facts => ({
  release: known(only, [event.at ?? "", ranks.get(event.action) ?? 1], event),
});

/** The release as it is now. */
export function releaseView(facts: Facts): ReleaseCard | undefined {
  const it = facts.release?.[only]?.value;
  if (!it) return undefined;
  const state = it.action === "delete" ? "deleted" : "published";
  return { ...it, action: "card", state, changed: it.action === "update" };
}
