import type { Forge } from "../forges/forge.ts";

/** So that `-12` still fits: see hookName. */
const mostName = 36;

/** The segments of a project's or group's path in its address, without the page of it that somebody was on. */
function segmentsOf({ pathname }: URL): string[] {
  const [path = ""] = pathname.split("/-/");
  return path
    .replace(/\.git$/, "")
    .split("/")
    .filter((segment) => segment !== "");
}

/** A name for a hook that none of the others has: the forge's, or host and path of the address; then `-2`, `-3` … */
export function nameFor(forge: Pick<Forge, "name">, address: URL | undefined, taken: readonly string[]): string {
  const said = address ? [address.hostname, ...segmentsOf(address)].join("-") : "";
  const slug = said
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .slice(0, mostName)
    .replace(/^[-_]+|[-_]+$/g, "");
  const base = slug || forge.name;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** The page of a project or group where its webhooks are, as far as the forge's addresses are known. */
export function hooksPageOf({ hooksPage }: Pick<Forge, "hooksPage">, address: URL): string | undefined {
  const segments = segmentsOf(address);
  if (hooksPage === undefined || segments.length === 0) return undefined;
  // A path of one part is a group's, whose settings are elsewhere: https://gitlab.com/groups/acme/-/hooks
  const path = segments.length === 1 ? ["groups", ...segments] : segments;
  return `${address.origin}/${path.join("/")}${hooksPage}`;
}
