import type { Event } from "../events.ts";
import { formatKind } from "./format.ts";
import type { KindChoice, ProjectPattern } from "./grammar.ts";
import { without } from "./kind-choice.ts";
import type { Failed } from "./parse.ts";
import { readWords } from "./parse.ts";
import { problemAt } from "./problem.ts";
import { projectMatches } from "./projects.ts";
import { isChosen } from "./reasons.ts";

/** What a channel does not want to hear; at least one project or kind. */
export interface MuteGrammar {
  /** none: every project */
  projects: ProjectPattern[];
  /** none: every kind */
  kinds: KindChoice[];
}

/** A mute of a channel that holds now. */
export interface ChannelMute {
  /** Slack's id of the channel */
  channel: string;
  /** its name without `#`, where it is known: rules may name it so */
  channelName: string | undefined;
  /** ISO 8601; undefined: until it is unmuted */
  until: string | undefined;
  /** undefined where the grammar does not know its words any more: it mutes nothing */
  grammar: MuteGrammar | undefined;
}

/**
 * Reads the words of a mute: projects and kinds as in a rule, at least one of them. Unlike in a rule, no kind means
 * every kind, and no project every project.
 */
export function parseMute(words: string): { mute: MuteGrammar } | Failed {
  const read = readWords(words);
  if ("problem" in read) return read;
  const { projects, kinds, unwanted, places, optionPlaces } = read.draft;
  const other = [...places, ...optionPlaces].sort((a, b) => a.at - b.at)[0];
  if (other) return problemAt(other, "A mute has projects and kinds only.");
  const end = { text: "", at: words.length };
  if (projects.length + kinds.length + unwanted.length === 0) {
    return problemAt(end, "Name a project or a kind to mute, such as `group/name` or `pipeline`.");
  }
  if (projects.length > 0 && projects.every(({ not }) => not)) {
    return problemAt(end, "Name the projects to mute, too: `**` means every project.");
  }
  const kept = unwanted.reduce((left, { choice }) => left.flatMap((kind) => without(kind, choice)), kinds);
  const alone = unwanted.find(({ choice }) => !kinds.some(({ kind }) => kind === choice.kind)) ?? unwanted.at(-1);
  if (alone && (kept.length === 0 || kinds.every(({ kind }) => kind !== alone.choice.kind))) {
    return problemAt(alone.word, "This is taken away from nothing that is muted.");
  }
  return { mute: { projects, kinds: kept } };
}

/** The canonical words of a mute. `parseMute` reads them back as the same mute. */
export const formatMute = ({ projects, kinds }: MuteGrammar): string =>
  [...projects.map(({ pattern, not }) => `${not ? "-" : ""}${pattern}`), ...kinds.map(formatKind)].join(" ");

/** Whether a mute is about an event, in whichever channel. */
export function isMuted({ projects, kinds }: MuteGrammar, event: Event): boolean {
  const named = projects.filter(({ pattern }) => projectMatches(pattern, event.project));
  const isWanted = projects.length === 0 || (named.length > 0 && named.every(({ not }) => !not));
  return isWanted && (kinds.length === 0 || kinds.some((choice) => isChosen(event, choice)));
}

/**
 * Why a channel does not hear an event: `muted`, or `muted until …` with the latest end; undefined where it does.
 * @param names the channel's id and `#name`, as far as they are known
 */
export function whyMuted(event: Event, mutes: readonly ChannelMute[], names: readonly string[]): string | undefined {
  const holding = mutes.filter(
    ({ channel, channelName, grammar }) =>
      grammar !== undefined &&
      (names.includes(channel) || names.includes(`#${channelName}`)) &&
      isMuted(grammar, event),
  );
  if (holding.length === 0) return undefined;
  if (holding.some(({ until }) => until === undefined)) return "muted";
  return `muted until ${holding
    .flatMap(({ until }) => until ?? [])
    .toSorted()
    .at(-1)}`;
}
