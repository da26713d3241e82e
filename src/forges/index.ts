import { UserError } from "../errors.ts";
import type { Forge } from "./forge.ts";
import { gitlab } from "./gitlab/index.ts";

/** All forges, by name. */
export const forges: Readonly<Record<string, Forge>> = { gitlab };

/** @throws UserError that names the forges there are */
export function forgeNamed(name: string): Forge {
  const forge = Object.hasOwn(forges, name) ? forges[name] : undefined;
  if (!forge) throw new UserError(`There is no forge “${name}”. Choose one of: ${Object.keys(forges).join(", ")}.`);
  return forge;
}
