import { mkdirSync } from "node:fs";
import { UserError } from "../errors.ts";

/** Makes the data folder if it is not there, for its owner only. @throws UserError when that is not possible */
export function makeFolder(data: string): void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new UserError(`Cannot make the data folder ${data}. Set BELFRY_DATA to a folder that can be written.`, {
      cause,
    });
  }
}
