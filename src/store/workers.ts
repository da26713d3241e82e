import { sql } from "kysely";
import { v7 as uuid } from "uuid";
import type { Store } from "./store.ts";

/** Milliseconds after which a worker that says nothing loses its lanes and hooks. */
export const silence = 10_000;

/**
 * Makes a worker known. Where one server owns the store all others are gone, and what they held is freed.
 * @returns its id
 */
export async function addWorker(store: Store): Promise<string> {
  const id = uuid();
  const now = store.now().toISOString();
  if (store.engine.alone) await sweepWorkers(store, undefined);
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
 * Gives up workers that were silent too long (milliseconds; undefined: all of them), and frees their lanes, hooks and cards.
 * A lane keeps its time; the message that was under way is `uncertain`.
 */
export async function sweepWorkers(store: Store, silent: number | undefined): Promise<void> {
  const now = store.now().getTime();
  const gone = store.db.deleteFrom("workers");
  if (silent === undefined) await gone.execute();
  else await gone.where("seen_at", "<", new Date(now - silent).toISOString()).execute();
  await free(store);
}

/**
 * Frees what belongs to nobody any more. Who is gone is asked first: a lane that a new worker takes meanwhile must not
 * be taken for one of theirs.
 */
async function free(store: Store): Promise<void> {
  const { db } = store;
  const workers = db.selectFrom("workers").select("id");
  for (const { table } of holdings) {
    const owners = await db
      .selectFrom(table)
      .select("owner")
      .distinct()
      .where("owner", "is not", null)
      .where("owner", "not in", workers)
      .execute();
    const gone = owners.flatMap(({ owner }) => owner ?? []);
    if (gone.length > 0) await db.updateTable(table).set({ owner: null }).where("owner", "in", gone).execute();
  }
}

/** What a worker holds, to be compared with what it works on. */
export interface Held {
  isAtLane(workspace: string, channel: string): boolean;
  isAtHook(workspace: string, hook: string): boolean;
  isAtCard(workspace: string, card: string): boolean;
}

/** What a worker can hold: the table, and which column names it beside its workspace. */
const holdings = [
  {
    table: "lanes",
    column: "channel",
    isAt: (held: Held, workspace: string, key: string) => held.isAtLane(workspace, key),
  },
  {
    table: "hook_leases",
    column: "hook_id",
    isAt: (held: Held, workspace: string, key: string) => held.isAtHook(workspace, key),
  },
  {
    table: "cards",
    column: "id",
    isAt: (held: Held, workspace: string, key: string) => held.isAtCard(workspace, key),
  },
] as const;

/**
 * Frees lanes, hooks and cards that a worker holds but does not work on: the store failed in the moment in which they were
 * taken or given back. To be called now and then.
 * @param before what the last call returned: only what was idle then as well is freed, because what has just been taken
 * is in the store before this process knows it
 * @returns what is held and not worked on
 */
export async function freeForgotten(
  store: Store,
  worker: string,
  held: Held,
  before: ReadonlySet<string> = new Set(),
): Promise<Set<string>> {
  const idle = new Set<string>();
  for (const { table, column, isAt } of holdings) {
    const rows = await store.db
      .selectFrom(table)
      .select(["workspace_id", "fence", sql<string>`${sql.ref(column)}`.as("key")])
      .where("owner", "=", worker)
      .execute();
    for (const { workspace_id, key, fence } of rows) {
      if (isAt(held, workspace_id, key)) continue;
      const taking = JSON.stringify([table, workspace_id, key, fence]);
      idle.add(taking);
      if (!before.has(taking)) continue;
      await store.db
        .updateTable(table)
        .set({ owner: null })
        .where("workspace_id", "=", workspace_id)
        .where(sql.ref(column), "=", key)
        .where("owner", "=", worker)
        .where("fence", "=", fence)
        .execute();
    }
  }
  return idle;
}
