import { gitlab } from "../../src/forges/gitlab/index.ts";
import { match, type Rule } from "../../src/rules/match.ts";
import { parseRule } from "../../src/rules/parse.ts";
import { type DayStep, dayChannels } from "./busy-day.ts";
import type { Scene, Stage } from "./stage.ts";
import { type Numbers, numbersOf } from "./transcript.ts";

/** What a channel heard, all day or in an hour of it. */
export interface Heard extends Numbers {
  /** deliveries of its projects */
  events: number;
  /** posts of a bot that posts each event that the default rules want, with each failed pipeline */
  onePerEvent: number;
}

export interface Day {
  scene: Scene;
  /** by the channel's name, then by the hour of the day */
  heard: Map<string, Map<number, Heard>>;
}

/** Tells a day, each delivery at its time. */
export async function tellDay(stage: Stage, steps: readonly DayStep[]): Promise<Day> {
  const scene = await stage.scene(dayChannels);
  for (const step of steps) {
    await stage.advance(step.at);
    await scene.deliver([step]);
  }
  await stage.finish();
  const heard = new Map(
    Object.entries(scene.channels).map(([name, id]) => [name, perHour(name, id, steps, scene)] as const),
  );
  return { scene, heard };
}

const hourOf = (at: number) => new Date(at).getUTCHours();

function perHour(name: string, id: string, steps: readonly DayStep[], scene: Scene): Map<number, Heard> {
  const mine = steps.filter(({ project }) => channelOf(project) === name);
  const calls = scene.calls().filter(({ channel }) => channel === id);
  const hours = [...new Set([...mine, ...calls].map(({ at }) => hourOf(at)))].sort((a, b) => a - b);
  return new Map(
    hours.map((hour) => {
      const events = mine.filter(({ at }) => hourOf(at) === hour);
      const onePerEvent = events.filter(isWanted).length;
      return [
        hour,
        { ...numbersOf(calls.filter(({ at }) => hourOf(at) === hour)), events: events.length, onePerEvent },
      ] as const;
    }),
  );
}

export const channelOf = (project: string): string => {
  const own = project.replace("/", "-");
  return Object.hasOwn(dayChannels, own) ? own : (project.split("/")[0] ?? "");
};

/** The default kinds, with failed pipelines where those say which of them break a branch. */
const everyEvent =
  "** merge_request:open,ready,close,reopen,merge,approved pipeline:failed deployment release tag_push push:default";

function everyEventRule(): Rule {
  const parsed = parseRule(everyEvent);
  if ("problem" in parsed) throw new Error(JSON.stringify(parsed.problem));
  return { id: "r", channel: "c", words: everyEvent, grammar: parsed.rule, createdAt: "" };
}

const rules = [everyEventRule()];

function isWanted({ header, payload }: DayStep): boolean {
  const body = Buffer.from(JSON.stringify(payload));
  const reading = gitlab.parse({ headers: { "x-gitlab-event": header }, body });
  if (reading.state !== "event") throw new Error(`${header}: ${reading.reason}`);
  return match(reading.event, rules).some(({ post }) => post);
}

/** The sum of what was heard. */
export const sumOf = (all: Iterable<Heard>): Heard => {
  const sum: Heard = { events: 0, onePerEvent: 0, posts: 0, replies: 0, edits: 0 };
  for (const { events, onePerEvent, posts, replies, edits } of all) {
    sum.events += events;
    sum.onePerEvent += onePerEvent;
    sum.posts += posts;
    sum.replies += replies;
    sum.edits += edits;
  }
  return sum;
};
