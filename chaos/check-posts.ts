import type { History, SentDelivery, SlackCall, StoredDelivery, StoredMessage } from "./history.ts";
import type { Problem } from "./problem.ts";

/** What became of one delivery. */
export interface Fate {
  sent: SentDelivery;
  /** when its first 2xx was received, and from which process */
  accepted: number | undefined;
  acceptedBy: string | undefined;
  rows: StoredDelivery[];
  /** those of a delivery that repeats this one are among them, as posts are: one event, one message */
  messages: StoredMessage[];
  /** accepted posts by channel, in the order of arrival */
  posts: Map<string, SlackCall[]>;
  /** told through several hooks: rows of all of them */
  same: StoredDelivery[];
}

const is2xx = (status: number | undefined) => status !== undefined && status >= 200 && status < 300;

/** Puts together what belongs to each delivery. */
export function fatesOf({ deliveries, calls, stored }: History): Map<number, Fate> {
  const fates = new Map<number, Fate>();
  for (const sent of deliveries) {
    const [first] = sent.attempts
      .filter(({ status }) => is2xx(status))
      .toSorted((a, b) => (a.answered ?? 0) - (b.answered ?? 0));
    const accepted = first && (first.answered ?? 0);
    const { messages, posts, same } = fates.get(sent.repeats ?? sent.number) ?? nothing();
    fates.set(sent.number, { sent, accepted, acceptedBy: first?.web, rows: [], messages, posts, same });
  }
  const numberOf = new Map<string, number>();
  for (const row of stored.deliveries) {
    if (row.number === undefined) continue;
    numberOf.set(row.id, row.number);
    const fate = fates.get(row.number);
    fate?.rows.push(row);
    fate?.same.push(row);
  }
  for (const message of stored.messages)
    fates.get(numberOf.get(message.delivery) ?? Number.NaN)?.messages.push(message);
  for (const call of calls.filter(({ posted }) => posted)) {
    for (const number of call.numbers) addTo(fates.get(number)?.posts, call.channel ?? "?", call);
  }
  return fates;
}

const nothing = (): Pick<Fate, "messages" | "posts" | "same"> => ({ messages: [], posts: new Map(), same: [] });

function addTo(posts: Map<string, SlackCall[]> | undefined, channel: string, call: SlackCall): void {
  const known = posts?.get(channel);
  if (known) known.push(call);
  else posts?.set(channel, [call]);
}

/** Failed calls that a message may be given up after. */
export const leastTries = 2;

/** What was answered 2xx is stored, read, and posted or visibly given up. */
export function checkLost(fates: Iterable<Fate>, calls: readonly SlackCall[]): Problem[] {
  const failed = failuresOf(calls);
  return [...fates].flatMap((fate) => {
    if (fate.accepted === undefined) return [];
    const said = new Set(fate.sent.attempts.flatMap(({ id, status }) => (id && is2xx(status) ? [id] : [])));
    const gone = [...said].filter((id) => !fate.rows.some((row) => row.id === id));
    if (gone.length > 0) return [lost(fate, `was answered 2xx as ${gone[0]}, but the store does not have it`)];
    const unread = fate.rows.find(({ state }) => state === "pending");
    if (unread) return [lost(fate, `was answered 2xx, but was never read: it is still pending`)];
    if (!fate.same.some(({ state }) => state !== "duplicate"))
      return [lost(fate, "was answered 2xx, but the store has only duplicates of it")];
    return fate.sent.channels.flatMap((channel) => checkOwed(fate, channel, failed));
  });
}

const lost = ({ sent }: Fate, what: string): Problem => ({ kind: "lost", says: `Delivery ${sent.number} ${what}.` });

