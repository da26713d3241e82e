import type { PaceSettings } from "../../chaos/check-pace.ts";
import type { History, SentDelivery, SlackCall, StoredDelivery, StoredMessage, Told } from "../../chaos/history.ts";

/** Histories written by hand. Times are milliseconds since their beginning. */

export const settings: PaceSettings = {
  paces: { channel: { rate: 1, burst: 2 }, posts: { rate: 10, burst: 5 }, updates: { rate: 1, burst: 1 } },
  tolerance: 30,
  late: 30,
  grace: 500,
  edits: 7_000,
};

export const sent = (number: number, begun: number, more: Partial<SentDelivery> = {}): SentDelivery => ({
  number,
  workspace: "acme",
  team: "T0A",
  hook: "h1",
  channels: ["C1"],
  attempts: [{ web: "web-1", begun, answered: begun + 10, status: 202, id: `d${number}` }],
  ...more,
});

export const post = (number: number, at: number, more: Partial<SlackCall> = {}): SlackCall => ({
  caller: "worker-1",
  at,
  ended: at + 5,
  method: "chat.postMessage",
  team: "T0A",
  channel: "C1",
  result: "ok",
  posted: true,
  numbers: [number],
  ...more,
});

export const stored = (number: number, more: Partial<StoredDelivery> = {}): StoredDelivery => ({
  id: `d${number}`,
  number,
  workspace: "acme",
  state: "event",
  reason: undefined,
  duplicateOf: undefined,
  ...more,
});

/** Three deliveries of one hook into one channel, one of another workspace; all as it should be. */
export function clean(): History {
  return {
    deliveries: [
      sent(1, 0),
      sent(2, 20),
      sent(3, 40, { channels: ["C1", "C2"] }),
      sent(4, 40, { workspace: "other", team: "T0B", hook: "h2", channels: ["C9"] }),
    ],
    calls: [
      post(1, 100),
      post(2, 200),
      post(3, 1200),
      post(3, 1210, { channel: "C2", caller: "worker-2" }),
      post(4, 1220, { team: "T0B", channel: "C9" }),
    ],
    stored: {
      deliveries: [stored(1), stored(2), stored(3), stored(4, { workspace: "other" })],
      messages: [
        [1, "C1"] as const,
        [2, "C1"] as const,
        [3, "C1"] as const,
        [3, "C2"] as const,
        [4, "C9"] as const,
      ].map(([number, channel]) => ({
        id: `m${number}-${channel}`,
        delivery: `d${number}`,
        workspace: number === 4 ? "other" : "acme",
        channel,
        state: "sent",
        reason: undefined,
        attempts: 1,
        lostAnswers: 0,
      })),
      cards: [],
      objects: [],
    },
    removed: [],
    interruptions: [],
    clockJumps: [],
    ready: [undefined, { store: { reachable: false, durable: null } }, { store: { reachable: true, durable: true } }],
  };
}

const tells = (state: number, news = false): Told => ({ card: 1, kind: "merge_request", state, news });

/** A call that shows a state of object 1 in C5. */
export const show = (state: number, at: number, more: Partial<SlackCall> = {}): SlackCall => ({
  ...post(0, at, { channel: "C5", numbers: [], shows: { card: 1, state }, ts: "5.1" }),
  ...more,
});

export const edit = (state: number, at: number, more: Partial<SlackCall> = {}): SlackCall =>
  show(state, at, { method: "chat.update", posted: false, edited: true, ...more });

const message = (number: number, more: Partial<StoredMessage>): StoredMessage => ({
  ...{ id: `m${number}`, delivery: `d${number}`, workspace: "acme", channel: "C5", state: "sent", reason: undefined },
  ...{ attempts: 1, lostAnswers: 0, ...more },
});

/**
 * Beside the clean ones four states of a merge request: 1 is posted, 3 is news and comes before 2, which comes through
 * two hooks; all as it should be.
 */
export function carded(): History {
  const history = clean();
  const { deliveries, calls, stored: rows } = history;
  const here = { channels: ["C5"] };
  deliveries.push(
    sent(11, 2_000, { ...here, tells: tells(1) }),
    sent(12, 8_000, { ...here, tells: tells(3, true) }),
    sent(13, 8_100, { ...here, tells: tells(2) }),
    sent(14, 8_200, { ...here, hook: "h3", tells: tells(2), repeats: 13 }),
    sent(15, 20_000, { ...here, tells: tells(4) }),
  );
  calls.push(
    show(1, 3_000),
    edit(3, 10_500),
    post(12, 9_000, { channel: "C5", ts: "5.2", thread: "5.1" }),
    edit(4, 22_000, { result: "500", edited: false }),
    edit(4, 29_000),
  );
  const again = stored(14, { state: "duplicate", duplicateOf: "d13" });
  rows.deliveries.push(...[11, 12, 13, 15].map((number) => stored(number)), again);
  rows.messages.push(message(11, { card: "k1" }), message(12, {}));
  rows.objects.push({ card: 1, workspace: "acme", revision: 3 });
  const card = { id: "k1", card: 1, workspace: "acme", channel: "C5", state: "live", ts: "5.1", message: "m11" };
  rows.cards.push({ ...card, shown: 3, due: false });
  return history;
}

export type Change = (history: History) => void;

export const both = (...changes: Change[]): Change => {
  return (history) => {
    for (const one of changes) one(history);
  };
};

/** Changes one row of a history, chosen by its fields. @throws Error when there is none */
export function change<Row extends object>(rows: Row[], where: Partial<Row>, what: Partial<Row>): void {
  const row = rows.find((one) => Object.entries(where).every(([key, value]) => one[key as keyof Row] === value));
  if (!row) throw new Error(`no row like ${JSON.stringify(where)}`);
  Object.assign(row, what);
}

export function remove<Row>(rows: Row[], is: (row: Row) => boolean): void {
  const index = rows.findIndex(is);
  if (index < 0) throw new Error("no such row");
  rows.splice(index, 1);
}
