import { expect, test } from "vitest";
import type { Look } from "../../src/operation/look.ts";
import { type Facts, readiness } from "../../src/operation/readiness.ts";

const backlog = { deliveries: { count: 3, oldest: 12.4 }, messages: { count: 5, oldest: 99.6 }, lanes: 2 };
const here: Look = { reachable: true, durable: true, backlog };
const away: Look = { reachable: false, durable: undefined, backlog: undefined };
const facts: Facts = {
  engine: "postgres",
  look: here,
  slack: true,
  spool: undefined,
  now: new Date("2026-11-20T10:00:10Z"),
};
const spool = {
  state: "away" as const,
  deliveries: 7,
  bytes: 70,
  oldest: new Date("2026-11-20T10:00:07Z"),
  aside: 1,
  lasts: false,
};

test("all is well", () => {
  expect(readiness(facts)).toEqual({
    ready: true,
    store: { engine: "postgres", reachable: true, durable: true },
    deliveries: { pending: 3, oldestSeconds: 12 },
    messages: { open: 5, oldestSeconds: 100, lanes: 2 },
    slack: { reachable: true },
    spool: null,
  });
});

test.each<[name: string, change: Partial<Facts>, ready: boolean]>([
  ["the store is away", { look: away }, false],
  ["a commit is not on disk", { look: { ...here, durable: false } }, false],
  ["Slack is away", { slack: false }, true],
  ["Slack was not called yet", { slack: undefined }, true],
  ["the store is away, and there is a spool", { look: away, spool }, true],
  [
    "a commit is not on disk, and there is a spool",
    { look: { ...here, durable: false }, spool: { ...spool, state: "here" } },
    false,
  ],
])("%s", (_, change, ready) => {
  expect(readiness({ ...facts, ...change }).ready).toBe(ready);
});

test("an empty spool", () => {
  const empty = { ...spool, state: "here" as const, deliveries: 0, oldest: undefined, aside: 0 };
  expect(readiness({ ...facts, spool: empty }).spool).toMatchObject({ deliveries: 0, oldestSeconds: 0 });
});

test("what is not known is null, not 0", () => {
  expect(readiness({ ...facts, look: away, slack: undefined, spool })).toEqual({
    ready: true,
    store: { engine: "postgres", reachable: false, durable: null },
    deliveries: null,
    messages: null,
    slack: { reachable: null },
    spool: { state: "away", deliveries: 7, oldestSeconds: 3, setAside: 1, lasts: false },
  });
});
