import type { Target } from "./results.ts";
import { median } from "./statistics.ts";

interface Wanted {
  says: string;
  /** of the rounds; what counts is their median */
  values: readonly number[];
  /** the bound */
  than: number;
  unit?: string;
  digits?: number;
}

/** Wants the median to be at least so much; without a value it is missed. */
export const atLeast = (wanted: Wanted): Target => target(wanted, "at least", (value, than) => value >= than);

/** Wants the median to be at most so much; without a value it is missed. */
export const atMost = (wanted: Wanted): Target => target(wanted, "at most", (value, than) => value <= than);

function target(
  { says, values, than, unit = "", digits = 2 }: Wanted,
  words: string,
  isMet: (value: number, than: number) => boolean,
): Target {
  const value = median(values);
  return {
    says,
    wanted: `${words} ${than}${unit}`,
    got: Number.isNaN(value) ? "not measured" : `${value.toFixed(digits)}${unit}`,
    isMet: isMet(value, than),
  };
}
