import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check } from "../../chaos/checker.ts";
import type { History } from "../../chaos/history.ts";
import { createMeter, parsePace } from "../../chaos/pace.ts";
import { both, type Change, change, clean, post, remove, sent, settings, stored } from "./histories.ts";

/** Each kind of wrong, put into a history where all is well. */

const kinds = (history: History) => check(history, settings).problems.map(({ kind }) => kind);

test("a clean history has no problem, and its figures add up", () => {
  const { problems, figures } = check(clean(), settings);
  expect(problems).toEqual([]);
  expect(figures).toMatchObject({
    sent: 4,
    accepted: 4,
    refused: 0,
    owed: 5,
    posted: 5,
    doubles: 0,
    earliest: 0,
    saidDurable: 1,
  });
  expect(figures.shares).toEqual({ "worker-1": 4, "worker-2": 1 });
});

const messages = (state: string, more: object = {}): Change => {
  return ({ stored: rows }) => change(rows.messages, { id: "m3-C2" }, { state, ...more });
};
const unposted: Change = ({ calls }) => remove(calls, ({ channel }) => channel === "C2");
const failed = (at: number) => post(3, at, { channel: "C2", result: "500", posted: false });

describe("what is wrong is found", () => {
  test.each<[name: string, kind: string, says: string, wrong: Change]>([
    [
      "no row",
      "lost",
      "store does not have it",
      ({ stored: rows }) => remove(rows.deliveries, ({ id }) => id === "d1"),
    ],
    [
      "the answered id is another one's",
      "lost",
      "answered 2xx as dX",
      ({ deliveries }) =>
        change(
          deliveries,
          { number: 1 },
          { attempts: [{ web: "web-1", begun: 0, answered: 9, status: 202, id: "dX" }] },
        ),
    ],
    [
      "never read",
      "lost",
      "still pending",
      ({ stored: rows }) => change(rows.deliveries, { id: "d2" }, { state: "pending" }),
    ],
    [
      "a duplicate of nothing",
      "lost",
      "only duplicates",
      ({ stored: rows }) => change(rows.deliveries, { id: "d2" }, { state: "duplicate", duplicateOf: "d0" }),
    ],
    [
      "no message",
      "lost",
      "no message",
      both(unposted, ({ stored: rows }) => remove(rows.messages, ({ id }) => id === "m3-C2")),
    ],
    ["not sent", "lost", "still pending", both(unposted, messages("pending"))],
    ["said to be sent", "lost", "never posted in C2, and its message is “sent”", unposted],
    ["left uncertain", "lost", "still uncertain", messages("uncertain")],
    ["dead without a word", "lost", "without a reason", both(unposted, messages("dead", { reason: "" }))],
    ["dead at once", "given up", "after 0 failed calls", both(unposted, messages("dead", { reason: "http_500" }))],
    ["suppressed", "given up", "no wish", both(unposted, messages("suppressed", { reason: "no wish" }))],
    ["of nobody", "invented", "nobody sent it", ({ calls }) => void calls.push(post(7, 5000))],
    [
      "in a channel too many",
      "invented",
      "no rule names",
      ({ calls }) => void calls.push(post(1, 5000, { channel: "C2" })),
    ],
    ["twice", "double", "2 times in C1, with 0", ({ calls }) => void calls.push(post(1, 5000))],
    [
      "three times, one on record",
      "double",
      "3 times in C1, with 1",
      ({ calls, stored: rows }) => {
        calls.push(post(1, 5000), post(1, 7000));
        change(rows.messages, { id: "m1-C1" }, { lostAnswers: 1 });
      },
    ],
    [
      "swapped",
      "order",
      "delivery 2 was posted 100 ms before 1",
      ({ calls }) => {
        change(calls, { at: 100 }, { numbers: [2] });
        change(calls, { at: 200 }, { numbers: [1] });
      },
    ],
    [
      "before one much earlier",
      "order",
      "delivery 3 was posted 50 ms before 1",
      ({ calls }) => change(calls, { at: 100 }, { at: 1250, ended: 1251 }),
    ],
    [
      "two at once",
      "two senders",
      "worker-2 called chat.postMessage for C1 while a call of worker-1",
      ({ calls }) => {
        change(calls, { at: 100 }, { ended: 300 });
        change(calls, { at: 200 }, { caller: "worker-2" });
      },
    ],
    [
      "one that never ended",
      "two senders",
      "while a call of worker-1",
      ({ calls }) => change(calls, { at: 100 }, { ended: undefined }),
    ],
    [
      "too many into a channel",
      "pace",
      "posts into C1",
      ({ calls }) => change(calls, { at: 1200 }, { at: 1000, ended: 1001 }),
    ],
    [
      "failed calls count as well",
      "pace",
      "posts into C1",
      ({ calls }) => void calls.push(post(3, 700, { result: "500", posted: false })),
    ],
    [
      "too many into a workspace",
      "pace",
      "posts into team T0A",
      ({ deliveries, calls, stored: rows }) => {
        for (let n = 10; n < 16; n++) {
          deliveries.push(sent(n, 3000, { channels: [`C${n}`] }));
          calls.push(post(n, 4000, { channel: `C${n}` }));
          rows.deliveries.push(stored(n));
        }
      },
    ],
    [
      "too many updates",
      "pace",
      "updates in team T0A",
      ({ calls }) =>
        void calls.push(
          ...[5000, 5500].map((at) => post(1, at, { method: "chat.update", posted: false, channel: `C${at}` })),
        ),
    ],
    [
      "while Slack asked to wait",
      "pace",
      "asked to wait 2105 ms",
      ({ calls }) => void calls.push(post(1, 300, { result: "429", posted: false, retryAfter: 3, channel: "C3" })),
    ],
    [
      "told to another workspace",
      "workspace",
      "Delivery 4 of team T0B was told to team T0A",
      ({ calls }) => change(calls, { at: 1220 }, { team: "T0A" }),
    ],
    [
      "a refused call tells them too",
      "workspace",
      "Delivery 1 of team T0A was told to team T0B",
      ({ calls }) => void calls.push(post(1, 5000, { team: "T0B", result: "channel_not_found", posted: false })),
    ],
    [
      "a row moved to another workspace",
      "workspace",
      "in workspace acme, not other",
      ({ stored: rows }) => change(rows.messages, { id: "m4-C9" }, { workspace: "acme" }),
    ],
    ["no fsync", "durability", "is not durable", ({ ready }) => void ready.push({ store: { durable: false } })],
  ])("%s: %s", (_name, kind, says, wrong) => {
    const history = clean();
    wrong(history);
    expect(check(history, settings).problems).toContainEqual({ kind, says: expect.stringContaining(says) });
  });
});

