/** https://docs.slack.dev/apis/web-api/rate-limits: posts per channel and workspace, everything else per method and workspace. */
export interface Limits {
  /** posts a second into one channel, and how many at once */
  channel?: { perSecond: number; burst: number };
  /** posts a minute into one workspace */
  team?: number;
  /** calls a minute of one method in one workspace: `{ "chat.update": 50 }` */
  methods?: Record<string, number>;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets. Returns the seconds to wait, or undefined where the call passes; a refused call uses nothing up. */
export function createLimiter(limits: Limits, now: () => number) {
  const buckets = new Map<string, Bucket>();

  function wants(key: string, perSecond: number, burst: number): { bucket: Bucket; wait: number } {
    const bucket = buckets.get(key) ?? { tokens: burst, at: now() };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now() - bucket.at) / 1000) * perSecond);
    bucket.at = now();
    buckets.set(key, bucket);
    return { bucket, wait: bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / perSecond };
  }

  return (method: string, token: string, team: string, channel: string): number | undefined => {
    const { perSecond, burst } = limits.channel ?? { perSecond: 1, burst: 4 };
    const perMinute = limits.methods?.[method];
    const wanted = [
      ...(limits.channel && method === "chat.postMessage" ? [wants(`${token} ${channel}`, perSecond, burst)] : []),
      ...(limits.team && method === "chat.postMessage" ? [wants(team, limits.team / 60, limits.team)] : []),
      ...(perMinute ? [wants(`${team} ${method}`, perMinute / 60, perMinute)] : []),
    ];
    const wait = Math.max(0, ...wanted.map((one) => one.wait));
    if (wait > 0) return Math.max(1, Math.ceil(wait));
    for (const one of wanted) one.bucket.tokens -= 1;
    return undefined;
  };
}
