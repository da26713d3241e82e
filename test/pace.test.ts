import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextToken, takeToken } from "../src/pace.ts";

const pace = { interval: 1_000, burst: 3 };

test("after a rest a burst goes at once, then one in each interval", () => {
  let now = 50_000;
  let fullAt = 0;
  const gone: number[] = [];
  while (gone.length < 7) {
    now = Math.max(now, nextToken(fullAt, pace));
    gone.push(now - 50_000);
    fullAt = takeToken(fullAt, now, pace);
  }
  expect(gone).toEqual([0, 0, 0, 1_000, 2_000, 3_000, 4_000]);
});

describe("whenever they come", () => {
  const paces = fc.record({ interval: fc.integer({ min: 1, max: 5_000 }), burst: fc.integer({ min: 1, max: 20 }) });
  const waits = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 60 });

  test("no window holds more than the burst and one for each of its intervals", () => {
    fc.assert(
      fc.property(paces, waits, (given, pauses) => {
        let now = 1_000_000;
        let fullAt = 0;
        const gone: number[] = [];
        for (const pause of pauses) {
          now = Math.max(now + pause, nextToken(fullAt, given));
          gone.push(now);
          fullAt = takeToken(fullAt, now, given);
        }
        for (const [from, start] of gone.entries()) {
          for (const [to, end] of gone.entries()) {
            if (to >= from) expect(to - from + 1).toBeLessThanOrEqual(given.burst + (end - start) / given.interval);
          }
        }
      }),
    );
  });

  test("after as many as the burst allows, the next one waits for the first token that comes back", () => {
    fc.assert(
      fc.property(paces, fc.nat(), (given, some) => {
        const count = 1 + (some % given.burst);
        let fullAt = 0;
        for (let taken = 0; taken < count; taken++) fullAt = takeToken(fullAt, 1_000, given);
        expect(nextToken(fullAt, given)).toBe(1_000 + (count - given.burst + 1) * given.interval);
      }),
    );
  });

  test("after a clock was set back by any time, the next one waits an interval at most", () => {
    fc.assert(
      fc.property(paces, fc.integer({ min: 0, max: 10 ** 12 }), (given, fullAt) => {
        const again = nextToken(takeToken(fullAt, 1_000, given), given);
        expect(again).toBeLessThanOrEqual(1_000 + given.interval);
      }),
    );
  });
});
