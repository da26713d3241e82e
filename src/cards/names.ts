import { createHash } from "node:crypto";

/**
 * What payloads call a thing, for a column that is not encrypted: a number as it is, all else as a hash. A name may be of
 * any length, hold what databases refuse, or be a secret that somebody called a branch. What is such a hash stays as it is.
 */
export function opaque(...parts: (string | undefined)[]): string {
  const [first = "", ...more] = parts;
  if (more.length === 0 && /^(\d{0,20}|~[0-9a-f]{32})$/.test(first)) return first;
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `~${hash.slice(0, 32)}`;
}

/** The name of an object: what it is, and what payloads call it. */
export const named = (what: string, ...parts: (string | undefined)[]): string => `${what} ${opaque(...parts)}`;

const mostPath = 300;

/** A path for a column, as people know it. */
export const pathNamed = (path: string): string =>
  path
    .replace(/\p{Cc}/gu, "")
    .slice(0, mostPath)
    .toWellFormed();
