/**
 * Milliseconds of the machine's monotonic clock, CLOCK_MONOTONIC on Linux: the same in all of its processes, so that
 * one may note the beginning and another the end. https://nodejs.org/docs/latest-v24.x/api/process.html#processhrtimetime
 */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
