import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, type as system, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { median } from "./statistics.ts";

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  /** gigabytes */
  memory: number;
  kernel: string;
  /** where the data were, and what a durable write costs there */
  disk: string;
  /** of the minute before */
  load: number;
  commit: string;
  /** of the programs and packages */
  versions: Record<string, string>;
}

/** @param more versions that only a run knows, such as PostgreSQL's */
export const describeMachine = (more: Record<string, string> = {}): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  memory: Math.round(totalmem() / 2 ** 30),
  kernel: `${system()} ${release()}`,
  disk: describeDisk(tmpdir()),
  load: loadavg()[0] ?? 0,
  commit: commitOf(join(import.meta.dirname, "..")),
  versions: { node: process.versions.node, sqlite: process.versions.sqlite ?? "unknown", ...peers(), ...more },
});

const Package = z.object({ dependencies: z.record(z.string(), z.string()) });
const peers = () =>
  Package.parse(JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8"))).dependencies;

function commitOf(folder: string): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", "src", "templates") === "" ? "" : " with changes";
    return `${git("rev-parse", "--short", "HEAD")}${changed}`;
  } catch {
    // A copy without its history: the version still says something.
    return "of an unknown commit";
  }
}

/** https://man7.org/linux/man-pages/man2/statfs.2.html */
const fileSystems: Record<number, string> = {
  61267: "ext4",
  16914836: "tmpfs (in memory: what is durable costs nothing here)",
  1481003842: "xfs",
  2435016766: "btrfs",
  2035054128: "overlayfs",
};

const writes = 200;

function describeDisk(folder: string): string {
  const own = mkdtempSync(join(folder, "belfry-fsync-"));
  const file = openSync(join(own, "file"), "w");
  const bytes = Buffer.alloc(4096, 1);
  const took: number[] = [];
  for (let at = 0; at < writes; at++) {
    const began = performance.now();
    writeSync(file, bytes);
    fsyncSync(file);
    took.push(performance.now() - began);
  }
  closeSync(file);
  rmSync(own, { recursive: true });
  const kind = fileSystems[statfsSync(folder).type] ?? "an unknown file system";
  return `data on ${kind}, 4 KB written and synced in ${median(took).toFixed(2)} ms`;
}
