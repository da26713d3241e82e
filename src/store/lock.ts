import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../errors.ts";
import { makeFolder } from "./folder.ts";

/** https://sqlite.org/rescode.html#busy */
const busy = 5;

/**
 * Makes this process the only server of a data folder until it ends.
 * @returns a function that gives the lock back
 * @throws UserError while another server holds it, or where the folder cannot be written
 */
export function lockFolder(data: string): () => void {
  const unlock = lockIn(data, "belfry.lock");
  if (unlock) return unlock;
  throw new UserError(
    `Another Belfry server is using ${data}. Stop it first, or set BELFRY_DATA to another folder. (Commands such as \`hook add\` may run beside it.)`,
  );
}

/**
 * Holds a lock file until this process ends. The lock is SQLite's own file lock: the system drops it with the process,
 * also after `kill -9`, so there is nothing stale to clean up.
 * @returns a function that gives the lock back; undefined while another process holds it
 * @throws UserError where the folder cannot be written
 */
export function lockIn(data: string, file: string): (() => void) | undefined {
  makeFolder(data);
  try {
    const lock = new DatabaseSync(join(data, file));
    try {
      lock.exec("begin exclusive");
    } catch (error) {
      lock.close();
      throw error;
    }
    return () => lock.close();
  } catch (cause) {
    if (cause instanceof Error && "errcode" in cause && cause.errcode === busy) return undefined;
    throw new UserError(`Cannot write in the data folder ${data}. Set BELFRY_DATA to a folder that can be written.`, {
      cause,
    });
  }
}
