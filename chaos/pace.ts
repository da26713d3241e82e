/** How often something may be done: `rate` a second, `burst` at once. */
export interface Pace {
  rate: number;
  burst: number;
}

const form = /^(\d+(?:\.\d+)?)\/(s|min|h)(?: burst (\d+))?$/;
const seconds: Record<string, number> = { s: 1, min: 60, h: 3600 };

/** `1/s burst 3`, `240/min burst 20`, or undefined for `off`. @throws Error for anything else */
export function parsePace(text: string): Pace | undefined {
  if (text === "off") return undefined;
  const [, count, unit = "s", burst = "1"] = form.exec(text) ?? [];
  if (count === undefined) throw new Error(`“${text}” is no pace. Write it as “1/s burst 3”, or “off”.`);
  return { rate: Number(count) / (seconds[unit] ?? 1), burst: Number(burst) };
}

/**
 * The generic cell rate algorithm over calls as they come in.
 * https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 * @returns `take` gives for each call the milliseconds that it came before its time, 0 where it kept the pace
 */
export function createMeter({ rate, burst }: Pace): { take(at: number): number; forget(): void } {
  const interval = 1000 / rate;
  let theoretical = Number.NEGATIVE_INFINITY;
  return {
    take(at) {
      const early = Math.max(0, theoretical - (burst - 1) * interval - at);
      theoretical = Math.max(at, theoretical) + interval;
      return early;
    },
    forget() {
      theoretical = Number.NEGATIVE_INFINITY;
    },
  };
}
