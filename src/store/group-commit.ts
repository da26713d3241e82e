import { setImmediate } from "node:timers/promises";
import type { ControlledTransaction, Kysely, Transaction } from "kysely";
import type { Tables } from "./schema.ts";

type Work<T> = (trx: Transaction<Tables>) => Promise<T>;

/** A call that waits for its commit. */
interface Call {
  /** @returns what settles the call, once all is on disk */
  run: (trx: Transaction<Tables>) => Promise<() => void>;
  fail: (error: unknown) => void;
}

/** Calls of one commit: whoever else wants the database waits for all of them. */
const most = 16;

const queues = new WeakMap<Kysely<Tables>, Call[]>();

/**
 * For a database with one connection: works that are wanted at once run one after the other, as in transactions of
 * their own, but share one commit, because each waits for the disk. A work that throws has what it wrote undone, and
 * nothing else.
 * @returns what `work` returns, when it is on disk; where the commit fails, all that shared it fail
 */
export function committedTogether<T>(db: Kysely<Tables>, work: Work<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const run: Call["run"] = async (trx) => {
      const value = await work(trx);
      return () => resolve(value);
    };
    const call = { run, fail: reject };
    const queue = queues.get(db);
    if (queue) return void queue.push(call);
    queues.set(db, [call]);
    void drain(db);
  });
}

async function drain(db: Kysely<Tables>): Promise<void> {
  for (let queue = queues.get(db); queue && queue.length > 0; ) await commitSome(db, queue);
  queues.delete(db);
}

async function commitSome(db: Kysely<Tables>, queue: Call[]): Promise<void> {
  const begun: Call[] = [];
  const settle: (() => void)[] = [];
  try {
    const trx = await db.startTransaction().execute();
    try {
      while (begun.length < most && (await hasMore(queue))) {
        const call = queue.shift();
        if (!call) break;
        begun.push(call);
        settle.push(await attempt(trx, call));
      }
      await trx.commit().execute();
    } catch (error) {
      await trx.rollback().execute();
      throw error;
    }
  } catch (error) {
    // Where not even a transaction can be begun, the first call learns why.
    if (begun.length === 0) begun.push(...queue.splice(0, 1));
    for (const { fail } of begun) fail(error);
    return;
  }
  for (const tell of settle) tell();
}

/** What comes at once comes in turns of the event loop that follow each other. */
async function hasMore(queue: readonly Call[]): Promise<boolean> {
  if (queue.length === 0) await setImmediate();
  return queue.length > 0;
}

async function attempt(trx: ControlledTransaction<Tables>, { run, fail }: Call): Promise<() => void> {
  const inner = await trx.savepoint("work").execute();
  try {
    const tell = await run(inner);
    await inner.releaseSavepoint("work").execute();
    return tell;
  } catch (error) {
    try {
      await inner.rollbackToSavepoint("work").execute();
      await inner.releaseSavepoint("work").execute();
    } catch {
      // Of itself SQLite undoes the whole transaction, as on a full disk: then that is why all of them fail.
      throw error;
    }
    return () => fail(error);
  }
}
