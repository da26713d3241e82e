import type { PreparedRequest } from "../request.ts";
import type { Times } from "../statistics.ts";

/** What is sent, and where. */
export interface Traffic {
  port: number;
  /** taken in turn */
  requests: PreparedRequest[];
  /** values of the places beside `number`, taken in turn; at least one */
  targets: Readonly<Record<string, string>>[];
  /** the number of the first request; each has the next one */
  first: number;
}

/** So many connections that are never idle: each sends its next request when the last one was answered. */
export interface ClosedJob extends Traffic {
  kind: "closed";
  connections: number;
  /** how long; the answers of the last requests are waited for, and not counted */
  milliseconds: number;
  /** at most so many requests */
  most?: number;
}

/** Requests at fixed times, whatever becomes of those before them. */
export interface OpenJob extends Traffic {
  kind: "open";
  /** requests a second */
  rate: number;
  milliseconds: number;
}

export type Job = ClosedJob | OpenJob;

/** How many answers had which status; 0: a connection that was lost. */
export type Statuses = Record<number, number>;

export interface ClosedDone {
  kind: "closed";
  sent: number;
  statuses: Statuses;
  /** answers within the time that was to be measured, and that time in seconds */
  answered: number;
  seconds: number;
  /** milliseconds from the first byte sent to the last byte of the answer */
  times: Times;
  /** share of a core that the load itself took: near 1, it is what bounds the figure */
  busy: number;
}

export interface OpenDone {
  kind: "open";
  statuses: Statuses;
  /** when each request's first byte was written, by its number less `first`; milliseconds of `now` */
  sent: Float64Array;
  /** when it was answered; 0: never */
  answered: Float64Array;
  /** milliseconds by which requests were later than their time */
  late: Times;
}

export type Done = ClosedDone | OpenDone;
