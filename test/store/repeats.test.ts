import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { findDelivery, listDeliveries, replayDelivery } from "../../src/store/deliveries.ts";
import { replayed } from "../../src/store/pending-deliveries.ts";
import { removeOld } from "../../src/store/retention.ts";
import type { Store } from "../../src/store/store.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

/** What comes again, from many at once and much later. */

const workspace = "acme";
const day = 86_400_000;

describe.each(engines)("on %s:", (engine) => {
  let place: StorePlace;
  let one: Store;
  let other: Store;
  beforeEach(async () => {
    place = await newStorePlace(engine);
    one = await place.open();
    other = await place.another();
  });
  afterEach(() => place.remove());

  const delivery = (key: string, body = "{}") => ({
    ...{ workspace, hook: "h", forge: "gitlab", brand: undefined, key, headers: {}, body: Buffer.from(body) },
  });
  const states = async () => (await listDeliveries(one, { workspace, limit: 999 })).map(({ state }) => state);
  /** all that arrived is read */
  const read = () => sql`update deliveries set state = 'event', finished_at = received_at`.execute(one.db);

  test("200 at once with one key, in transactions of their own and through two processes: one is news", async () => {
    const stored = await Promise.all(
      Array.from({ length: 200 }, (_, index) => addDeliveries(index % 2 ? one : other, [delivery("same")])),
    );
    const news = stored.flat().filter(({ duplicate }) => !duplicate);
    expect(news).toHaveLength(1);
    const copies = stored.flat().flatMap((row) => (row.duplicate ? [row.of] : []));
    expect(copies).toEqual(Array(199).fill(news[0]?.id));
    expect((await states()).filter((state) => state === "pending")).toHaveLength(1);
  });

  test("what was captured is no news a week later, when its body is gone; with another body it says so", async () => {
    const [first] = await addDeliveries(one, [delivery("captured")]);
    await read();
    const before = new Date(one.now().getTime() - 8 * day).toISOString();
    await sql`update deliveries set received_at = ${before}, finished_at = ${before}`.execute(one.db);
    await removeOld(one, { bodies: 7 * day, rows: 30 * day }, one.now());
    expect((await findDelivery(one, workspace, first?.id ?? ""))?.body).toBeNull();
    expect(await addDeliveries(one, [delivery("captured"), delivery("captured", "[]")])).toMatchObject([
      { duplicate: true, of: first?.id, reused: false },
      { duplicate: true, of: first?.id, reused: true },
    ]);
  });

  test("what could not be stored is news when it is sent again", async () => {
    const broken = { ...delivery("k"), workspace: null as never };
    await expect(addDeliveries(one, [delivery("k"), broken])).rejects.toThrow();
    expect(await addDeliveries(one, [delivery("k")])).toMatchObject([{ duplicate: false }]);
  });

  test("ten who replay a delivery at once replay it once", async () => {
    const [first] = await addDeliveries(one, [delivery("k")]);
    await read();
    const replay = (_: unknown, index: number) => replayDelivery(index % 2 ? one : other, workspace, first?.id ?? "");
    const told = await Promise.all(Array.from({ length: 10 }, replay));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await listDeliveries(one, { workspace, limit: 9 })).toMatchObject([{ state: "pending", reason: replayed }]);
  });

  test("nobody replays another workspace's delivery", async () => {
    const [first] = await addDeliveries(one, [delivery("k")]);
    await read();
    expect(await replayDelivery(one, "other", first?.id ?? "")).toBe(false);
    expect(await states()).toEqual(["event"]);
  });
});

describe("PostgreSQL gives up because of another transaction", () => {
  let place: StorePlace;
  let store: Store;
  beforeEach(async () => {
    place = await newStorePlace("postgres");
    store = await place.open();
  });
  afterEach(() => place.remove());

  /** The first `times` inserts fail so. A sequence counts on when a transaction is undone. */
  const fail = async (code: string, times: number) => {
    await sql`create sequence tries`.execute(store.db);
    await sql
      .raw(`create function fail() returns trigger language plpgsql as $$ begin
        if nextval('tries') <= ${times} then raise exception 'not now' using errcode = '${code}'; end if;
        return new; end $$`)
      .execute(store.db);
    await sql`create trigger fail before insert on deliveries for each row execute function fail()`.execute(store.db);
  };
  const add = () =>
    addDeliveries(store, [
      {
        ...{ workspace, hook: "h", forge: "gitlab", brand: undefined, key: "k" },
        headers: {},
        body: Buffer.from("{}"),
      },
    ]);
  const tries = async () =>
    (await sql<{ tries: number }>`select last_value as tries from tries`.execute(store.db)).rows[0]?.tries;

  test.each(["40001", "40P01", "55P03"])("%s: the transaction is tried again, and nobody notices", async (code) => {
    await fail(code, 4);
    expect(await add()).toMatchObject([{ duplicate: false }]);
    expect(await tries()).toBe(5);
  });

  test("each time: after five it is an error", async () => {
    await fail("40001", 99);
    await expect(add()).rejects.toThrow("not now");
    expect(await tries()).toBe(5);
  });

  test.each([
    ["a query that takes too long", "57014"],
    ["no connection is free", "53300"],
    ["no room on its disk", "53100"],
    ["a standby", "25006"],
  ])("%s: tried once, and the database counts as away", async (_, code) => {
    await fail(code, 99);
    const error = await add().catch((thrown: unknown) => thrown);
    expect([store.engine.isAway(error), store.engine.isRefusal(error)]).toEqual([true, false]);
    expect(await tries()).toBe(1);
  });
});
