import { sql } from "kysely";
import { describe, expect } from "vitest";
import { type Params, prepared } from "../../src/store/prepared.ts";
import type { Store } from "../../src/store/store.ts";
import { inTransaction } from "../../src/store/transaction.ts";
import { watchQueries } from "../support/plans.ts";
import { engines, testOn } from "../support/stores.ts";

/** A query that is built once gets the values of each call, and keeps none. */

interface Asked {
  id: string;
  name: string | null;
}

/** Says how often it was built. */
function asking() {
  const built: Store["engine"]["name"][] = [];
  const ask = prepared(({ db, engine }, param: Params<Asked>) => {
    built.push(engine.name);
    return db
      .selectFrom("workspaces")
      .select("id")
      .select(sql<string | null>`cast(${param.value("name")} as text)`.as("name"))
      .select(sql<string>`cast(${param.value("id")} as text)`.as("again"))
      .select(sql<string>`cast(${"constant"} as text)`.as("constant"))
      .where("id", "=", param.value("id"))
      .compile();
  });
  return { ask, built };
}

const put = (store: Pick<Store, "db">, id: string) =>
  store.db.insertInto("workspaces").values({ id, chat: "slack", created_at: "2030" }).execute();

const echo = prepared(({ db }, param: Params<{ rows: readonly { text: string | null; count: number }[] }>) =>
  db
    .selectFrom(param.rows("rows", { text: "text", count: "integer" }).as("given"))
    .selectAll()
    .compile(),
);

const rename = prepared(({ db }, param: Params<{ id: string; chat: "slack" | "preview" }>) =>
  db
    .updateTable("workspaces")
    .set({ chat: param.value("chat") })
    .where("id", "=", param.value("id"))
    .compile(),
);

describe.each(engines)("a prepared query on %s", (engine) => {
  const test = testOn(engine);

  test("is built once, and has the values of its own call, null as well", async ({ store }) => {
    const { ask, built } = asking();
    for (const id of ["a", "b"]) await put(store, id);
    const asked = async (id: string, name: string | null) => (await ask(store, { id, name })).rows;
    const constant = "constant";
    expect(await asked("a", "first")).toEqual([{ id: "a", name: "first", again: "a", constant }]);
    expect(await asked("b", null)).toEqual([{ id: "b", name: null, again: "b", constant }]);
    expect(await asked("a", "?, $1 and 'quoted'")).toMatchObject([{ name: "?, $1 and 'quoted'", again: "a" }]);
    expect(await asked("none", null)).toEqual([]);
    expect(built).toEqual([engine]);
  });

  test("of many calls at once each gets its own", async ({ store }) => {
    const { ask } = asking();
    const ids = Array.from({ length: 20 }, (_, at) => `w${at}`);
    for (const id of ids) await put(store, id);
    const found = await Promise.all(ids.map((id) => ask(store, { id, name: `of ${id}` })));
    expect(found.flatMap(({ rows }) => rows.map(({ id, name }) => [id, name]))).toEqual(
      ids.map((id) => [id, `of ${id}`]),
    );
  });

  test("is part of the transaction that it is called in, also where it was built in another", async ({ store }) => {
    const { ask, built } = asking();
    await put(store, "a");
    await inTransaction(store, (trx) => ask({ ...store, db: trx }, { id: "a", name: null }));
    const undone = inTransaction(store, async (trx) => {
      await put({ db: trx }, "b");
      const { rows } = await ask({ ...store, db: trx }, { id: "b", name: null });
      throw new Error(`saw ${rows[0]?.id}`);
    });
    await expect(undone).rejects.toThrow("saw b");
    expect((await ask(store, { id: "b", name: null })).rows).toEqual([]);
    expect(built).toHaveLength(1);
  });

  test("takes lists of rows of any length", async ({ store }) => {
    const rows = [
      { text: "one", count: 1 },
      { text: null, count: 2 },
    ];
    expect((await echo(store, { rows })).rows).toEqual(rows);
    expect((await echo(store, { rows: [] })).rows).toEqual([]);
    expect((await echo(store, { rows: rows.slice(1) })).rows).toEqual(rows.slice(1));
  });

  test("says how many rows it changed", async ({ store }) => {
    await put(store, "a");
    expect((await rename(store, { id: "a", chat: "preview" })).numAffectedRows).toBe(1n);
    expect((await rename(store, { id: "none", chat: "preview" })).numAffectedRows).toBe(0n);
  });

  test("is shown to plugins with its values each time, and gives the same rows", async ({ store }) => {
    const { ask } = asking();
    await put(store, "a");
    const { watched, rows } = watchQueries(store);
    const values = { id: "a", name: "n" };
    const plain = await ask(store, values);
    expect([(await ask(watched, values)).rows, (await ask(watched, values)).rows]).toEqual([plain.rows, plain.rows]);
    expect((await echo(watched, { rows: [{ text: "x", count: 1 }] })).rows).toEqual([{ text: "x", count: 1 }]);
    expect(rows()).toEqual([1, 1, 1]);
  });
});

testOn("sqlite")("another store has a query of its own", async ({ place, store }) => {
  const { ask, built } = asking();
  const other = await place.open();
  await put(store, "a");
  for (const one of [store, other, store]) await ask(one, { id: "a", name: null });
  expect(built).toHaveLength(2);
});
