import type { History, Interruption, SlackCall } from "./history.ts";
import { createMeter, type Pace } from "./pace.ts";
import type { Problem } from "./problem.ts";

/** What may be done how often; undefined: as often as it likes. */
export interface Paces {
  /** posts into one channel */
  channel: Pace | undefined;
  /** posts into one workspace */
  posts: Pace | undefined;
  /** updates in one workspace */
  updates: Pace | undefined;
}

export interface PaceSettings {
  paces: Paces;
  /** milliseconds by which a post may seem early: what lies between taking a turn and its arrival varies */
  tolerance: number;
  /** the same for an edit */
  late: number;
  /** milliseconds until all processes know of a 429 */
  grace: number;
  /** milliseconds between two edits of one message */
  edits: number;
}

type Bucket = [pace: Pace | undefined, what: string, key: string];

const methods: Record<string, (call: SlackCall, paces: Paces) => Bucket[]> = {
  "chat.postMessage": ({ team, channel }, { channel: perChannel, posts }) => [
    [perChannel, `posts into ${channel}`, `${team} ${channel}`],
    [posts, `posts into team ${team}`, `${team} posts`],
  ],
  "chat.update": ({ team }, { updates }) => [[updates, `updates in team ${team}`, `${team} updates`]],
};

/**
 * Calls by the token buckets of the settings. A jump of the clock that Belfry has to go by empties what it knows.
 * @returns also the worst case: how many milliseconds a call came before its time
 */
export function checkPace(
  { calls, clockJumps }: Pick<History, "calls" | "clockJumps">,
  { paces, tolerance, late }: PaceSettings,
): { problems: Problem[]; earliest: number } {
  const meters = new Map<string, ReturnType<typeof createMeter>>();
  const jumps = clockJumps.toSorted((a, b) => a - b);
  const problems: Problem[] = [];
  let earliest = 0;
  for (const call of calls) {
    if (jumps.length > 0 && (jumps[0] ?? 0) <= call.at) {
      while ((jumps[0] ?? Number.POSITIVE_INFINITY) <= call.at) jumps.shift();
      for (const meter of meters.values()) meter.forget();
    }
    for (const [pace, what, key] of methods[call.method]?.(call, paces) ?? []) {
      if (!pace) continue;
      const meter = meters.get(key) ?? createMeter(pace);
      meters.set(key, meter);
      const early = meter.take(call.at);
      earliest = Math.max(earliest, early);
      if (early > (call.method === "chat.update" ? late : tolerance))
        problems.push({ kind: "pace", says: `Too many ${what}: one came ${Math.round(early)} ms before its time.` });
    }
  }
  return { problems, earliest };
}

/** A message rests between its edits, and before the first one; a jump of the clock that Belfry has to go by ends that. */
export function checkEdits(
  { calls, clockJumps }: Pick<History, "calls" | "clockJumps">,
  { edits, late }: PaceSettings,
): Problem[] {
  const last = new Map<string, number>();
  return calls.flatMap(({ method, team, channel, ts, at, posted }): Problem[] => {
    if (ts === undefined || (method !== "chat.update" && !posted)) return [];
    const key = [team, channel, ts].join(" ");
    const before = last.get(key);
    last.set(key, at);
    if (before === undefined || at - before >= edits - late) return [];
    if (clockJumps.some((jump) => jump >= before && jump <= at)) return [];
    return [
      { kind: "pace", says: `A message in ${channel} was edited ${Math.round(at - before)} ms after it was touched.` },
    ];
  });
}

/** Milliseconds by which the clocks of two workers may differ: each sets its own by an answer of the database. */
const clocks = 100;

/**
 * No call of a method and workspace while a `Retry-After` runs. Calls that were under way when it was said are let off,
 * and one that nobody could write down: the process was killed, or the database was away.
 */
export function checkRetryAfter(
  { calls, interruptions, clockJumps }: Pick<History, "calls" | "interruptions" | "clockJumps">,
  { grace }: PaceSettings,
): Problem[] {
  const waits = new Map<string, { from: number; until: number }>();
  const events = calls.flatMap((call) => [
    { at: call.at, call, over: false },
    ...(call.retryAfter !== undefined && call.ended !== undefined ? [{ at: call.ended, call, over: true }] : []),
  ]);
  const problems: Problem[] = [];
  for (const { at, call, over } of events.toSorted((a, b) => a.at - b.at)) {
    const key = `${call.team} ${call.method}`;
    if (over) {
      if (!couldNote(call, at, grace, interruptions)) continue;
      const until = at + (call.retryAfter ?? 0) * 1000;
      const known = waits.get(key);
      if (!known || known.until < until) waits.set(key, { from: at, until });
      continue;
    }
    const wait = waits.get(key);
    if (!wait || at <= wait.from + grace || at >= wait.until - clocks) continue;
    if (clockJumps.some((jump) => jump >= wait.from - grace && jump <= at)) continue;
    const left = Math.round(wait.until - at);
    const says = `${call.caller} called ${call.method} in team ${call.team}, though Slack had asked to wait ${left} ms more.`;
    problems.push({ kind: "pace", says });
  }
  return problems;
}

const couldNote = (call: SlackCall, at: number, grace: number, interruptions: readonly Interruption[]) =>
  !interruptions.some(
    ({ process, from, until }) =>
      (process === undefined || process === call.caller) && from <= at + grace && until >= at - grace,
  );
