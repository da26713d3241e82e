/**
 * What can be wrong:
 *
 * lost         accepted, but not stored, not read or not posted
 * given up     dead or suppressed, though Slack was hardly asked
 * invented     posted, but never sent or not wanted there
 * double       posted again without a lost answer on record
 * order        posted before what was accepted earlier
 * two senders  two calls into one channel at once
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
