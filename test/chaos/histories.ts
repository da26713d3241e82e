import type { PaceSettings } from "../../chaos/check-pace.ts";
import type { History, SentDelivery, SlackCall, StoredDelivery } from "../../chaos/history.ts";

/** Histories written by hand. Times are milliseconds since their beginning. */

export const settings: PaceSettings = {
  paces: { channel: { rate: 1, burst: 2 }, posts: { rate: 10, burst: 5 }, updates: { rate: 1, burst: 1 } },
  tolerance: 30,
  grace: 500,
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
    },
    interruptions: [],
    clockJumps: [],
    ready: [undefined, { store: { reachable: false, durable: null } }, { store: { reachable: true, durable: true } }],
  };
}

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
