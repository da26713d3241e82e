/**
 * What can be wrong:
 *
 * lost         accepted, but not stored, not read or not posted
 * given up     dead or suppressed, though Slack was hardly asked
 * invented     posted, but never sent or not wanted there
 * double       posted again without a lost answer on record
 * order        posted before what was accepted earlier
 * two senders  two calls into one channel, or two edits of one message, at once
 * second card  a card again, though the first one is there and no answer was lost
 * backwards    a card that shows less than it did
 * stale        a card that does not show the newest state, or a store that does not know what it shows
 * thread       a reply that is not in the thread of its object's card
 * pace         more often than the settings or a `Retry-After` allow
 * workspace    told to another workspace
 * durability   a 2xx may be lost in a power cut
 * stuck        work that did not end in time
 * refused      not taken, though nothing was broken
 * share        a worker that hardly worked
 * memory       a process that took too much
 * delay        channels that waited for another one
 */
export const problemKinds = [
  "lost",
  "given up",
  "invented",
  "double",
  "order",
  "two senders",
  "second card",
  "backwards",
  "stale",
  "thread",
  "pace",
  "workspace",
  "durability",
  "stuck",
  "refused",
  "share",
  "memory",
  "delay",
] as const;

export type ProblemKind = (typeof problemKinds)[number];

export interface Problem {
  kind: ProblemKind;
  /** one sentence for people */
  says: string;
}
