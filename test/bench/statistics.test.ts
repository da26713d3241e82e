import { expect, test } from "vitest";
import { median, rank, ratios, spread, times } from "../../bench/statistics.ts";

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
  [[], Number.NaN],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("a spread has the ends as well", () => {
  expect(spread([5, 1, 9])).toEqual({ median: 5, least: 1, most: 9 });
  expect(spread([])).toEqual({ median: Number.NaN, least: Number.NaN, most: Number.NaN });
});

test("ratios are taken within a round, where both were measured", () => {
  expect(ratios([10, 30], [20, 20])).toEqual([0.5, 1.5]);
  expect(ratios([10, 30, 40], [20])).toEqual([0.5]);
  expect(ratios([10, Number.NaN], [20, 20])).toEqual([0.5]);
  expect(ratios([], [20])).toEqual([]);
});

test.each([
  [0.5, 2],
  [0.75, 3],
  [0.76, 4],
  [0.99, 4],
  [1, 4],
  [0, 1],
])("of 1, 2, 3 and 4 a share of %d does not exceed %d", (share, expected) => {
  expect(rank([1, 2, 3, 4], share)).toBe(expected);
});

test("times are told of values in any order", () => {
  const values = Array.from({ length: 1000 }, (_, at) => 1000 - at);
  expect(times(values)).toEqual({ p50: 500, p90: 900, p99: 990, most: 1000 });
  expect(times([]).p50).toBeNaN();
});
