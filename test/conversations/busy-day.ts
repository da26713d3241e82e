import { createRandom, type Random } from "../../chaos/random.ts";
import {
  branchStory,
  dependencyStory,
  mainStory,
  mergeRequestStory,
  type Place,
  releaseStory,
} from "./busy-day-stories.ts";
import { projectOf } from "./payloads/project.ts";
import { branchOf } from "./payloads/push.ts";
import { clockOf, type Step } from "./payloads/step.ts";

/** A delivery of the day. */
export interface DayStep extends Step {
  project: string;
}

export interface DayOptions {
  seed: number;
  /** about how many deliveries */
  deliveries: number;
  /** how long it lasts */
  hours: number;
}

/** Four projects with a channel of their own, and four groups of four that share one. */
export const dayProjects = [
  ...["api", "web", "ios", "android"].map((name) => `platform/${name}`),
  ...["shop", "data", "infra", "tools"].flatMap((group) =>
    ["core", "server", "client", "docs"].map((name) => `${group}/${name}`),
  ),
] as const;

/** The rules of the day's channels: default words. */
export const dayChannels: Record<string, readonly string[]> = Object.fromEntries([
  ...dayProjects.slice(0, 4).map((path) => [path.replace("/", "-"), [path]] as const),
  ...["shop", "data", "infra", "tools"].map((group) => [group, [`${group}/**`]] as const),
]);

export const dayBegan = clockOf("2026-03-10")("08:00");

/** How often each story begins, out of all. */
const stories: readonly (readonly [share: number, story: (place: Place, began: number) => Step[]])[] = [
  [0.36, mergeRequestStory],
  [0.22, dependencyStory],
  [0.18, branchStory],
  [0.16, mainStory],
  [0.08, releaseStory],
];

function pickStory(random: Random) {
  let left = random.next();
  for (const [share, story] of stories) {
    left -= share;
    if (left < 0) return story;
  }
  return mergeRequestStory;
}

/** Deliveries of a story, about. */
const perStory = 14.5;

/** The deliveries of a day in the order of their times: the same ones for the same seed. */
export function busyDay({ seed, deliveries, hours }: DayOptions): DayStep[] {
  const random = createRandom(seed);
  const ids = new Set<number>();
  const idAt = (at: number) => {
    let id = 9_000_000 + Math.floor((at - dayBegan) / 100);
    while (ids.has(id)) id += 1;
    ids.add(id);
    return id;
  };
  const places = dayProjects.map((path, index): Place => {
    const project = projectOf(path, 100 + index);
    return {
      ...{ random, project, idAt, hasJobs: index % 4 === 0, main: branchOf(project, "main"), deployed: [] },
      counts: { mergeRequest: 10, release: 0 },
    };
  });
  const end = dayBegan + hours * 3_600_000;
  // Most of the day is around noon. What begins first gets the first number.
  const beginnings = Array.from(
    { length: Math.ceil(deliveries / perStory) },
    () => (random.next() + random.next()) / 2,
  );
  const day: DayStep[] = [];
  for (const share of beginnings.sort((a, b) => a - b)) {
    const place = random.pick(places);
    const began = dayBegan + Math.floor(share * hours * 3_600_000);
    const told = pickStory(random)(place, began).filter(({ at }) => at < end);
    day.push(...told.map((step) => ({ ...step, project: place.project.path_with_namespace })));
  }
  return day.sort((a, b) => a.at - b.at);
}
