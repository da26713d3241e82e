import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../errors.ts";
import { makeFolder } from "./folder.ts";

/** https://sqlite.org/rescode.html#busy */
const busy = 5;

/**
 * Makes this process the only server of a data folder until it ends. The lock is SQLite's own file lock: the system
 * drops it with the process, also after `kill -9`, so there is nothing stale to clean up.
 * @returns a function that gives the lock back
 * @throws UserError while another server holds it, or where the folder cannot be written
 */
export function lockFolder(data: string): () => void {
  makeFolder(data);
  try {
    const lock = new DatabaseSync(join(data, "belfry.lock"));
    lock.exec("begin exclusive");
    return () => lock.close();
  } catch (cause) {
    const held = cause instanceof Error && "errcode" in cause && cause.errcode === busy;
    throw new UserError(
      held
        ? `Another Belfry server is using ${data}. Stop it first, or set BELFRY_DATA to another folder. (Commands such as \`hook add\` may run beside it.)`
        : `Cannot write in the data folder ${data}. Set BELFRY_DATA to a folder that can be written.`,
      { cause },
    );
  }
}
