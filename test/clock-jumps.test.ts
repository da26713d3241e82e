import { expect, test } from "vitest";
import { createClockJumps } from "../src/work/clock-jumps.ts";

const day = 86_400_000;

test.each([
  ["forwards", day],
  ["backwards", -day],
  ["by an hour", 3_600_000],
])("a clock that is set %s is noticed, and forgotten after a while", (_, jump) => {
  let passed = 0;
  let offset = 1_800_000_000_000;
  const jumps = createClockJumps(
    () => offset + passed,
    () => passed,
  );
  const later = (milliseconds: number) => {
    passed += milliseconds;
    jumps.look();
    return jumps.isLately(day);
  };
  expect(later(2_000)).toBe(false);
  // Corrections of a few seconds are every day's.
  offset += 5_000;
  expect(later(2_000)).toBe(false);
  offset += jump;
  expect(later(2_000)).toBe(true);
  expect(later(day - 1)).toBe(true);
  expect(later(1)).toBe(false);
});
