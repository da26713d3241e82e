import { afterEach, beforeEach, expect, test } from "vitest";
import { createLook } from "../../src/operation/look.ts";
import type { Store } from "../../src/store/store.ts";
import { newStorePlace, type StorePlace } from "../support/stores.ts";

let place: StorePlace;
let store: Store;
beforeEach(async () => {
  place = await newStorePlace("sqlite");
  store = await place.open();
});
afterEach(() => place.remove());

/** The store, with how often it is asked, and an answer that may be held back or refused. */
function watch() {
  const state = { asked: 0, until: Promise.resolve(), durable: true };
  const watched: Store = {
    ...store,
    engine: {
      ...store.engine,
      isDurable: async () => {
        state.asked += 1;
        await state.until;
        return state.durable;
      },
    },
  };
  return { state, watched };
}

const gate = () => {
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { until, open };
};

test("many who ask at once or soon after each other ask the store once", async () => {
  const { state, watched } = watch();
  const look = createLook(watched, { fresh: 60_000, patience: 5_000 });
  const all = await Promise.all(Array.from({ length: 50 }, () => look()));
  expect(new Set(all).size).toBe(1);
  expect(await look()).toMatchObject({ reachable: true, durable: true, backlog: { lanes: 0 } });
  expect(state.asked).toBe(1);
});

test("an answer that is old is asked for again", async () => {
  const { state, watched } = watch();
  const look = createLook(watched, { fresh: 0, patience: 5_000 });
  await look();
  state.durable = false;
  expect(await look()).toMatchObject({ reachable: true, durable: false });
});

test("a store that does not answer is unreachable, asked once, and reachable when it answers", async () => {
  const { state, watched } = watch();
  const { until, open } = gate();
  state.until = until;
  const look = createLook(watched, { fresh: 0, patience: 20 });
  expect(await look()).toEqual({ reachable: false, durable: undefined, backlog: undefined });
  expect(await look()).toMatchObject({ reachable: false });
  expect(state.asked).toBe(1);
  open();
  await expect.poll(look).toMatchObject({ reachable: true });
});

test("a store that fails is unreachable", async () => {
  const { state, watched } = watch();
  state.until = Promise.reject(new Error("connection refused"));
  state.until.catch(() => {});
  const look = createLook(watched, { fresh: 0, patience: 5_000 });
  expect(await look()).toMatchObject({ reachable: false });
  state.until = Promise.resolve();
  expect(await look()).toMatchObject({ reachable: true });
});
