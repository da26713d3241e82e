import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../errors.ts";

/**
 * Makes this process the only server of a data folder until it ends. The lock is SQLite's own file lock: the system
 * drops it with the process, also after `kill -9`, so there is nothing stale to clean up.
 * @returns a function that gives the lock back
 * @throws UserError while another server holds it
 */
export function lockFolder(data: string): () => void {
  const lock = new DatabaseSync(join(data, "belfry.lock"));
  try {
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    throw new UserError(
      `Another Belfry server is using ${data}. Stop it first, or set BELFRY_DATA to another folder. (Commands such as \`hook add\` may run beside it.)`,
      { cause },
    );
  }
  return () => lock.close();
}
