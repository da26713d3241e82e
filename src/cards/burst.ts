import type { Note, Push } from "../events.ts";
import { compareKeys, type Facts, type Group, known, valueAt, valuesOf } from "./facts.ts";
import { opaque } from "./names.ts";
import type { PushesView, TalkView } from "./views.ts";

/** Seconds within which what one person writes is one message. */
const talkGap = 10;
const pushGap = 60;
/** After so many a new message begins: nobody looks at one that scrolled away. */
const mostPushes = 30;

/** Characters of a comment that are kept: no template shows so many. */
const mostText = 2_000;
const mostComments = 20;
const mostCommits = 20;
/** Commits of each push that are kept. */
const mostOfPush = 6;

const distance = (a: string, b: string): number => Math.abs(Date.parse(a) - Date.parse(b)) / 1000;

/** What a comment adds to what its author wrote about an object. */
export function noteFacts(event: Note, before: Facts, arrived: string): Facts {
  const id = noteId(event);
  const note = { ...event, text: event.text?.slice(0, mostText) };
  return { notes: known(id, [event.at ?? "", arrived], { note, burst: burstOfNote(event, before) }) };
}

const noteId = ({ note, at, action }: Note): string => note ?? `${action} ${at}`;

const writtenAt = ({ createdAt, at }: Note): string => createdAt ?? at ?? "";

/** The first comment of the burst to which a comment belongs; itself where it begins one. */
export function burstOfNote(event: Note, { notes = {} }: Facts): string {
  const mine = valueAt(notes, noteId(event));
  if (mine) return mine.burst;
  const near = Object.values(notes).find(({ value }) => distance(writtenAt(value.note), writtenAt(event)) <= talkGap);
  return near?.value.burst ?? opaque(noteId(event));
}

/** What one person wrote in a burst: the comment itself while it is the only one and as it was written. */
export function talkView({ notes }: Facts, burst: string): Note | TalkView | undefined {
  const all = valuesIn(notes, burst)
    .map(({ note }) => note)
    .sort((a, b) => (writtenAt(a) < writtenAt(b) ? -1 : 1));
  const [first] = all;
  if (!first) return undefined;
  if (all.length === 1 && first.action !== "update") return first;
  const comments = all
    .slice(-mostComments)
    .map(({ text, url, file, line, action }) => ({ text, url, file, line, edited: action === "update" }));
  return { ...first, action: "talk", comments, commentCount: all.length };
}

/** What a push adds to what its author pushed to a branch. @param arrived forges do not tell when a push was */
export function pushFacts(event: Push, before: Facts, arrived: string): Facts {
  const push = { ...event, commits: event.commits.slice(-mostOfPush), paths: [] };
  const burst = burstOfPush(event, before, arrived);
  const key = keyOfPush(event, before, arrived) ?? newKey(event, arrived);
  return { pushes: known(key, [arrived], { push, burst, arrived }) };
}

const pushId = ({ before, after }: Push): string => `${before}..${after}`;
const newKey = (event: Push, arrived: string): string => `${arrived} ${pushId(event)}`;

/**
 * The newest push, where it is this one: a branch that goes there, back and there again was pushed three times, also
 * where it was somebody else who pushed it back.
 */
function keyOfPush(event: Push, { pushes }: Facts, arrived: string): string | undefined {
  const newest = Object.keys(pushes ?? {})
    .sort(compareKeys)
    .at(-1);
  if (newest === undefined || newest === newKey(event, arrived)) return newest;
  const isNear = distance(valueAt(pushes, newest)?.arrived ?? "", arrived) <= pushGap;
  return isNear && event.before && event.after && newest.endsWith(` ${pushId(event)}`) ? newest : undefined;
}

/** The first push of the burst to which a push belongs; itself where it begins one. */
export function burstOfPush(event: Push, { pushes = {} }: Facts, arrived: string): string {
  const mine = valueAt(pushes, keyOfPush(event, { pushes }, arrived) ?? "");
  if (mine) return mine.burst;
  const near = valuesOf(pushes).findLast((one) => distance(one.arrived, arrived) <= pushGap);
  const isFull = near && valuesIn(pushes, near.burst).length >= mostPushes;
  return near && !isFull ? near.burst : opaque(newKey(event, arrived));
}

/** What one person pushed to a branch in a burst: the push itself while it is the only one. */
export function pushesView({ pushes }: Facts, burst: string): Push | PushesView | undefined {
  const all = valuesIn(pushes, burst)
    .sort((a, b) => (a.arrived < b.arrived ? -1 : 1))
    .map(({ push }) => push);
  const [first] = all;
  const last = all.at(-1);
  if (!first || !last) return undefined;
  if (all.length === 1) return first;
  return {
    ...last,
    action: "several",
    before: first.before,
    commits: all.flatMap(({ commits }) => commits).slice(-mostCommits),
    commitCount: all.reduce((sum, { commitCount }) => sum + commitCount, 0),
    pushes: all.length,
  };
}

const valuesIn = <T extends { burst: string }>(group: Group<T> | undefined, burst: string): T[] =>
  Object.values(group ?? {}).flatMap(({ value }) => (value.burst === burst ? value : []));
