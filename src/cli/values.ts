import { InvalidArgumentError } from "commander";
import type { Form } from "../rules/file-names.ts";

/** A whole number of an option such as `--limit`. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new InvalidArgumentError("It must be a number from 1 to 10000.");
  return number;
}

/** Reads the value of an option that has a form of its own. */
export const formed =
  ({ fits, says }: Form) =>
  (text: string): string => {
    if (!fits.test(text)) throw new InvalidArgumentError(says);
    return text;
  };
