/** One delivery of a conversation. */
export interface Step {
  /** when the forge sends it, in milliseconds since 1970 */
  at: number;
  /** value of the event header: `Merge Request Hook` */
  header: string;
  payload: object;
}

/** The clock of a day: `at("08:41:17")` in milliseconds since 1970. Conversations are told in UTC. */
export const clockOf =
  (day: string) =>
  (time: string): number =>
    Date.parse(`${day}T${time.padEnd(8, ":00")}Z`);

/** As GitLab writes the times of objects: `2026-03-02 08:41:17 UTC` */
export const utc = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");

/** As GitLab writes the times of commits: `2026-03-02T08:41:17+00:00` */
export const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "+00:00");
