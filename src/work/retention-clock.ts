/** Milliseconds: small steps of a clock are followed at once, a leap forward when it has lasted. */
const step = 3_600_000;
const leap = 6 * 3_600_000;

/**
 * The time by which old rows are removed. It never removes because of a clock that leapt forward for a while: such a
 * leap counts when it has lasted for six hours, until then time goes on from before it. A clock that went back counts
 * at once, because too old is only kept longer.
 * @param now the store's clock, in milliseconds since 1970
 * @param uptime a clock that nobody sets, in milliseconds
 * @param newest when the newest delivery arrived: a clock that is far ahead of it at the start may be wrong, or
 * nothing has come for a while; undefined where there is none
 */
export function createRetentionClock({
  now,
  uptime,
  newest = now(),
}: {
  now: () => number;
  uptime: () => number;
  newest?: number | undefined;
}): () => Date {
  let offset = Math.min(now(), newest) - uptime();
  let leaptAt: number | undefined;
  return () => {
    const up = uptime();
    const ahead = now() - (up + offset);
    if (ahead > step) leaptAt ??= up;
    if (ahead <= step || (leaptAt !== undefined && up - leaptAt >= leap)) {
      offset += ahead;
      leaptAt = undefined;
    }
    return new Date(up + offset);
  };
}
