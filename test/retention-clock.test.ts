import { describe, expect, test } from "vitest";
import { createRetentionClock } from "../src/work/retention-clock.ts";

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse("2026-03-01T00:00:00Z");

/** A clock that people set, beside one that only goes on; `time()` is what the retention goes by, in hours since the start. */
function clocks({ newest = start }: { newest?: number } = {}) {
  let up = 7_000;
  let set = start;
  const clock = createRetentionClock({ now: () => set, uptime: () => up, newest });
  return {
    pass: (milliseconds: number) => {
      up += milliseconds;
      set += milliseconds;
    },
    leap: (milliseconds: number) => {
      set += milliseconds;
    },
    time: () => (clock().getTime() - start) / hour,
  };
}

test("it goes with the store's clock", () => {
  const { pass, leap, time } = clocks();
  expect(time()).toBe(0);
  pass(10 * hour);
  expect(time()).toBe(10);
  leap(hour / 2);
  expect(time()).toBe(10.5);
});

describe.each([day, 365 * day, 73 * 365 * day])("a leap of %d milliseconds forward", (far) => {
  test("counts for nothing while it lasts less than six hours", () => {
    const { pass, leap, time } = clocks();
    time();
    leap(far);
    for (let minutes = 0; minutes < 359; minutes++) {
      expect(time()).toBeCloseTo(minutes / 60);
      pass(60_000);
    }
    leap(-far);
    expect(time()).toBeCloseTo(359 / 60);
    pass(10 * hour);
    expect(time()).toBeCloseTo(359 / 60 + 10);
  });

  test("counts when it has lasted", () => {
    const { pass, leap, time } = clocks();
    leap(far);
    time();
    pass(6 * hour);
    expect(time()).toBe(6 + far / hour);
  });

  test("begins anew where the clock was right in between", () => {
    const { pass, leap, time } = clocks();
    leap(far);
    time();
    pass(5 * hour);
    leap(-far);
    time();
    leap(far);
    time();
    pass(5 * hour);
    expect(time()).toBe(10);
  });
});

test("a clock that goes back counts at once", () => {
  const { pass, leap, time } = clocks();
  pass(day);
  leap(-2 * day);
  expect(time()).toBe(-24);
  pass(hour);
  expect(time()).toBe(-23);
});

describe("at the start", () => {
  test("a clock far ahead of the newest delivery may be wrong: the newest delivery counts first", () => {
    const { pass, time } = clocks({ newest: start - 9 * day });
    expect(time()).toBe(-9 * 24);
    pass(5 * hour);
    expect(time()).toBe(-9 * 24 + 5);
    pass(hour);
    expect(time()).toBe(6);
  });

  test("a delivery of the future does not", () => {
    expect(clocks({ newest: start + 9 * day }).time()).toBe(0);
  });

  test("without a delivery the clock counts", () => {
    expect(createRetentionClock({ now: () => start, uptime: () => 5 })().getTime()).toBe(start);
  });
});
