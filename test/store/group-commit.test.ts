import { DatabaseSync } from "node:sqlite";
import { sql, type Transaction } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { committedTogether } from "../../src/store/group-commit.ts";
import type { Tables } from "../../src/store/schema.ts";
import type { Store } from "../../src/store/store.ts";
import { newStorePlace, type StorePlace } from "../support/stores.ts";

/** Works that come at once share a commit, and are otherwise as if each had a transaction of its own. */

let place: StorePlace;
let store: Store;

beforeEach(async () => {
  place = await newStorePlace("sqlite");
  store = await place.open();
  await sql`create table seen (name text primary key)`.execute(store.db);
});
afterEach(() => place.remove());

const write = (name: string) => (trx: Transaction<Tables>) =>
  sql`insert into seen (name) values (${name})`.execute(trx);

async function names(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from seen order by rowid`.execute(store.db);
  return rows.map(({ name }) => name);
}

/** Counts what is on disk, from another connection that sees only what was committed. */
function committed(): number {
  const file = new DatabaseSync(store.engine.place, { readOnly: true });
  try {
    return Number(file.prepare("select count(*) as count from seen").get()?.["count"]);
  } finally {
    file.close();
  }
}

/** A name for each of so many calls. */
const numbered = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}`);

describe("works that come at once", () => {
  test("share a commit, in their order, and are told of it when all is on disk", async () => {
    const during: number[] = [];
    const told: number[] = [];
    const calls = numbered(5).map(async (name) => {
      await committedTogether(store.db, async (trx) => {
        await write(name)(trx);
        during.push(committed());
      });
      told.push(committed());
    });
    await Promise.all(calls);
    expect(during).toEqual([0, 0, 0, 0, 0]);
    expect(told).toEqual([5, 5, 5, 5, 5]);
    expect(await names()).toEqual(numbered(5));
  });

  test("also share it where they come in turns of the event loop that follow each other", async () => {
    const second = new Promise<number>((resolve) => {
      void committedTogether(store.db, async (trx) => {
        await write("1")(trx);
        setImmediate(() => {
          void committedTogether(store.db, async () => committed()).then(resolve);
        });
      });
    });
    expect(await second).toBe(0);
  });

  test("are sixteen at most: who else waits for the database has its turn", async () => {
    const seen: number[] = [];
    const work = (name: string) => async (trx: Transaction<Tables>) => {
      await write(name)(trx);
      seen.push(committed());
    };
    await Promise.all(numbered(40).map((name) => committedTogether(store.db, work(name))));
    expect(seen).toEqual([...Array(16).fill(0), ...Array(16).fill(16), ...Array(8).fill(32)]);
  });

  test("see what those before them wrote", async () => {
    const [, seen] = await Promise.all([
      committedTogether(store.db, write("1")),
      committedTogether(store.db, (trx) => sql<{ name: string }>`select name from seen`.execute(trx)),
    ]);
    expect(seen.rows).toEqual([{ name: "1" }]);
  });
});

describe("a work that fails", () => {
  test("has what it wrote undone, and nothing else", async () => {
    const results = await Promise.allSettled([
      committedTogether(store.db, write("1")),
      committedTogether(store.db, async (trx) => {
        await write("2")(trx);
        throw new Error("it fails");
      }),
      committedTogether(store.db, write("1")),
      committedTogether(store.db, write("4")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: { message: "it fails" } });
    expect(results[2]).toMatchObject({ reason: { message: expect.stringContaining("UNIQUE") } });
    expect(await names()).toEqual(["1", "4"]);
  });

  test("takes the others with it where SQLite undid all, as on a full disk; the next ones go on", async () => {
    const results = await Promise.allSettled([
      committedTogether(store.db, write("1")),
      committedTogether(store.db, async (trx) => {
        await sql`rollback`.execute(trx);
        throw new Error("the disk is full");
      }),
    ]);
    expect(results).toMatchObject([
      { status: "rejected", reason: { message: "the disk is full" } },
      { status: "rejected", reason: { message: "the disk is full" } },
    ]);
    expect(committed()).toBe(0);
    await committedTogether(store.db, write("2"));
    expect(committed()).toBe(1);
  });
});

test("where no transaction can be begun, each is told why", async () => {
  await store.close();
  const results = await Promise.allSettled(numbered(2).map((name) => committedTogether(store.db, write(name))));
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
