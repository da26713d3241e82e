import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";

const folder = import.meta.dirname;
const read = (path: string) => readFileSync(join(folder, path), "utf8");

interface Lock {
  packages: Record<string, { version?: string }>;
}

/** Whether what is installed is what `bench/package-lock.json` says. */
function areThere(): boolean {
  const installed = "node_modules/.package-lock.json";
  if (!existsSync(join(folder, installed))) return false;
  const versions = (path: string) =>
    Object.entries((JSON.parse(read(path)) as Lock).packages).flatMap(([name, { version }]) =>
      name === "" ? [] : `${name} ${version}`,
    );
  const known = new Set(versions(installed));
  return versions("package-lock.json").every((one) => known.has(one));
}

/**
 * Installs the peers that Belfry is measured against, unless they are there.
 * @throws Error that says how to do it by hand
 */
export function installPeers(say: (line: string) => void): void {
  if (areThere()) return;
  say("The peers are not installed: npm ci in bench/ (about 200 packages, nothing of it is Belfry's) …");
  try {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "pipe" });
  } catch (cause) {
    throw new Refusal("The peers could not be installed. Try `npm ci` in bench/, or measure others with --only.", {
      cause,
    });
  }
}
