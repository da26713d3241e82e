/** How often something may be done: once in `interval` milliseconds, and after a rest `burst` times at once. */
export interface Pace {
  /** milliseconds */
  interval: number;
  /** at least 1 */
  burst: number;
}

/**
 * A bucket of `burst` tokens that gets one in each interval, kept as the time at which it is full again. All times are
 * milliseconds since 1970. https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */

/** The first time at which a token is there. */
export const nextToken = (fullAt: number, { interval, burst }: Pace): number => fullAt - (burst - 1) * interval;

/**
 * Takes one at `now`. @returns when the bucket is full again: never later than an empty one is, whatever a clock that
 * was set back meanwhile makes of `fullAt`
 */
export const takeToken = (fullAt: number, now: number, { interval, burst }: Pace): number =>
  Math.min(Math.max(fullAt, now), now + (burst - 1) * interval) + interval;
