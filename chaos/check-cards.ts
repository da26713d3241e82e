import { type Fate, leastTries } from "./check-posts.ts";
import { type History, type SlackCall, type StoredCard, type Told, wasFrozen } from "./history.ts";
import type { Problem, ProblemKind } from "./problem.ts";

type Recorded = Pick<History, "calls" | "stored" | "removed" | "interruptions">;

/** All that is about one object in one channel. */
interface Line {
  tells: Told;
  channel: string;
  /** deliveries that tell states of it */
  fates: Fate[];
  /** calls that tell of it there, failed ones too */
  calls: SlackCall[];
  /** accepted posts of its card */
  roots: SlackCall[];
  /** Slack's ids of those that a person deleted */
  removed: string[];
  stored: StoredCard | undefined;
}

/**
 * One card for each object and channel, which shows its states in the order of their time and ends with the newest; news
 * in its thread; all in its own workspace.
 */
export function checkCards(fates: readonly Fate[], recorded: Recorded): Problem[] {
  const objects = new Map<number, Fate[]>();
  for (const fate of fates) {
    const card = fate.sent.tells?.card;
    if (card !== undefined) objects.set(card, [...(objects.get(card) ?? []), fate]);
  }
  const numbers = new Map(fates.flatMap(({ sent }) => (sent.tells ? [[sent.number, sent.tells.card]] : [])));
  const about = Map.groupBy(recorded.calls, ({ shows, numbers: [number] }) => shows?.card ?? numbers.get(number ?? -1));
  return [
    ...strangers(objects, recorded.calls),
    ...[...objects].flatMap(([card, told]) =>
      linesOf(told, about.get(card) ?? [], recorded).flatMap((line) => [
        ...checkOnly(line),
        ...checkForwards(line, recorded),
        ...checkNewest(line, recorded),
        ...checkReplies(line),
      ]),
    ),
  ];
}

function linesOf(fates: Fate[], calls: readonly SlackCall[], { stored, removed }: Recorded): Line[] {
  const [first] = fates;
  const tells = first?.sent.tells;
  if (!tells) return [];
  return first.sent.channels.map((channel) => {
    const here = calls.filter((call) => call.channel === channel);
    const roots = here.filter(isRoot);
    return {
      ...{ tells, channel, fates, roots, calls: here },
      removed: removed
        .filter((one) => one.channel === channel && roots.some(({ ts }) => ts === one.ts))
        .map(({ ts }) => ts),
      stored: stored.cards.find((card) => card.card === tells.card && card.channel === channel),
    };
  });
}

/** What names a delivery is news, and where it is in no thread that is found elsewhere. */
const isRoot = ({ posted, shows, thread, numbers }: SlackCall) =>
  posted && shows !== undefined && thread === undefined && numbers.length === 0;

const problem = (kind: ProblemKind, { tells, channel }: Pick<Line, "tells" | "channel">, says: string): Problem => ({
  kind,
  says: `The card of ${tells.kind} ${tells.card} in ${channel} ${says}.`,
});

/** A card shows what somebody sent, where a rule wants it, to its own workspace. */
function strangers(objects: ReadonlyMap<number, Fate[]>, calls: readonly SlackCall[]): Problem[] {
  return calls.flatMap(({ shows, channel, team, posted, edited }): Problem[] => {
    if (!shows || channel === undefined) return [];
    const fates = objects.get(shows.card) ?? [];
    const sent = fates.find((fate) => fate.sent.tells?.state === shows.state)?.sent;
    const what = `State ${shows.state} of object ${shows.card}`;
    if (sent && sent.team !== team)
      return [{ kind: "workspace", says: `${what} of team ${sent.team} was told to team ${team}.` }];
    if (!posted && !edited) return [];
    if (!sent) return [{ kind: "invented", says: `${what} was shown in ${channel}, but nobody sent it.` }];
    if (sent.channels.includes(channel)) return [];
    return [{ kind: "invented", says: `${what} was shown in ${channel}, which no rule names.` }];
  });
}

