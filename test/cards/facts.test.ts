import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareKeys, compareOrders, type Facts, known, merge, valueAt, valuesOf } from "../../src/cards/facts.ts";
import { subjectsOf } from "../../src/cards/objects.ts";
import { viewOf } from "../../src/cards/view.ts";
import { pipeline } from "../rules/events.ts";
import { at, learn } from "./learn.ts";
import { stories } from "./stories.ts";

/** Facts merge in any order, in any grouping and any number of times to the same whole. */

const laws = { numRuns: 200, endOnFailure: true };

/** What each delivery of a story says of each of its objects. */
const piecesOf = (story: string) =>
  (stories[story] ?? []).flatMap((event, index) =>
    subjectsOf(event)
      .map(({ object, learn }) => ({ object, facts: learn({}, at(index), () => ({})) }))
      .filter(({ facts }) => Object.keys(facts).length > 0),
  );

const whole = (facts: readonly Facts[]) => facts.reduce(merge, {});

describe.each(Object.keys(stories))("%s", (story) => {
  const pieces = piecesOf(story);
  const objects = [...new Set(pieces.map(({ object }) => object))];
  const all = pieces.map((_, index) => index);
  /** all of them, some more than once, in any order */
  const arrivals = fc
    .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.array(fc.nat(all.length - 1), { maxLength: 20 }))
    .chain(([once, again]) => fc.shuffledSubarray([...once, ...again], { minLength: once.length + again.length }));
  const ofObject = (order: readonly number[], object: string) =>
    order.flatMap((index) => (pieces[index]?.object === object ? pieces[index].facts : []));

  test.each(objects)("%s: shuffled and doubled is the same", (object) => {
    const expected = whole(ofObject(all, object));
    fc.assert(
      fc.property(arrivals, (order) => {
        expect(whole(ofObject(order, object))).toEqual(expected);
      }),
      laws,
    );
  });

  test.each(objects)("%s: it makes no difference what is put together first", (object) => {
    const expected = whole(ofObject(all, object));
    fc.assert(
      fc.property(arrivals, fc.nat(), fc.nat(), (order, first, second) => {
        const facts = ofObject(order, object);
        const [from, to] = [first % (facts.length + 1), second % (facts.length + 1)].sort((a, b) => a - b);
        const [left, middle, right] = [facts.slice(0, from), facts.slice(from, to), facts.slice(to)].map(whole);
        expect(merge(merge(left ?? {}, middle ?? {}), right ?? {})).toEqual(expected);
        expect(merge(left ?? {}, merge(middle ?? {}, right ?? {}))).toEqual(expected);
        expect(merge(right ?? {}, merge(left ?? {}, middle ?? {}))).toEqual(expected);
      }),
      laws,
    );
  });

  test("what is kept as JSON goes on as if it had not been away", () => {
    for (const object of objects) {
      const facts = ofObject(all, object);
      const stored = facts.reduce<Facts>((before, more) => JSON.parse(JSON.stringify(merge(before, more))), {});
      expect(stored).toEqual(JSON.parse(JSON.stringify(whole(facts))));
    }
  });

  test("what cards show does not hang on the order either, though deliveries arrive at other times", () => {
    const events = stories[story] ?? [];
    const shownBy = (order: readonly number[]) => {
      const known = learn(order.flatMap((index) => events[index] ?? []));
      return [...known].map(([object, facts]) =>
        ["", "31", "32", "8", "9", "10"].map((episode) => [object, viewOf(object, facts, episode)]),
      );
    };
    const sorted = (views: ReturnType<typeof shownBy>) =>
      views.map((one) => JSON.stringify(one)).sort((a, b) => (a < b ? -1 : 1));
    const inOrder = sorted(shownBy(events.map((_, index) => index)));
    fc.assert(
      fc.property(fc.shuffledSubarray([...events.keys()], { minLength: events.length }), (order) => {
        expect(sorted(shownBy(order)).map((text) => JSON.parse(text))).toEqual(inOrder.map((text) => JSON.parse(text)));
      }),
      laws,
    );
  });
});

describe("limits", () => {
  const runs = (numbers: readonly number[]): Facts[] =>
    numbers.map((number) => {
      const event = pipeline({ number: String(number) });
      return {
        runs: known(`${number} failed`, [at(number)], {
          number: String(number),
          status: "failed",
          at: at(number),
          event,
          failures: [],
        }),
      };
    });

  test("the highest keys stay, numbers counted as numbers, in whatever order they come", () => {
    const numbers = Array.from({ length: 75 }, (_, index) => index + 60);
    fc.assert(
      fc.property(fc.shuffledSubarray(numbers, { minLength: 75 }), (order) => {
        const kept = valuesOf(whole(runs(order)).runs).map(({ number }) => Number(number));
        expect(kept.length).toBeLessThan(75);
        expect(kept).toEqual(numbers.slice(-kept.length));
      }),
      { numRuns: 30 },
    );
  });

  test("what was dropped does not come back with a repeat, nor push out what is newer", () => {
    const full = whole(runs(Array.from({ length: 75 }, (_, index) => index)));
    expect(merge(full, runs([0])[0] ?? {})).toEqual(full);
  });

  test.each([
    ["reviews", 50],
    ["steps", 20],
    ["lines", 20],
    ["jobs", 300],
    ["deployments", 30],
    ["notes", 50],
    ["pushes", 50],
  ] as const)("of %s %i are kept", (name, most) => {
    const group = Object.fromEntries(
      Array.from({ length: most + 7 }, (_, index) => [`k ${index}`, { order: [], value: { index } }]),
    );
    const kept = Object.keys(merge({}, { [name]: group } as Facts)[name] ?? {});
    expect(kept).toHaveLength(most);
    expect(kept).not.toContain("k 6");
    expect(kept).toContain(`k ${most + 6}`);
  });
});

test("keys may be words that every object has", () => {
  const words = ["constructor", "__proto__", "toString", "hasOwnProperty"];
  const run = (number: string) => ({ number, status: "failed", at: at(0), event: pipeline(), failures: [] });
  const facts = JSON.parse(JSON.stringify(whole(words.map((word) => ({ runs: known(word, [at(0)], run(word)) })))));
  expect(Object.keys(facts.runs).sort()).toEqual(words.toSorted());
  expect(valueAt(facts.runs, "__proto__")).toMatchObject({ number: "__proto__" });
  expect(words.map((word) => valueAt({}, word))).toEqual(words.map(() => undefined));
});

test.each([
  [["2026-01-01", 1], ["2026-01-01", 1], 0],
  [["2026-01-01", 1], ["2026-01-01", 2], -1],
  [["2026-01-02", 1], ["2026-01-01", 9], 1],
  [["", 0], ["2026-01-01"], -1],
] as const)("order %j to %j is %i", (a, b, expected) => {
  expect(Math.sign(compareOrders(a, b))).toBe(expected);
  expect(Math.sign(compareOrders(b, a)) + expected).toBe(0);
});

test("keys are in one order, whatever is in them", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary" }),
      (a, b, c) => {
        expect(Math.sign(compareKeys(a, b)) + Math.sign(compareKeys(b, a))).toBe(0);
        expect(compareKeys(a, b) === 0).toBe(a === b);
        const [x, y, z] = [a, b, c].sort(compareKeys) as [string, string, string];
        expect(compareKeys(x, y) <= 0 && compareKeys(y, z) <= 0 && compareKeys(x, z) <= 0).toBe(true);
      },
    ),
  );
  expect(["10 failed", "9 success", "9 failed"].sort(compareKeys)).toEqual(["9 failed", "9 success", "10 failed"]);
});
