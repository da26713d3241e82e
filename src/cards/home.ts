import type { Event, Push } from "../events.ts";
import { isSameEpisode } from "./branch.ts";
import type { Facts } from "./facts.ts";
import { mergeRequestIn } from "./merge-request.ts";
import { opaque } from "./names.ts";
import { branchNamed, listed, mergeRequestNamed, subjectsOf, updates } from "./objects.ts";

/** A card: what it shows, and what part of that. */
export interface Place {
  object: string;
  episode: string;
}

/** The card to which an event belongs, and those in whose thread that card would go. */
export interface Home extends Place {
  under: Place[];
  /** where one of those is there, it tells of the event: what is news goes into its thread, and nothing gets a card of its own */
  isFolded: boolean;
  /** it tells of several objects: what happens to one of them is no news */
  isList: boolean;
}

/**
 * Where an event is told.
 * @param factsOf what is known with the event
 * @param options.wantsNews the rule asked for what pipelines mean for their branch
 */
export function homeOf(
  event: Event,
  factsOf: (object: string) => Facts,
  { wantsNews, arrived }: { wantsNews: boolean; arrived: string },
): Home | undefined {
  const [subject] = subjectsOf(event);
  if (!subject) return undefined;
  const placesOf = (number: string | undefined): Place[] =>
    number === undefined
      ? []
      : [
          ...listed(factsOf(updates), number).map((episode) => ({ object: updates, episode })),
          { object: mergeRequestNamed(number), episode: "" },
        ];
  switch (event.kind) {
    case "merge_request": {
      const [place] = placesOf(event.number);
      return place && { ...place, under: [], isFolded: false, isList: place.object === updates };
    }
    case "pipeline":
    case "job": {
      const under = placesOf(event.mergeRequest);
      const isNews = event.kind === "pipeline" && wantsNews && event.news !== undefined;
      return isNews
        ? { object: branchNamed(event), episode: opaque(event.news?.episode), under, isFolded: true, isList: false }
        : { object: subject.object, episode: "", under, isFolded: true, isList: false };
    }
    case "push": {
      const [episode = ""] = subject.episodes(factsOf(subject.object), arrived);
      const under = placesOf(isMergeOf(event, factsOf) ? event.mergeRequest : undefined);
      return { object: subject.object, episode, under, isFolded: true, isList: false };
    }
    default: {
      const [episode = ""] = subject.episodes(factsOf(subject.object), arrived);
      const number = event.kind === "note" ? /^!(.+)$/.exec(event.reference ?? "")?.[1] : undefined;
      return { object: subject.object, episode, under: placesOf(number), isFolded: false, isList: false };
    }
  }
}

/** Whether a push brings what merged a merge request, and nothing else: its message alone is anybody's claim. */
function isMergeOf({ mergeRequest, branch, after }: Push, factsOf: (object: string) => Facts): boolean {
  if (mergeRequest === undefined || after === undefined) return false;
  const it = mergeRequestIn(factsOf(mergeRequestNamed(mergeRequest)));
  return it?.mergeCommit === after && it.target === branch;
}

/** Whether two episodes of an object are one and the same. */
export const isSame = (object: string, facts: Facts, one: string, other: string): boolean =>
  one === other || (object.startsWith("branch ") && isSameEpisode(facts, one, other));

/** Whether replies below the card of an object need not say what they are about: they do where it tells of several. */
export const saysWhat = (object: string | undefined): boolean => object !== undefined && object !== updates;
