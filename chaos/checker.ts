import { checkCards } from "./check-cards.ts";
import { checkDurability, countDurable } from "./check-durability.ts";
import { checkOrder, checkSenders } from "./check-order.ts";
import { checkEdits, checkPace, checkRetryAfter, type PaceSettings } from "./check-pace.ts";
import { checkDoubles, checkInvented, checkLost, checkWorkspaces, type Fate, fatesOf, isFirst } from "./check-posts.ts";
import { type History, wasFrozen } from "./history.ts";
import type { Problem } from "./problem.ts";

export interface Figures {
  /** deliveries that were sent, those with a 2xx, those that got only refusals, those that never got an answer */
  sent: number;
  accepted: number;
  refused: number;
  unanswered: number;
  /** messages owed for what was accepted beside cards and replies, and accepted posts that name a delivery */
  owed: number;
  posted: number;
  /** posts beyond the first of a delivery in a channel, and sends on record whose answer was lost */
  doubles: number;
  /** cards that were posted, and edits that they got */
  cards: number;
  edits: number;
  lostAnswers: number;
  dead: number;
  suppressed: number;
  /** answers to deliveries by their status; 0: there was none */
  answers: Record<string, number>;
  /** calls of Slack by what became of them */
  calls: Record<string, number>;
  /** accepted posts by process */
  shares: Record<string, number>;
  /** milliseconds that the worst call came before its time */
  earliest: number;
  /** posts in another order than accepted, while the database was away and by different processes */
  acrossSpools: number;
  /** times that `/readyz` said that commits reach the disk */
  saidDurable: number;
}

export interface Verdict {
  problems: Problem[];
  figures: Figures;
}

/**
 * Proves that nothing which was accepted is lost, invented, doubled without a record, out of order, over the pace or
 * told to another workspace, and that each card is the only one of its object and ends with the newest state. In the spirit of Jepsen's total-queue checker (https://jepsen.io).
 */
export function check(history: History, settings: PaceSettings): Verdict {
  const fates = fatesOf(history);
  const calls = history.calls.toSorted((a, b) => a.at - b.at);
  const awake = calls.filter((call) => !wasFrozen(call, history.interruptions));
  const { problems: overPace, earliest } = checkPace({ ...history, calls: awake }, settings);
  const all = [...fates.values()];
  const order = checkOrder(all, history.interruptions);
  return {
    problems: [
      ...checkLost(all, calls),
      ...checkInvented(fates, calls),
      ...checkDoubles(all),
      ...order.problems,
      ...checkSenders(awake, history.interruptions),
      ...checkCards(all, { ...history, calls }),
      ...overPace,
      ...checkEdits({ ...history, calls: awake }, settings),
      ...checkRetryAfter({ ...history, calls }, settings),
      ...checkWorkspaces(all, calls),
      ...checkDurability(history.ready),
    ],
    figures: {
      ...count(history, all),
      ...{ earliest, acrossSpools: order.forgiven, saidDurable: countDurable(history.ready) },
    },
  };
}

function count(
  { calls, stored }: History,
  fates: readonly Fate[],
): Omit<Figures, "earliest" | "acrossSpools" | "saidDurable"> {
  const accepted = fates.filter((fate) => fate.accepted !== undefined);
  const refused = fates.filter(
    (fate) => fate.accepted === undefined && fate.sent.attempts.some(({ status }) => status !== undefined),
  );
  const posts = fates.filter(isFirst).flatMap((fate) => [...fate.posts.values()]);
  const inState = (state: string) => stored.messages.filter((message) => message.state === state).length;
  return {
    sent: fates.length,
    accepted: accepted.length,
    refused: refused.length,
    unanswered: fates.length - accepted.length - refused.length,
    owed: sum(accepted.map(({ sent }) => (sent.tells ? 0 : sent.channels.length))),
    posted: sum(posts.map(({ length }) => length)),
    doubles: sum(posts.map(({ length }) => length - 1)),
    cards: calls.filter(({ posted, shows, numbers }) => posted && shows && numbers.length === 0).length,
    edits: calls.filter(({ edited }) => edited).length,
    lostAnswers: sum(stored.messages.map(({ lostAnswers }) => lostAnswers)),
    dead: inState("dead"),
    suppressed: inState("suppressed"),
    answers: tally(fates.flatMap(({ sent }) => sent.attempts.map(({ status = 0 }) => String(status)))),
    calls: tally(calls.map(({ result }) => result)),
    shares: tally(calls.filter(({ posted }) => posted).map(({ caller }) => caller)),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
