import { expect } from "vitest";
import { addDeliveries, type NewDelivery } from "../../src/store/add-deliveries.ts";
import { findDelivery, listDeliveries } from "../../src/store/deliveries.ts";
import type { Store } from "../../src/store/store.ts";
import { testOn } from "../support/stores.ts";

const test = testOn("sqlite");

const delivery = (key: string, body: string | Buffer, more: Partial<NewDelivery> = {}): NewDelivery => ({
  workspace: "acme",
  hook: "hook-1",
  forge: "gitlab",
  brand: undefined,
  key,
  headers: {},
  body: Buffer.from(body),
  ...more,
});

test("deliveries of all sizes are stored together, in their order, with their own bodies", async ({ store }) => {
  const large = Buffer.alloc(4_500_000, "x");
  const bodies = ["", "a", large, "", large, "b", Buffer.alloc(3_999_999), "c", "d", ""];
  const results = await addDeliveries(
    store,
    bodies.map((body, at) => delivery(`key ${at}`, body)),
  );
  expect(results.map(({ duplicate }) => duplicate)).toEqual(bodies.map(() => false));
  const stored = await Promise.all(results.map(({ id }) => findDelivery(store, "acme", id)));
  expect(stored.map((row, at) => row?.body?.equals(Buffer.from(bodies[at] ?? "")))).toEqual(bodies.map(() => true));
  const list = await listDeliveries(store, { workspace: "acme", limit: 100 });
  expect(list.map(({ id }) => id).reverse()).toEqual(results.map(({ id }) => id));
});

test("a key that comes twice in one call is a duplicate, also where a large body lies between", async ({ store }) => {
  const [first, , again, other] = await addDeliveries(store, [
    delivery("k", "a"),
    delivery("l", Buffer.alloc(4_500_000)),
    delivery("k", "a"),
    delivery("k", "b"),
  ]);
  expect(again).toMatchObject({ duplicate: true, of: first?.id, reused: false });
  expect(other).toMatchObject({ duplicate: true, of: first?.id, reused: true });
});

test("a key counts within its hook and workspace", async ({ store }) => {
  const results = await addDeliveries(store, [
    delivery("k", "a"),
    delivery("k", "a", { hook: "hook-2" }),
    delivery("k", "a", { workspace: "other", hook: "hook-3" }),
  ]);
  expect(results.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
  expect(await findDelivery(store, "other", results[0]?.id ?? "")).toBeUndefined();
});

test("one that cannot be stored takes the whole call back", async ({ store }) => {
  const sealer = {
    ...store.sealer,
    seal(...[place, plain]: Parameters<Store["sealer"]["seal"]>) {
      if (plain.length === 1) throw new Error("cannot be sealed");
      return store.sealer.seal(place, plain);
    },
  };
  const two = [delivery("k1", Buffer.alloc(4_500_000)), delivery("k2", "b")];
  await expect(addDeliveries({ ...store, sealer }, two)).rejects.toThrow("cannot be sealed");
  expect(await listDeliveries(store, { workspace: "acme", limit: 10 })).toEqual([]);
});

test("a body moved to another row does not open", async ({ store }) => {
  const [one, two] = await addDeliveries(store, [delivery("k1", "a"), delivery("k2", "b")]);
  const { body } = await store.db
    .selectFrom("deliveries")
    .select("body")
    .where("id", "=", one?.id ?? "")
    .executeTakeFirstOrThrow();
  await store.db
    .updateTable("deliveries")
    .set({ body })
    .where("id", "=", two?.id ?? "")
    .execute();
  expect((await findDelivery(store, "acme", one?.id ?? ""))?.body?.toString()).toBe("a");
  await expect(findDelivery(store, "acme", two?.id ?? "")).rejects.toThrow(/damaged or moved/);
});

test("the same body without an id of the forge is the same delivery for ten minutes, then news", async ({ store }) => {
  const age = (minutes: number) =>
    store.db
      .updateTable("deliveries")
      .set({ received_at: new Date(Date.now() - minutes * 60_000).toISOString() })
      .execute();
  const send = async (key: string) => (await addDeliveries(store, [delivery(key, "flag on")]))[0]?.duplicate;
  expect([await send("body:1"), await send("webhook-id:1")]).toEqual([false, false]);
  await age(9);
  expect([await send("body:1"), await send("webhook-id:1")]).toEqual([true, true]);
  await age(11);
  expect([await send("body:1"), await send("webhook-id:1")]).toEqual([false, true]);
  expect(await send("body:1")).toBe(true);
});
