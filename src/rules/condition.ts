import type { Event, Kind } from "../events.ts";

export type Values = (string | undefined)[];

/** A property that an event has in words: compared with globs. */
export interface ListCondition {
  /** what it looks at, in one line */
  help: string;
  example: string;
  /** `person`: an `@` in front is dropped · `status`: only words that are one */
  value: "text" | "person" | "status";
  /** the kinds that have the property */
  kinds: readonly Kind[];
  /** its values, empty where the payload lacks them; undefined where the kind has no such property */
  read: (event: Event) => string[] | undefined;
}

/** A property that an event has or has not: `yes` both, `no` without, `only` with. */
export interface SwitchCondition {
  help: string;
  example: string;
  value: "switch";
  /** what holds where a rule does not say */
  absent: "yes" | "no";
  /** the events that have it, for a sentence */
  many: string;
  holds: (event: Event) => boolean;
}

export type EventOf<K extends Kind> = Extract<Event, { kind: K }>;

/** A condition that compares a list, for the table in conditions.ts; `read` is asked for events of `kinds` only. */
export function list<K extends Kind>(
  help: string,
  example: string,
  value: ListCondition["value"],
  kinds: readonly K[],
  read: (event: EventOf<K>) => Values,
): ListCondition {
  const has = (event: Event): event is EventOf<K> => kinds.some((kind) => kind === event.kind);
  const known = (values: Values) => values.filter((text) => text !== undefined).filter((text) => text !== "");
  return { help, example, value, kinds, read: (event) => (has(event) ? known(read(event)) : undefined) };
}
