import type { Log } from "../log.ts";
import { addRows } from "../store/add-deliveries.ts";
import type { Spool, Spooled } from "../store/spool.ts";
import type { Store } from "../store/store.ts";

export interface Drain {
  /** where the deliveries go */
  store: Store;
  /** deliveries of one transaction, and their size together */
  most: { items: number; size: number };
  /** gives up on a store that does not answer */
  patient: <T>(work: Promise<T>) => Promise<T>;
  log: Pick<Log, "warn" | "error">;
}

interface Waiting extends Spooled {
  spool: Spool;
}

/**
 * Moves the oldest deliveries of the spools into the store. They leave their spool once they are committed; those that
 * were committed before, though nobody heard of it, are recognised by their ids.
 * @returns how many were moved or set aside; 0 when nothing waits
 * @throws what the store throws while it is away; then all of them wait on
 */
export async function drainSome(drain: Drain, spools: readonly Spool[]): Promise<number> {
  const heads = await Promise.all(
    spools.map(async (spool) => (await spool.head(drain.most)).map((one) => ({ ...one, spool }))),
  );
  const batch = merge(heads, drain.most);
  if (batch.length === 0) return 0;
  await move(drain, batch);
  for (const spool of spools) {
    const own = batch.filter((one) => one.spool === spool);
    if (own.length === 0) continue;
    await spool.drop(own).catch((error: unknown) => {
      drain.log.warn({ error }, "a spool cannot forget what was stored; when it is read again, that is skipped");
    });
  }
  return batch.length;
}

/** By time of arrival, which ids tell; within a spool always in its own order. */
function merge(heads: readonly Waiting[][], { items, size }: Drain["most"]): Waiting[] {
  const queues = heads.filter((head) => head.length > 0).map((head) => [...head]);
  const merged: Waiting[] = [];
  let room = size;
  for (;;) {
    const queue = queues
      .filter(([first]) => first !== undefined)
      .sort(([a], [b]) => (a && b && a.row.id < b.row.id ? -1 : 1))[0];
    const next = queue?.[0];
    room -= next?.row.bytes ?? 0;
    if (!queue || !next || merged.length >= items || (merged.length > 0 && room < 0)) return merged;
    merged.push(next);
    queue.shift();
  }
}

async function move({ store, patient, log }: Drain, batch: readonly Waiting[]): Promise<void> {
  try {
    await patient(addRows(store, rowsOf(batch)));
  } catch (error) {
    if (!store.engine.isRefusal(error)) throw error;
    // One of them is at fault, and must not hold up the others.
    for (const one of batch) await moveAlone({ store, patient, log }, one);
  }
}

async function moveAlone({ store, patient, log }: Omit<Drain, "most">, one: Waiting): Promise<void> {
  try {
    await patient(addRows(store, rowsOf([one])));
  } catch (error) {
    if (!store.engine.isRefusal(error)) throw error;
    const { id, hook_id } = one.row;
    log.error({ delivery: id, hook: hook_id, error }, "the database refuses a delivery; it stays in the spool, aside");
    await one.spool.setAside(one, error instanceof Error ? error.message : String(error));
  }
}

const rowsOf = (batch: readonly Spooled[]) => batch.map(({ row }) => row);