describe("what only looks wrong is let pass", () => {
  test.each<[name: string, harmless: Change]>([
    [
      "a double on record",
      both(
        ({ calls }) => void calls.push(post(1, 5000)),
        ({ stored: rows }) => change(rows.messages, { id: "m1-C1" }, { lostAnswers: 1 }),
      ),
    ],
    [
      "dead after failures",
      both(
        unposted,
        messages("dead", { reason: "http_500" }),
        ({ calls }) => void calls.push(failed(2500), failed(4000)),
      ),
    ],
    [
      "a refused delivery that nobody has",
      ({ deliveries }) =>
        void deliveries.push(sent(9, 60, { attempts: [{ web: "web-1", begun: 60, answered: 70, status: 503 }] })),
    ],
    [
      "one without an answer that was posted all the same",
      ({ deliveries, stored: rows, calls }) => {
        deliveries.push(sent(9, 3000, { attempts: [{ web: "web-1", begun: 3000 }] }));
        rows.deliveries.push(stored(9));
        calls.push(post(9, 4000));
      },
    ],
    [
      "sent again after its answer was lost",
      ({ deliveries, stored: rows }) => {
        change(
          deliveries,
          { number: 1 },
          {
            attempts: [
              { web: "web-1", begun: 0 },
              { web: "web-1", begun: 900, answered: 910, status: 200, id: "d1b" },
            ],
          },
        );
        rows.deliveries.push(stored(1, { id: "d1b", state: "duplicate", duplicateOf: "d1" }));
      },
    ],
    [
      "sent at the same time, posted the other way round",
      ({ deliveries, calls }) => {
        change(
          deliveries,
          { number: 2 },
          { attempts: [{ web: "web-1", begun: 5, answered: 12, status: 202, id: "d2" }] },
        );
        change(calls, { at: 100 }, { numbers: [2] });
        change(calls, { at: 200 }, { numbers: [1] });
      },
    ],
    [
      "through another hook, the other way round",
      ({ deliveries, calls }) => {
        change(deliveries, { number: 2 }, { hook: "h3" });
        change(calls, { at: 100 }, { numbers: [2] });
        change(calls, { at: 200 }, { numbers: [1] });
      },
    ],
    [
      "taken by two processes while the database was away, the other way round",
      ({ deliveries, calls, interruptions }) => {
        change(
          deliveries,
          { number: 2 },
          { attempts: [{ web: "web-2", begun: 20, answered: 30, status: 202, id: "d2" }] },
        );
        change(calls, { at: 100 }, { numbers: [2] });
        change(calls, { at: 200 }, { numbers: [1] });
        interruptions.push({ process: undefined, from: 0, until: 50 });
      },
    ],
    ["a little early", ({ calls }) => change(calls, { at: 1200 }, { at: 1080, ended: 1081 })],
    ["an end that was noted late", ({ calls }) => change(calls, { at: 100 }, { ended: 215 })],
    [
      "after a jump of the clock",
      ({ calls, clockJumps }) => {
        change(calls, { at: 1200 }, { at: 800, ended: 801 });
        clockJumps.push(750);
      },
    ],
    [
      "under way when Slack asked to wait",
      ({ calls }) => void calls.push(post(1, 716, { result: "429", posted: false, retryAfter: 3, channel: "C3" })),
    ],
    [
      "a Retry-After of another workspace",
      ({ calls }) =>
        void calls.push(
          post(4, 300, { result: "429", posted: false, retryAfter: 60, channel: "C7", team: "T0B", ended: 1_300 }),
        ),
    ],
    [
      "a Retry-After that died with its process",
      ({ calls, interruptions }) => {
        calls.push(post(1, 300, { result: "429", posted: false, retryAfter: 3, channel: "C3" }));
        interruptions.push({ process: "worker-1", from: 310, until: 900 });
      },
    ],
    [
      "a worker that was frozen and woke up",
      ({ calls, interruptions }) => {
        calls.push(post(1, 1190, { channel: "C2", result: "500", posted: false }));
        change(calls, { at: 1210 }, { at: 1192 });
        interruptions.push({ process: "worker-2", from: 500, until: 2000, frozen: true });
      },
    ],
    [
      "a call that Slack goes on with after its caller was killed",
      ({ calls, interruptions }) => {
        change(calls, { at: 100 }, { ended: 300 });
        change(calls, { at: 200 }, { caller: "worker-2" });
        interruptions.push({ process: "worker-1", from: 150, until: 400 });
      },
    ],
  ])("%s", (_name, harmless) => {
    const history = clean();
    harmless(history);
    expect(check(history, settings).problems).toEqual([]);
  });
});

