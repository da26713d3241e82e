import { sql, type Transaction } from "kysely";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** The right to read a hook's deliveries, which one worker has at a time. */
export interface HookLease {
  workspace: string;
  hook: string;
  worker: string;
  fence: number;
}

/** The worker was given up meanwhile: another one reads the hook, and nothing of this reading counts. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** Takes a hook that nobody reads. @returns undefined where somebody does */
export async function takeHook(
  store: Store,
  worker: string,
  { workspace, hook }: { workspace: string; hook: string },
): Promise<HookLease | undefined> {
  const lease = { workspace, hook, worker, fence: 0 };
  // One server owns the store, and reads a hook once at a time.
  if (store.engine.alone) return lease;
  const row = await store.db
    .insertInto("hook_leases")
    .values({ workspace_id: workspace, hook_id: hook, owner: worker, fence: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(["workspace_id", "hook_id"])
        .doUpdateSet({ owner: worker, fence: sql<number>`hook_leases.fence + 1` })
        .where("hook_leases.owner", "is", null),
    )
    .returning("fence")
    .executeTakeFirst();
  return row && { ...lease, fence: row.fence };
}

/**
 * Gives a hook back inside the transaction that writes what was read, so that both happen or neither.
 * @throws LeaseLost when it is not this worker's any more
 */
export async function returnHook(store: Store, trx: Transaction<Tables>, lease: HookLease): Promise<void> {
  if (store.engine.alone) return;
  const { numUpdatedRows } = await trx
    .updateTable("hook_leases")
    .set({ owner: null })
    .where("workspace_id", "=", lease.workspace)
    .where("hook_id", "=", lease.hook)
    .where("owner", "=", lease.worker)
    .where("fence", "=", lease.fence)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new LeaseLost("another worker reads the hook");
}
