import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "../errors.ts";

/** Makes the data folder if it is not there, for its owner only. @throws UserError when that is not possible */
export function makeFolder(data: string): void {
  try {
    makeAll(resolve(data));
  } catch (cause) {
    throw new UserError(`Cannot make the data folder ${data}. Set BELFRY_DATA to a folder that can be written.`, {
      cause,
    });
  }
}

/** Step by step: Node's recursive way never ends where a system refuses with ENOENT, as /proc does. */
function makeAll(path: string): void {
  if (existsSync(path)) return;
  makeAll(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(path)) throw error;
  }
}
