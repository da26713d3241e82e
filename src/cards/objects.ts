import type { BranchNews, Event, JobRun, Pipeline } from "../events.ts";
import { branchFacts, episodesOf, newsOf } from "./branch.ts";
import { burstOfNote, burstOfPush, noteFacts, pushFacts } from "./burst.ts";
import { deploymentFacts, deploymentNumber, touchedDeployments } from "./environment.ts";
import { type Facts, merge } from "./facts.ts";
import { mergeRequestFacts, mergeRequestPipeline } from "./merge-request.ts";
import { named, opaque, pathNamed } from "./names.ts";
import { childFacts, jobFacts, pipelineFacts } from "./pipeline.ts";
import { releaseFacts } from "./release.ts";
import { burstOfUpdate, updateFacts } from "./updates.ts";

/** An object that an event is about. */
interface Subject {
  /** its name within the project */
  object: string;
  /** false: only somebody who posts it needs it */
  always: boolean;
  /** what the event says of it; @param factsOf what is known of the other objects of the event */
  learn: (before: Facts, arrived: string, factsOf: (object: string) => Facts) => Facts;
  /** its cards that change because of the event */
  episodes: (after: Facts, arrived: string) => string[];
}

/** Where the objects of an event are kept within its workspace. */
export const projectOf = ({ project }: Event): string => pathNamed(`${project.host ?? ""}/${project.path}`);

/** The merge request of this number. */
export const mergeRequestNamed = (number: string): string => `!${opaque(number)}`;
const pipelineNamed = (number: string): string => named("pipeline", number);
export const branchNamed = ({ branch, source = "" }: Pipeline): string => named("branch", branch, source);

const whole = () => [""];

/** The merge requests that bots open by the dozen. */
export const updates = "updates";

export function listed(facts: Facts, number: string): string[] {
  const burst = burstOfUpdate(facts, number);
  return burst === undefined ? [] : [opaque(burst)];
}

/** The pipeline that tells of this one, or of this job: its parent in the same project, else itself. */
export function pipelineOf({ parent, project }: Pipeline | JobRun, number: string): string {
  return parent && (parent.project === undefined || parent.project === project.path) ? parent.number : number;
}

/** The objects that an event is about; none for kinds that have no card. */
export const subjectsOf = (event: Event): Subject[] =>
  aboutOf(event).map((subject) => ({
    ...subject,
    episodes: (after, arrived) => subject.episodes(after, arrived).map((episode) => opaque(episode)),
  }));

function aboutOf(event: Event): Subject[] {
  switch (event.kind) {
    case "merge_request":
      return [
        {
          object: mergeRequestNamed(event.number),
          always: true,
          learn: (_before, arrived) => mergeRequestFacts(event, arrived),
          episodes: whole,
        },
        {
          object: updates,
          always: true,
          learn: (before, arrived) => updateFacts(event, before, arrived),
          episodes: (after) => listed(after, event.number),
        },
      ];
    case "pipeline":
      return pipelineSubjects(event);
    case "job": {
      const number = event.pipeline && pipelineOf(event, event.pipeline);
      return number && number === event.pipeline
        ? [
            { object: pipelineNamed(number), always: true, learn: () => jobFacts(event, number), episodes: whole },
            ...(event.mergeRequest === undefined ? [] : [knownUpdates]),
          ]
        : [];
    }
    case "deployment": {
      if (event.environment === undefined) return [];
      return [
        {
          object: named("environment", event.environment),
          always: true,
          learn: () => deploymentFacts(event),
          episodes: (after) => touchedDeployments(after, deploymentNumber(event)),
        },
      ];
    }
    case "release":
      return event.tag === undefined
        ? []
        : [{ object: named("release", event.tag), always: true, learn: () => releaseFacts(event), episodes: whole }];
    case "note":
      return event.reference === undefined || event.automatic
        ? []
        : [
            {
              object: named(event.confidential ? "talk confidential" : "talk", event.reference, personOf(event)),
              always: false,
              learn: (before, arrived) => noteFacts(event, before, arrived),
              episodes: (after) => [burstOfNote(event, after)],
            },
            ...(event.reference.startsWith("!") ? [knownUpdates] : []),
          ];
    case "push":
      return event.action !== "update"
        ? []
        : [
            {
              object: named("pushes", event.branch, personOf(event)),
              always: false,
              learn: (before, arrived) => pushFacts(event, before, arrived),
              episodes: (after, arrived) => [burstOfPush(event, after, arrived)],
            },
            ...(event.mergeRequest === undefined ? [] : [knownUpdates, toKnow(mergeRequestNamed(event.mergeRequest))]),
          ];
    default:
      return [];
  }
}

const personOf = ({ actor }: Event): string => actor?.username ?? actor?.name ?? "";

/** An object of which the event says nothing. */
const toKnow = (object: string): Subject => ({ object, always: false, learn: () => ({}), episodes: () => [] });

/** Of which list a merge request is. */
const knownUpdates = toKnow(updates);

function pipelineSubjects(event: Pipeline): Subject[] {
  const number = pipelineOf(event, event.number);
  if (number !== event.number) {
    return [
      { object: pipelineNamed(number), always: true, learn: () => childFacts(event, number), episodes: whole },
      ...(event.mergeRequest === undefined ? [] : [knownUpdates]),
    ];
  }
  const subjects: Subject[] = [
    { object: pipelineNamed(number), always: true, learn: () => pipelineFacts(event), episodes: whole },
  ];
  if (event.branch !== undefined) {
    subjects.push({
      object: branchNamed(event),
      always: true,
      learn: (_before, _arrived, factsOf) => branchFacts(event, factsOf(pipelineNamed(number))),
      episodes: (after) => episodesOf(after, event.number),
    });
  }
  if (event.mergeRequest !== undefined) {
    subjects.push({
      object: mergeRequestNamed(event.mergeRequest),
      always: true,
      learn: () => mergeRequestPipeline(event),
      episodes: whole,
    });
    subjects.push(knownUpdates);
  }
  return subjects;
}

/** What an event means for its branch; undefined for all but the end of a pipeline that has a branch. */
export function branchNews(event: Event, factsOf: (object: string) => Facts): BranchNews | undefined {
  if (event.kind !== "pipeline" || event.branch === undefined || pipelineOf(event, event.number) !== event.number)
    return undefined;
  const before = factsOf(branchNamed(event));
  return newsOf(event, before, merge(before, branchFacts(event, factsOf(pipelineNamed(event.number)))));
}