/** One channel that is owed a post: it has one, or a message says why not. What a card tells is owed none. */
function checkOwed(fate: Fate, channel: string, failed: Map<string, number>): Problem[] {
  const messages = fate.messages.filter((message) => message.channel === channel);
  const open = messages.find(({ state }) => ["pending", "retry", "uncertain"].includes(state));
  if (open) return [lost(fate, `waits for ${channel} for good: its message is still ${open.state}`)];
  const isOnCard = fate.sent.tells && (!fate.sent.tells.news || messages.some(({ card }) => card !== undefined));
  if (isOnCard || fate.posts.has(channel)) return [];
  const given = messages.find(({ state }) => state === "dead" || state === "suppressed");
  if (!given) {
    const state = messages[0]?.state;
    const but = state ? `its message is “${state}”` : "no message was written for it";
    return [lost(fate, `was never posted in ${channel}, and ${but}`)];
  }
  if (!given.reason) return [lost(fate, `is ${given.state} in ${channel} without a reason`)];
  const tries = failed.get(`${fate.sent.number} ${channel}`) ?? 0;
  if (tries >= leastTries) return [];
  const says = `Delivery ${fate.sent.number} is ${given.state} in ${channel} (${given.reason}) after ${tries} failed calls: given up too early.`;
  return [{ kind: "given up", says }];
}

function failuresOf(calls: readonly SlackCall[]): Map<string, number> {
  const failed = new Map<string, number>();
  for (const { numbers, channel, result } of calls) {
    if (result === "ok") continue;
    for (const number of numbers) {
      const key = `${number} ${channel}`;
      failed.set(key, (failed.get(key) ?? 0) + 1);
    }
  }
  return failed;
}

/** Nothing is posted that was not sent, nor where no rule wants it. */
export function checkInvented(fates: Map<number, Fate>, calls: readonly SlackCall[]): Problem[] {
  return calls.flatMap(({ numbers, channel, posted }) => {
    if (!posted || channel === undefined) return [];
    return numbers.flatMap((number): Problem[] => {
      const fate = fates.get(number);
      if (!fate || fate.sent.attempts.length === 0)
        return [{ kind: "invented", says: `Delivery ${number} was posted in ${channel}, but nobody sent it.` }];
      if (!fate.sent.channels.includes(channel))
        return [{ kind: "invented", says: `Delivery ${number} was posted in ${channel}, which no rule names.` }];
      return [];
    });
  });
}

/** Repeats share posts and messages with what they repeat. */
export const isFirst = ({ sent }: Fate): boolean => sent.repeats === undefined;

/** A post too many is allowed only where a send whose answer was lost is on record. */
export function checkDoubles(fates: Iterable<Fate>): Problem[] {
  return [...fates].filter(isFirst).flatMap(({ sent, posts, messages }) =>
    [...posts].flatMap(([channel, calls]): Problem[] => {
      const recorded = messages
        .filter((message) => message.channel === channel)
        .reduce((sum, { lostAnswers }) => sum + lostAnswers, 0);
      if (calls.length - 1 <= recorded) return [];
      const says = `Delivery ${sent.number} was posted ${calls.length} times in ${channel}, with ${recorded} lost answers on record.`;
      return [{ kind: "double", says }];
    }),
  );
}

/** A workspace hears of its own deliveries only, and its rows stay its own. */
export function checkWorkspaces(fates: Iterable<Fate>, calls: readonly SlackCall[]): Problem[] {
  const all = [...fates];
  const teams = new Map(all.map(({ sent }) => [sent.number, sent.team]));
  const strayed = calls.flatMap(({ numbers, team }) =>
    numbers
      .filter((number) => teams.has(number) && teams.get(number) !== team)
      .map((number) => `Delivery ${number} of team ${teams.get(number)} was told to team ${team}.`),
  );
  const misplaced = all.flatMap(({ sent, rows, messages }) =>
    [...rows, ...messages]
      .filter(({ workspace }) => workspace !== sent.workspace)
      .map(
        ({ id, workspace }) =>
          `Row ${id} of delivery ${sent.number} is in workspace ${workspace}, not ${sent.workspace}.`,
      ),
  );
  return [...strayed, ...misplaced].map((says) => ({ kind: "workspace", says }));
}
