/** The middle of the values, the mean of the two in the middle where there are two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** What the rounds of one figure had: the median and the ends. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** NaN of none. */
export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  least: values.length === 0 ? Number.NaN : Math.min(...values),
  most: values.length === 0 ? Number.NaN : Math.max(...values),
});

/** Each round's value by that of another in the same round; a round that has only one of them has no ratio. */
export const ratios = (values: readonly number[], bases: readonly number[]): number[] =>
  values.flatMap((value, round) => {
    const base = bases[round];
    return base === undefined || Number.isNaN(value / base) ? [] : [value / base];
  });

/**
 * The value that so large a share of the values does not exceed, by the nearest rank; NaN of none.
 * @param sorted ascending
 */
export function rank(sorted: ArrayLike<number>, share: number): number {
  const at = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return sorted[at] ?? Number.NaN;
}

/** What is told of many times: in the unit of the values. */
export interface Times {
  p50: number;
  p90: number;
  p99: number;
  most: number;
}

export function times(values: Iterable<number>): Times {
  const sorted = Float64Array.from(values).sort();
  return { p50: rank(sorted, 0.5), p90: rank(sorted, 0.9), p99: rank(sorted, 0.99), most: rank(sorted, 1) };
}
