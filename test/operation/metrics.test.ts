import { v7 as uuid } from "uuid";
import { expect, test } from "vitest";
import { secondsSince, timed } from "../../src/operation/metrics.ts";

test("an id of ours tells when it was made", () => {
  const made = Date.parse("2026-11-20T10:00:00.000Z");
  const id = uuid({ msecs: made });
  expect(secondsSince(id, new Date(made + 90_500))).toBe(90.5);
  // The clocks of two machines differ a little.
  expect(secondsSince(id, new Date(made - 5))).toBe(0);
});

test("the time of work is taken, also where it fails", async () => {
  const took: [string, number][] = [];
  const metrics = { took: (what: string, seconds: number) => void took.push([what, seconds]) };
  const double = timed(metrics, "store", async (number: number) => {
    if (number < 0) throw new Error("negative");
    return number * 2;
  });
  expect(await double(4)).toBe(8);
  await expect(double(-1)).rejects.toThrow("negative");
  expect(took.map(([what]) => what)).toEqual(["store", "store"]);
  expect(took.every(([, seconds]) => seconds >= 0 && seconds < 60)).toBe(true);
});
