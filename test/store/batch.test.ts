import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batched } from "../../src/store/batch.ts";

/** Limits of a number of items alone. */
const upTo = (items: number, waiting: number) => ({
  most: { items, size: Number.POSITIVE_INFINITY },
  waiting,
  sizeOf: () => 1,
});
const limits = upTo(100, 2_000);

/** A write that notes its batches and ends when it is told to. */
function createWrite() {
  const batches: number[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  const write = (items: number[]) =>
    new Promise<string[]>((resolve, reject) => {
      batches.push(items);
      ends.push((error) => (error ? reject(error) : resolve(items.map((item) => `wrote ${item}`))));
    });
  /** ends the oldest open write, once it has begun */
  const end = async (error?: Error) => {
    while (ends.length === 0) await new Promise(setImmediate);
    ends.shift()?.(error);
  };
  return { batches, write, end };
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

describe("what is written together", () => {
  test("calls of one turn of the event loop", async () => {
    const { batches, write, end } = createWrite();
    const add = batched(write, limits);
    const results = Promise.all([1, 2, 3].map(add));
    await end();
    expect(await results).toEqual(["wrote 1", "wrote 2", "wrote 3"]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  test("calls of turns that follow each other, as connections that are accepted one in a turn", async () => {
    const { batches, write, end } = createWrite();
    const add = batched(write, limits);
    const results: Promise<string>[] = [];
    for (let item = 0; item < 20; item += 1) {
      results.push(add(item));
      await turns(1);
    }
    await end();
    expect(await Promise.all(results)).toHaveLength(20);
    expect(batches).toEqual([Array.from({ length: 20 }, (_, item) => item)]);
  });

  test("calls that arrive while a write is under way", async () => {
    const { batches, write, end } = createWrite();
    const add = batched(write, limits);
    const first = add(1);
    await turns(10);
    const others = [2, 3].map(add);
    await turns(10);
    expect(batches).toEqual([[1]]);
    await end();
    await end();
    expect(await Promise.all([first, ...others])).toEqual(["wrote 1", "wrote 2", "wrote 3"]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  test("never more than the limit", async () => {
    const { batches, write, end } = createWrite();
    const add = batched(write, upTo(2, 10));
    const results = Promise.all([1, 2, 3, 4, 5].map(add));
    for (let n = 0; n < 3; n += 1) await end();
    await results;
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  test("never more than the size together; one that is larger goes alone, and all keep their order", async () => {
    const { batches, write, end } = createWrite();
    const add = batched(write, { most: { items: 100, size: 10 }, waiting: 10, sizeOf: (item) => item });
    const results = Promise.all([4, 6, 1, 9, 25, 3, 7, 8].map(add));
    for (let n = 0; n < 5; n += 1) await end();
    expect(await results).toHaveLength(8);
    expect(batches).toEqual([[4, 6], [1, 9], [25], [3, 7], [8]]);
  });

  test("a call that stays alone is written after a few turns, not kept waiting", async () => {
    const { batches, write, end } = createWrite();
    const result = batched(write, limits)(1);
    await turns(5);
    expect(batches).toEqual([[1]]);
    await end();
    expect(await result).toBe("wrote 1");
  });
});

describe("a write that fails", () => {
  test("fails its own calls and no others", async () => {
    const { write, end } = createWrite();
    const add = batched(write, upTo(2, 10));
    const results = Promise.allSettled([1, 2, 3].map(add));
    const full = new Error("disk full");
    await end(full);
    await end();
    expect(await results).toEqual([
      { status: "rejected", reason: full },
      { status: "rejected", reason: full },
      { status: "fulfilled", value: "wrote 3" },
    ]);
    const later = add(4);
    await end();
    expect(await later).toBe("wrote 4");
  });

  test("by throwing at once, also", async () => {
    let broken = true;
    const add = batched<number, number>((items) => {
      if (broken) throw new Error("broken");
      return Promise.resolve(items);
    }, limits);
    await expect(add(1)).rejects.toThrow("broken");
    broken = false;
    expect(await add(2)).toBe(2);
  });
});

test("beyond what may wait a call is refused with 503, and there is room again afterwards", async () => {
  const { write, end } = createWrite();
  const add = batched(write, upTo(2, 3));
  const results = Promise.all([1, 2, 3].map(add));
  await expect(add(4)).rejects.toMatchObject({ name: "RefusedError", status: 503, retryAfter: 5 });
  await end();
  await end();
  expect(await results).toEqual(["wrote 1", "wrote 2", "wrote 3"]);
  const later = add(5);
  await end();
  expect(await later).toBe("wrote 5");
});

test("whenever calls come: each gets its own result, in order, one write at a time", async () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(pauses, fc.integer({ min: 1, max: 7 }), async (turnsBefore, most) => {
      let open = 0;
      const written: number[] = [];
      const add = batched<number, string>(
        async (items) => {
          open += 1;
          expect(open).toBe(1);
          expect(items.length).toBeLessThanOrEqual(most);
          await turns(items.length % 3);
          written.push(...items);
          open -= 1;
          return items.map((item) => `wrote ${item}`);
        },
        upTo(most, 1_000),
      );
      const results: Promise<string>[] = [];
      for (const [item, pause] of turnsBefore.entries()) {
        await turns(pause);
        results.push(add(item));
      }
      expect(await Promise.all(results)).toEqual(turnsBefore.map((_pause, item) => `wrote ${item}`));
      expect(written).toEqual(turnsBefore.map((_pause, item) => item));
    }),
    { numRuns: 200 },
  );
});
