import type { Store } from "./store.ts";

/** What may be used once. Keys are for all workspaces: they come before it is known which one asks. */

/** Takes note of a key. @returns false when it has been used or given out before */
export async function addNonce(store: Store, key: string, expiresAt: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await store.db
    .insertInto("nonces")
    .values({ key, expires_at: expiresAt.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Whether a key was taken note of. */
export async function hasNonce(store: Store, key: string): Promise<boolean> {
  const row = await store.db.selectFrom("nonces").select("key").where("key", "=", key).executeTakeFirst();
  return row !== undefined;
}

/** Uses up a key that was given out. @returns false when it never was, was used, or is too old */
export async function takeNonce(store: Store, key: string): Promise<boolean> {
  const { numDeletedRows } = await store.db
    .deleteFrom("nonces")
    .where("key", "=", key)
    .where("expires_at", ">", store.now().toISOString())
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
