import type { Fate } from "./check-posts.ts";
import type { Interruption, SlackCall } from "./history.ts";
import type { Problem } from "./problem.ts";

interface Placed {
  number: number;
  begun: number;
  accepted: number;
  acceptedBy: string | undefined;
  /** arrival of its first accepted post */
  posted: number;
}

/**
 * If the 2xx of A was received before B's request began, A's first post arrives before B's in every channel. Promised
 * per hook.
 * @param outages while the database is away each process that receives has a queue of its own, and knows nothing of the
 * others: A counts only for what the same process took
 * @returns also how often that was made use of
 */
export function checkOrder(
  fates: Iterable<Fate>,
  outages: readonly Interruption[],
): { problems: Problem[]; forgiven: number } {
  const lines = new Map<string, Placed[]>();
  const all = [...fates];
  const repeated = new Set(all.map(({ sent }) => sent.repeats));
  for (const { sent, accepted, acceptedBy, posts } of all) {
    // Nobody knows which of its hooks it came through.
    if (sent.repeats !== undefined || repeated.has(sent.number)) continue;
    const begun = Math.min(...sent.attempts.map((attempt) => attempt.begun));
    for (const [channel, [first]] of posts) {
      if (!first) continue;
      const key = JSON.stringify([sent.hook, channel]);
      const line = lines.get(key) ?? [];
      lines.set(key, line);
      // Without a 2xx nothing comes after it, but it must still come after what was accepted before it.
      const end = accepted ?? Number.POSITIVE_INFINITY;
      // Sent to several processes, any of them may have been the one that stored it first.
      const webs = new Set(sent.attempts.map(({ web }) => web));
      const storedBy = webs.size > 1 ? `several, ${sent.number}` : acceptedBy;
      line.push({ number: sent.number, begun, accepted: end, acceptedBy: storedBy, posted: first.at });
    }
  }
  const problems: Problem[] = [];
  let pairs = 0;
  for (const [key, line] of lines) {
    const [, channel] = JSON.parse(key);
    pairs += pairsOf(line, line).length;
    for (const web of new Set(line.map(({ acceptedBy }) => acceptedBy))) {
      const counting = line.filter((one) => one.acceptedBy === web || !isWithin(one.accepted, outages));
      const ours = line.filter(({ acceptedBy }) => acceptedBy === web);
      problems.push(...pairsOf(counting, ours).map((pair) => problemOf(channel, pair)));
    }
  }
  return { problems, forgiven: pairs - problems.length };
}

interface Pair {
  earlier: Placed;
  later: Placed;
}

function problemOf(channel: string, { earlier, later }: Pair): Problem {
  const before = Math.round(earlier.posted - later.posted);
  const says = `In ${channel} delivery ${later.number} was posted ${before} ms before ${earlier.number}, which was accepted before it was sent.`;
  return { kind: "order", says };
}

/** Milliseconds after an outage until each process has seen that it is over, and its queue is empty. */
const afterOutage = 15_000;

const isWithin = (at: number, outages: readonly Interruption[]) =>
  outages.some(({ process, from, until }) => process === undefined && at >= from && at <= until + afterOutage);

/** For each that came too early: the one that should have come before it and came last. */
function pairsOf(earliers: readonly Placed[], laters: readonly Placed[]): Pair[] {
  const byAnswer = earliers.toSorted((a, b) => a.accepted - b.accepted);
  const pairs: Pair[] = [];
  let latest: Placed | undefined;
  let next = 0;
  for (const later of laters.toSorted((a, b) => a.begun - b.begun)) {
    for (; (byAnswer[next]?.accepted ?? Number.POSITIVE_INFINITY) < later.begun; next++) {
      const earlier = byAnswer[next];
      if (earlier && earlier.posted > (latest?.posted ?? Number.NEGATIVE_INFINITY)) latest = earlier;
    }
    if (latest && latest.posted > later.posted) pairs.push({ earlier: latest, later });
  }
  return pairs;
}

/**
 * Milliseconds by which the end of a call may be noted too late: beginnings and ends are events of one process, which
 * may learn of a closed connection in the turn after the one that brings the next call.
 */
const noted = 20;

/**
 * One sender per channel and one editor per message at a time: no call begins while another is under way. A call ends with its caller, however long
 * Slack goes on with it.
 */
export function checkSenders(calls: readonly SlackCall[], interruptions: readonly Interruption[]): Problem[] {
  const endOf = ({ caller, at, ended = Number.POSITIVE_INFINITY }: SlackCall) =>
    Math.min(
      ended,
      ...interruptions.flatMap(({ process, from }) => (process === caller && from >= at && from <= ended ? from : [])),
    );
  const busy = new Map<string, SlackCall>();
  return calls.flatMap((call): Problem[] => {
    if (call.channel === undefined || !call.method.startsWith("chat.")) return [];
    // Edits go beside posts, each message by itself.
    const key = [call.team, call.channel, call.method, call.method === "chat.update" && call.ts].join(" ");
    const before = busy.get(key);
    const end = before ? endOf(before) : Number.NEGATIVE_INFINITY;
    if (endOf(call) >= end) busy.set(key, call);
    if (!before || call.at >= end - noted) return [];
    const says = `${call.caller} called ${call.method} for ${call.channel} while a call of ${before.caller} was under way.`;
    return [{ kind: "two senders", says }];
  });
}
