import { UserError } from "../errors.ts";
import { atomgit } from "./atomgit/index.ts";
import type { Forge } from "./forge.ts";
import { gitlab } from "./gitlab/index.ts";
import { gitswarm } from "./gitswarm/index.ts";
import type { Scheme } from "./verify.ts";
import { wvs } from "./wvs/index.ts";

/** All forges, by name. */
export const forges: Readonly<Record<string, Forge>> = { gitlab, gitswarm, atomgit, wvs };

/** @throws UserError that names the forges there are */
export function forgeNamed(name: string): Forge {
  const forge = Object.hasOwn(forges, name) ? forges[name] : undefined;
  if (!forge) throw new UserError(`There is no forge “${name}”. Choose one of: ${Object.keys(forges).join(", ")}.`);
  return forge;
}

/** Throws where a forge cannot prove itself that way. @throws UserError that names the ways it can */
export function refuseScheme({ title, schemes }: Forge, scheme: Scheme): void {
  if (schemes.includes(scheme)) return;
  throw new UserError(`${title} has no scheme “${scheme}”. Choose one of: ${schemes.join(", ")}.`);
}