const messagesOf = ({ fates, channel }: Line) =>
  [...new Set(fates.flatMap(({ messages }) => messages))].filter((message) => message.channel === channel);

/** Another card only for a send whose answer was lost, which is on record, or where a person deleted the one before. */
function checkOnly(line: Line): Problem[] {
  const lost = messagesOf(line)
    .filter(({ card }) => card !== undefined)
    .reduce((sum, { lostAnswers }) => sum + lostAnswers, 0);
  const [times, gone] = [line.roots.length, line.removed.length];
  if (times - 1 <= lost + gone) return [];
  return [problem("second card", line, `was posted ${times} times, with ${lost} lost answers and ${gone} deleted`)];
}

/** A worker that was held still may say in the end what was true before. */
function checkForwards(line: Line, { interruptions }: Recorded): Problem[] {
  let newest = 0;
  return line.calls.flatMap((call): Problem[] => {
    if (!call.shows || !(call.edited || isRoot(call)) || wasFrozen(call, interruptions)) return [];
    const { state } = call.shows;
    const before = newest;
    newest = Math.max(newest, state);
    return state >= before ? [] : [problem("backwards", line, `shows state ${state} after ${before}`)];
  });
}

/** What is shown in the end is the newest state that was accepted, and the store knows that. */
function checkNewest(line: Line, recorded: Recorded): Problem[] {
  const { fates, stored, channel, tells, calls } = line;
  const told = fates.filter(({ accepted, rows }) => accepted !== undefined || rows.length > 0);
  if (told.length === 0) return [];
  const newest = Math.max(...told.map(({ sent }) => sent.tells?.state ?? 0));
  if (!stored) return [problem("lost", line, "is not in the store")];
  const [workspace] = fates.map(({ sent }) => sent.workspace);
  if (stored.workspace !== workspace) return [problem("workspace", line, `is in workspace ${stored.workspace}`)];
  if (stored.state === "gone" && line.removed.length > 0) return [];
  if (stored.state !== "live") return [problem("given up", line, `is ${stored.state}`)];
  if (stored.ts === undefined) return checkUnposted(line, stored);
  if (line.removed.includes(stored.ts)) return [];
  if (!line.roots.some(({ ts }) => ts === stored.ts))
    return [problem("lost", line, `is said to be ${stored.ts}, which nobody posted in ${channel}`)];
  const last = calls.findLast((call) => call.ts === stored.ts && (call.edited || isRoot(call)));
  const revision = recorded.stored.objects.find(({ card }) => card === tells.card)?.revision;
  return [
    ...(stored.due ? [problem("stale", line, "is still to be edited")] : []),
    ...(last?.shows?.state === newest
      ? []
      : [problem("stale", line, `shows state ${last?.shows?.state} in the end, not ${newest}`)]),
    ...(stored.due || stored.shown === revision
      ? []
      : [problem("stale", line, `shows revision ${stored.shown} of ${revision} by the store`)]),
  ];
}

/** It was never posted: that was tried, and its message says why not. */
function checkUnposted(line: Line, stored: StoredCard): Problem[] {
  const message = messagesOf(line).find(({ id }) => id === stored.message);
  const tries = line.calls.filter(({ method, result }) => method === "chat.postMessage" && result !== "ok").length;
  if (message?.state === "dead" && message.reason && tries >= leastTries) return [];
  const state = message ? `“${message.state}” (${message.reason})` : "not there";
  return [problem(message?.reason ? "given up" : "lost", line, `was never posted: its message is ${state}`)];
}

/** News are in the thread of the card, or in none while there is no card to reply to. */
function checkReplies(line: Line): Problem[] {
  const isGiven = line.removed.length > 0 || messagesOf(line).some(({ card, state }) => card && state === "dead");
  return line.calls.flatMap(({ posted, numbers: [number], thread }): Problem[] => {
    if (!posted || number === undefined) return [];
    const where = thread === undefined ? "no thread" : "another thread";
    const isThere = thread === undefined ? isGiven : line.roots.some(({ ts }) => ts === thread);
    return isThere ? [] : [problem("thread", line, `has news in ${where}: those of delivery ${number}`)];
  });
}
