import { expect, test } from "vitest";
import { benchmarksWith, isWanted } from "../../bench/names.ts";
import { Refusal } from "../../bench/refusal.ts";
import { type BenchmarkName, benchmarkNames } from "../../bench/results.ts";

const has = (...names: string[]) => ({ names: () => names });
const all = Object.fromEntries(benchmarkNames.map((name) => [name, has("sqlite", "postgres")])) as Record<
  BenchmarkName,
  { names: () => string[] }
>;
const benchmarks = { ...all, receive: has("raw", "control-sqlite"), memory: has("sqlite") };

test("without --only all that was asked for is measured", () => {
  expect(benchmarksWith([], ["receive", "start"], benchmarks)).toEqual(["receive", "start"]);
  expect(isWanted([], "raw")).toBe(true);
});

test("a part of a name is enough, and benchmarks that have nothing of it are left out", () => {
  expect(benchmarksWith(["control", "postgres"], ["receive", "memory", "start"], benchmarks)).toEqual([
    "receive",
    "start",
  ]);
  expect(isWanted(["control", "postgres"], "control-sqlite")).toBe(true);
  expect(isWanted(["control", "postgres"], "raw")).toBe(false);
});

test("a name that is in none of those asked for is refused, with the names there are", () => {
  const refused = () => benchmarksWith(["raw", "postgres"], ["receive", "memory"], benchmarks);
  expect(refused).toThrow(Refusal);
  expect(refused).toThrow(
    "--only postgres: nothing has that in its name. There are:\n  receive: raw, control-sqlite\n  memory: sqlite",
  );
});
