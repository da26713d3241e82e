import { describe, expect } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { syncFileRules } from "../../src/store/file-rules.ts";
import { addHook, findHook, listHooks, putHook } from "../../src/store/hooks.ts";
import { listRules } from "../../src/store/rules.ts";
import type { Store } from "../../src/store/store.ts";
import { gitlabHook } from "../support/hook.ts";
import { engines, testOn } from "../support/stores.ts";

const hook = gitlabHook("acme", "gitlab", "s3cret");

testOn("postgres")("several processes migrate an empty PostgreSQL at once, and all of them work", async ({ place }) => {
  const stores = await Promise.all([1, 2, 3, 4].map(() => place.open()));
  for (const store of stores) expect(await store.db.selectFrom("belfry_schema").selectAll().execute()).toHaveLength(1);
});

testOn("postgres")("several processes that follow rules.yml on PostgreSQL make each rule once", async ({ place }) => {
  const stores = await Promise.all([1, 2, 3].map(() => place.open()));
  const wanted = ["a", "b", "c"].map((name) => ({ channel: "#api", words: `acme/${name} push` }));
  await Promise.all(stores.map((store) => syncFileRules(store, "acme", wanted)));
  const [store] = stores;
  if (!store) throw new Error("no store");
  expect((await listRules(store, "acme")).map(({ words }) => words)).toEqual(wanted.map(({ words }) => words));
  await Promise.all(stores.map((one) => putHook(one, { ...hook, origin: "file" })));
  expect(await listHooks(store, "acme")).toHaveLength(1);
});

/** What differs between the engines behaves the same. */

describe.each(engines)("%s", (engine) => {
  const test = testOn(engine);

  test("what several processes open is one store", async ({ place, store }) => {
    const stores = [await place.open(), await place.open()];
    const { id } = await addHook(store, hook);
    for (const other of stores) expect(await findHook(other, id)).toMatchObject({ secrets: ["s3cret"] });
  });

  test("a commit is on disk before it returns", async ({ store }) => {
    expect(await store.engine.isDurable(store.db)).toBe(true);
  });

  test("deliveries of many writers are numbered in the order in which they were answered", async ({ place, store }) => {
    const other = await place.open();
    const add = async (from: Store, key: string) =>
      (
        await addDeliveries(from, [
          { workspace: "acme", hook: "h", forge: "gitlab", brand: undefined, key, headers: {}, body: Buffer.from(key) },
        ])
      )[0]?.id;
    const ids = [];
    for (let index = 0; index < 10; index++) ids.push(await add(index % 2 ? store : other, `key ${index}`));
    const rows = await store.db.selectFrom("deliveries").select(["id", "seq"]).orderBy("seq").execute();
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows.every(({ seq }) => typeof seq === "number")).toBe(true);
  });

  test("the clock is near ours and goes on", async ({ store }) => {
    const first = store.now().getTime();
    expect(Math.abs(first - Date.now())).toBeLessThan(5_000);
    expect(store.now().getTime()).toBeGreaterThanOrEqual(first);
  });
});
