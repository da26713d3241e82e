import { Refusal } from "./refusal.ts";
import type { BenchmarkName } from "./results.ts";
import type { Benchmark } from "./run.ts";

/** Whether something of this name is wanted. @param only parts of names; empty: all */
export const isWanted = (only: readonly string[], name: string): boolean =>
  only.length === 0 || only.some((part) => name.includes(part));

/**
 * The benchmarks in which something is wanted.
 * @throws Refusal that lists the names there are, where a part of a name is in none of them
 */
export function benchmarksWith(
  only: readonly string[],
  asked: readonly BenchmarkName[],
  all: Record<BenchmarkName, Pick<Benchmark, "names">>,
): BenchmarkName[] {
  if (only.length === 0) return [...asked];
  const known = asked.map((name) => ({ name, has: all[name].names() }));
  const unknown = only.filter((part) => !known.some(({ has }) => has.some((one) => one.includes(part))));
  if (unknown.length > 0) {
    const lists = known.map(({ name, has }) => `\n  ${name}: ${has.join(", ")}`);
    throw new Refusal(`--only ${unknown.join(",")}: nothing has that in its name. There are:${lists.join("")}`);
  }
  return known.filter(({ has }) => has.some((one) => isWanted(only, one))).map(({ name }) => name);
}
