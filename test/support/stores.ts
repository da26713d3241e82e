import { join } from "node:path";
import { inject, test } from "vitest";
import type { Engine } from "../../src/store/engine/engine.ts";
import { openStore, type Store, type StoreOptions } from "../../src/store/store.ts";
import { temporaryFolder } from "./belfry.ts";
import { createDatabase } from "./postgres.ts";

/** The engines that every test of the store runs on: `describe.each(engines)`. */
export const engines: Engine["name"][] = ["sqlite", "postgres"];

/** A key for tests, as BELFRY_KEYS takes it. */
export const testKey = Buffer.alloc(32, 42).toString("base64");

/** A new empty place for a store. */
export interface StorePlace {
  /** what opens it; each call that opens makes connections of its own, as another process would */
  options: StoreOptions;
  open(): Promise<Store>;
  /** the same as another process opens it; on SQLite what is open: a second connection of this thread would wait for it */
  another(): Promise<Store>;
  /** the same as environment variables of a process */
  environment: Record<string, string>;
  /** closes what was opened and removes the place */
  remove(): Promise<void>;
}

export async function newStorePlace(engine: Engine["name"]): Promise<StorePlace> {
  const { folder, remove } = temporaryFolder();
  const data = join(folder, "data");
  const url = engine === "postgres" ? await createDatabase(inject("postgres")) : undefined;
  const options: StoreOptions = { data, keys: testKey, database: url ? { url, isDyno: false } : undefined };
  const opened: Store[] = [];
  const open = async () => {
    const store = await openStore(options);
    // A store that a test closed itself may be closed again.
    let closing: Promise<void> | undefined;
    const once: Store = {
      ...store,
      close: () => {
        closing ??= store.close();
        return closing;
      },
    };
    opened.push(once);
    return once;
  };
  return {
    options,
    open,
    another: async () => (engine === "sqlite" ? opened[0] : undefined) ?? open(),
    environment: { BELFRY_DATA: data, BELFRY_KEYS: testKey, ...(url !== undefined && { DATABASE_URL: url }) },
    remove: async () => {
      for (const store of opened) await store.close();
      remove();
    },
  };
}

/** `test` with a store in a place of its own: `testOn("sqlite")("…", async ({ place, store }) => {`. */
export const testOn = (name: Engine["name"]) =>
  test
    .extend("engine", name)
    .extend("place", async ({ engine }, { onCleanup }) => {
      const place = await newStorePlace(engine);
      onCleanup(place.remove);
      return place;
    })
    .extend("store", ({ place }) => place.open());
