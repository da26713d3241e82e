import type { Outcome } from "../slack/errors.ts";
import type { DeliveryState, MessageState } from "../store/schema.ts";

/** What we take the time of: `delay` is all of a delivery's way, from its request to its message in the channel. */
export type Timed = "receive" | "store" | "read" | "render" | "delay";

export type Arrival = "stored" | "duplicate";
export type ReadState = Exclude<DeliveryState, "pending">;
export type MessageStep = Exclude<MessageState, "pending">;
/** post a message, edit one, look for one whose answer was lost, ask who reads a channel, ask whether the token is taken */
export type Call = "post" | "update" | "find" | "channel" | "check";
export type CallOutcome = "ok" | Outcome;

/**
 * What the parts of Belfry count. Nothing here fails or waits, and nothing of a payload comes in: forges and kinds
 * that our own tables do not know are counted as `other`.
 */
export interface Metrics {
  /** A delivery was stored, or was known already. */
  arrived(forge: string, outcome: Arrival): void;
  /** A request to a hook was refused with this status; undefined: it ended before it was complete. */
  refused(status: number | undefined): void;
  /** A delivery was read. `kind`: of its event */
  read(forge: string, outcome: ReadState, kind?: string): void;
  /** A message took a step; `retry` and `uncertain` count as often as they happen. */
  message(step: MessageStep): void;
  /** A call to Slack ended. */
  slackCall(call: Call, outcome: CallOutcome, seconds: number): void;
  took(what: Timed, seconds: number): void;
}

export const noMetrics: Metrics = {
  arrived: () => {},
  refused: () => {},
  read: () => {},
  message: () => {},
  slackCall: () => {},
  took: () => {},
};

/** The same function, with the time that each call takes told to `took`, also where it fails. */
export const timed =
  <In extends readonly unknown[], Out>(
    { took }: Pick<Metrics, "took">,
    what: Timed,
    work: (...values: In) => Promise<Out>,
  ) =>
  async (...values: In): Promise<Out> => {
    const began = performance.now();
    try {
      return await work(...values);
    } finally {
      took(what, (performance.now() - began) / 1000);
    }
  };

/** Seconds from the making of one of our ids until `now`: a UUIDv7 begins with its time in milliseconds. */
export const secondsSince = (id: string, now: Date): number =>
  Math.max(0, now.getTime() - Number.parseInt(id.replace("-", "").slice(0, 12), 16)) / 1000;
