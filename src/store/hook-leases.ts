import { sql, type Transaction } from "kysely";
import { type Params, prepared } from "./prepared.ts";
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
  const { rows } = await take(store, lease);
  return rows[0] && { ...lease, fence: rows[0].fence };
}

const take = prepared(({ db }, param: Params<HookLease>) =>
  db
    .insertInto("hook_leases")
    .values({
      workspace_id: param.value("workspace"),
      hook_id: param.value("hook"),
      owner: param.value("worker"),
      fence: 1,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["workspace_id", "hook_id"])
        .doUpdateSet({ owner: param.value("worker"), fence: sql<number>`hook_leases.fence + 1` })
        .where("hook_leases.owner", "is", null),
    )
    .returning("fence")
    .compile(),
);

/**
 * Gives a hook back inside the transaction that writes what was read, so that both happen or neither.
 * @throws LeaseLost when it is not this worker's any more
 */
export async function returnHook(store: Store, trx: Transaction<Tables>, lease: HookLease): Promise<void> {
  if (store.engine.alone) return;
  const { numAffectedRows } = await giveBack({ ...store, db: trx }, lease);
  if (numAffectedRows === 0n) throw new LeaseLost("another worker reads the hook");
}

const giveBack = prepared(({ db }, param: Params<HookLease>) =>
  db
    .updateTable("hook_leases")
    .set({ owner: null })
    .where("workspace_id", "=", param.value("workspace"))
    .where("hook_id", "=", param.value("hook"))
    .where("owner", "=", param.value("worker"))
    .where("fence", "=", param.value("fence"))
    .compile(),
);
