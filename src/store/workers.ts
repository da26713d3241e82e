import { v7 as uuid } from "uuid";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** Milliseconds after which a worker that says nothing loses its lanes and hooks. */
export const silence = 10_000;

/** Makes a worker known. What is left of workers that are gone is freed first. @returns its id */
export async function addWorker(store: Store): Promise<string> {
  const id = uuid();
  const now = store.now().toISOString();
  await sweepWorkers(store, store.engine.alone ? undefined : silence);
  await store.db.insertInto("workers").values({ id, started_at: now, seen_at: now }).execute();
  return id;
}

/** Says that a worker lives. @returns false when it was given up: all that it held may be another's by now */
export async function keepWorker(store: Store, id: string): Promise<boolean> {
  const { numUpdatedRows } = await store.db
    .updateTable("workers")
    .set({ seen_at: store.now().toISOString() })
    .where("id", "=", id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Frees what a worker holds and forgets it. */
export async function removeWorker(store: Store, id: string): Promise<void> {
  await store.db.deleteFrom("workers").where("id", "=", id).execute();
  await free(store);
}

/**
 * Gives up workers that were silent too long (milliseconds; undefined: all of them), and frees their lanes and hooks.
 * A lane keeps its time; the message that was under way is `uncertain`.
 */
export async function sweepWorkers(store: Store, silent: number | undefined): Promise<void> {
  const now = store.now().getTime();
  const gone = store.db.deleteFrom("workers");
  if (silent === undefined) await gone.execute();
  else await gone.where("seen_at", "<", new Date(now - silent).toISOString()).execute();
  await free(store);
}

/** Frees what belongs to nobody any more. */
async function free(store: Store): Promise<void> {
  await inTransaction(store, async (trx) => {
    const workers = trx.selectFrom("workers").select("id");
    await trx.updateTable("lanes").set({ owner: null }).where("owner", "not in", workers).execute();
    await trx.updateTable("hook_leases").set({ owner: null }).where("owner", "not in", workers).execute();
  });
}

/** What a worker holds, to be compared with what it works on. */
export interface Held {
  isAtLane(workspace: string, channel: string): boolean;
  isAtHook(workspace: string, hook: string): boolean;
}

/**
 * Frees lanes and hooks that a worker holds but does not work on: the store failed in the moment in which they were
 * taken or given back. To be called now and then.
 */
export async function freeForgotten(store: Store, worker: string, held: Held): Promise<void> {
  const lanes = await store.db
    .selectFrom("lanes")
    .select(["workspace_id", "channel", "fence"])
    .where("owner", "=", worker)
    .execute();
  for (const { workspace_id, channel, fence } of lanes.filter((one) => !held.isAtLane(one.workspace_id, one.channel))) {
    await store.db
      .updateTable("lanes")
      .set({ owner: null })
      .where("workspace_id", "=", workspace_id)
      .where("channel", "=", channel)
      .where("owner", "=", worker)
      .where("fence", "=", fence)
      .execute();
  }
  const hooks = await store.db
    .selectFrom("hook_leases")
    .select(["workspace_id", "hook_id", "fence"])
    .where("owner", "=", worker)
    .execute();
  for (const { workspace_id, hook_id, fence } of hooks.filter((one) => !held.isAtHook(one.workspace_id, one.hook_id))) {
    await store.db
      .updateTable("hook_leases")
      .set({ owner: null })
      .where("workspace_id", "=", workspace_id)
      .where("hook_id", "=", hook_id)
      .where("owner", "=", worker)
      .where("fence", "=", fence)
      .execute();
  }
}
