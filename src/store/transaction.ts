import type { Transaction } from "kysely";
import { committedTogether } from "./group-commit.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

const mostTries = 5;

/**
 * Runs `work` in a transaction, again where the database gave up because of another one: a deadlock or a conflict.
 * `work` awaits nothing but the store, and may run several times.
 */
export async function inTransaction<T>(store: Store, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await (store.engine.alone ? committedTogether(store.db, work) : store.db.transaction().execute(work));
    } catch (error) {
      if (tries >= mostTries || !store.engine.isPassing(error)) throw error;
    }
  }
}