test("a Retry-After of which another process was told nothing counts", () => {
  const history = clean();
  history.calls.push(post(1, 300, { result: "429", posted: false, retryAfter: 3, channel: "C3" }));
  history.interruptions.push({ process: "worker-9", from: 310, until: 900 });
  expect(kinds(history)).toEqual(["pace", "pace"]);
});

describe("pace", () => {
  test.each([
    ["1/s burst 3", { rate: 1, burst: 3 }],
    ["240/min burst 20", { rate: 4, burst: 20 }],
    ["50/s", { rate: 50, burst: 1 }],
    ["off", undefined],
  ])("%s", (text, pace) => expect(parsePace(text)).toEqual(pace));

  test("anything else is refused", () => expect(() => parsePace("often")).toThrow("is no pace"));

  test("what waits as long as the meter says keeps the pace; in any window there are no more than burst and rate allow", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 50 });
    const pace = fc.record({ rate: fc.integer({ min: 1, max: 20 }), burst: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(gaps, pace, (waits, { rate, burst }) => {
        const times: number[] = [];
        let now = 0;
        const [asked, kept] = [createMeter({ rate, burst }), createMeter({ rate, burst })];
        for (const wait of waits) {
          now += wait;
          now += asked.take(now);
          asked.forget();
          times.push(now);
          // The first meter only knows what was really done.
          for (const time of times) asked.take(time);
        }
        expect(times.map((time) => kept.take(time)).every((early) => early < 1e-6)).toBe(true);
        for (const [first, from] of times.entries())
          for (const [last, until] of times.entries())
            if (last >= first)
              expect(last - first + 1).toBeLessThanOrEqual(burst + ((until - from) * rate) / 1000 + 1e-6);
      }),
      { numRuns: 50 },
    );
  });
});
