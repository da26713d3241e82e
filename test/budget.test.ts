import { expect, test } from "vitest";
import { createBudget } from "../src/receive/budget.ts";

const busy = expect.objectContaining({ name: "RefusedError", status: 503, retryAfter: 5 });

test("requests together take no more than there is, and what is refused is not counted", () => {
  const budget = createBudget(100);
  const [one, two] = [budget(), budget()];
  one.take(60);
  expect(() => two.take(41)).toThrow(busy);
  two.take(40);
  expect(() => one.take(1)).toThrow(busy);
  expect(() => two.take(1)).toThrow(busy);
});

test("a request gives back all that it took, and nothing of others, however often it is asked", () => {
  const budget = createBudget(100);
  const [one, two] = [budget(), budget()];
  one.take(20);
  one.take(30);
  two.take(50);
  one.release();
  one.release();
  expect(() => budget().take(51)).toThrow(busy);
  budget().take(50);
  expect(() => budget().take(1)).toThrow(busy);
});

test("one that was refused has still to give back what it took before", () => {
  const budget = createBudget(100);
  const one = budget();
  one.take(90);
  expect(() => one.take(20)).toThrow(busy);
  expect(() => budget().take(11)).toThrow(busy);
  one.release();
  budget().take(100);
});
