import { sql } from "kysely";
import { describe, expect } from "vitest";
import { encodeRows, given } from "../../src/store/given.ts";
import type { Store } from "../../src/store/store.ts";
import { engines, testOn } from "../support/stores.ts";

/** Rows that go into a statement as one parameter come out as they went in. */

const columns = { text: "text", count: "integer", bytes: "binary" } as const;

interface Row {
  text: string | null;
  count: number | null;
  bytes: Uint8Array | null;
}

const through = (store: Store, rows: Row[]) =>
  store.db
    .selectFrom(given<Row>(store, columns, sql.val(encodeRows(columns, rows))).as("given"))
    .selectAll()
    .execute();

describe.each(engines)("given rows on %s", (engine) => {
  const test = testOn(engine);

  test("keep their values and their order", async ({ store }) => {
    const rows = [
      { text: `it's "quoted" \\ 100 % – 🔔\n`, count: 2_147_483_647, bytes: Buffer.from([0, 1, 254, 255]) },
      { text: "", count: -1, bytes: Buffer.alloc(0) },
      { text: null, count: null, bytes: null },
      { text: "12", count: 0, bytes: Buffer.from("last") },
    ];
    const found = await through(store, rows);
    expect(found.map(({ bytes, ...row }) => ({ ...row, bytes: bytes && Buffer.from(bytes) }))).toEqual(rows);
  });

  test("none are none", async ({ store }) => {
    expect(await through(store, [])).toEqual([]);
  });

  test("half a surrogate pair is replaced, as where it is bound by itself", async ({ store }) => {
    const [row] = await through(store, [{ text: "cut \ud83d", count: 1, bytes: null }]);
    expect(row?.text).toBe("cut \ufffd");
  });

  test("a part of a larger buffer is only that part", async ({ store }) => {
    const bytes = Buffer.from("xxpartxx").subarray(2, 6);
    const [row] = await through(store, [{ text: "", count: 1, bytes }]);
    expect(Buffer.from(row?.bytes ?? []).toString()).toBe("part");
  });
});
