/** Everything that a run recorded: what was sent, what the fake Slack saw, what the store holds at the end. Times are milliseconds of the harness's own clock. */
export interface History {
  deliveries: SentDelivery[];
  calls: SlackCall[];
  stored: {
    deliveries: StoredDelivery[];
    messages: StoredMessage[];
    cards: StoredCard[];
    objects: StoredObject[];
  };
  /** messages that a person deleted */
  removed: { channel: string; ts: string; at: number }[];
  interruptions: Interruption[];
  /** when the clock of Belfry's processes jumped */
  clockJumps: number[];
  /** each answer of `/readyz`, as it came; undefined where there was none */
  ready: unknown[];
}

/** One delivery of a forge, and each time that it was sent. */
export interface SentDelivery {
  number: number;
  workspace: string;
  /** Slack's id of the only team that may hear of it */
  team: string;
  hook: string;
  /** the channels that its rules name: each is owed one post, or shows the state that it tells */
  channels: string[];
  /** undefined: it is about nothing that has a card */
  tells?: Told | undefined;
  /** number of the delivery that tells the same event through another hook, and whose number its body carries */
  repeats?: number | undefined;
  attempts: Attempt[];
}

/** One state of a merge request or a pipeline. */
export interface Told {
  /** number of the object: no other one of the run has it */
  card: number;
  kind: "merge_request" | "pipeline";
  /** grows with the object's time, whenever it is sent */
  state: number;
  /** each channel is also owed a reply in the card's thread that names the delivery, unless it is the card that does */
  news: boolean;
}

export interface Attempt {
  /** the process that it was sent to */
  web: string;
  begun: number;
  /** undefined where no answer came */
  answered?: number | undefined;
  status?: number | undefined;
  /** the delivery's id, as the answer says it */
  id?: string | undefined;
}

/** One call of Slack's API. */
export interface SlackCall {
  /** which of our processes called */
  caller: string;
  at: number;
  /** when it was over: answered, or the connection was closed; undefined where it never was */
  ended?: number | undefined;
  method: string;
  team: string | undefined;
  channel: string | undefined;
  /** `ok`, Slack's error word, or the fault that it met */
  result: string;
  /** whether a message stands in the channel because of it */
  posted: boolean;
  /** whether a message shows something else because of it */
  edited?: boolean;
  /** Slack's id of the message that it posted or wants to edit */
  ts?: string | undefined;
  /** the message in whose thread it posts */
  thread?: string | undefined;
  /** seconds of a 429's Retry-After */
  retryAfter?: number | undefined;
  /** the numbers of the deliveries that the text names */
  numbers: number[];
  /** the state of an object that the text shows */
  shows?: Shown | undefined;
}

export interface Shown {
  card: number;
  state: number;
}

export interface StoredDelivery {
  id: string;
  /** the number that its key carries */
  number: number | undefined;
  workspace: string;
  state: string;
  reason: string | undefined;
  duplicateOf: string | undefined;
}

export interface StoredMessage {
  id: string;
  delivery: string;
  workspace: string;
  channel: string;
  state: string;
  reason: string | undefined;
  attempts: number;
  lostAnswers: number;
  /** id of the card that it posts */
  card?: string | undefined;
}

/** The live message of one of our objects in a channel, as the store says. */
export interface StoredCard {
  id: string;
  /** number of the object */
  card: number;
  workspace: string;
  channel: string;
  state: string;
  /** where it is in Slack */
  ts: string | undefined;
  /** revision of the object that it shows */
  shown: number;
  /** it is still to be edited */
  due: boolean;
  /** id of the message that posts it */
  message: string;
}

/** What the store knows of one of our objects. */
export interface StoredObject {
  card: number;
  workspace: string;
  revision: number;
}

/** A time in which a process or the database could not write down what it learned. */
export interface Interruption {
  /** undefined: all of them */
  process: string | undefined;
  from: number;
  until: number;
  /** it was held still and then went on with what it knew, unlike one that was killed */
  frozen?: boolean;
}

/** Whether a call came from a process that was held still shortly before: the others took over meanwhile. */
export const wasFrozen = ({ caller, at }: SlackCall, interruptions: readonly Interruption[]): boolean =>
  interruptions.some(
    ({ process, from, until, frozen }) => frozen === true && process === caller && at >= from - mostCall && at <= until,
  );

/** Milliseconds that a call of Slack takes at most. */
const mostCall = 13_000;
