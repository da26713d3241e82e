const unknown = 30;
const longest = 3600;

/** Seconds to wait, 1 to 3600, from a `Retry-After`; 30 where it is missing or no number of seconds. */
export function retryAfter(value: unknown): number {
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof seconds !== "number" || Number.isNaN(seconds) || seconds < 0) return unknown;
  return Math.max(1, Math.min(longest, Math.ceil(seconds)));
}
