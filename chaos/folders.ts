import { spawnSync } from "node:child_process";
import { chmodSync, closeSync, cpSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folders of a run. */
export interface Folders {
  root: string;
  /** each process has its own folder in it */
  data: string;
  logs: string;
  /** undefined where a small disk cannot be mounted: that needs root */
  disk: Disk | undefined;
  /** @param keep leaves logs and data for people to look at */
  remove(keep: boolean): void;
}

/** A small disk that can be full. */
export interface Disk {
  fill(): void;
  free(): void;
}

/** @param disk size of a small disk for the data in megabytes; undefined: the disk of all */
export function makeFolders(disk: number | undefined): Folders {
  const root = mkdtempSync(join(tmpdir(), "belfry-chaos-"));
  // PostgreSQL runs as a user of its own and has to get in.
  chmodSync(root, 0o755);
  const [data, logs] = [join(root, "data"), join(root, "logs")];
  mkdirSync(data);
  mkdirSync(logs);
  const mounted = disk !== undefined && mount(data, disk);
  return {
    root,
    data,
    logs,
    disk: mounted ? createDisk(join(data, "filler")) : undefined,
    remove(keep) {
      // What is on the small disk goes with it.
      if (mounted && keep) cpSync(data, join(root, "kept-data"), { recursive: true });
      if (mounted) spawnSync("umount", ["-l", data]);
      if (!keep) rmSync(root, { recursive: true, force: true });
    },
  };
}

const mount = (folder: string, megabytes: number) =>
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]).status === 0;

function createDisk(filler: string): Disk {
  return {
    fill() {
      const file = openSync(filler, "a");
      try {
        // Down to single bytes: nothing fits any more.
        for (let size = 1 << 20; size >= 1; size >>= 1) fillWith(file, Buffer.alloc(size));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
  };
}

function fillWith(file: number, chunk: Buffer): void {
  try {
    while (writeSync(file, chunk) === chunk.length);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}
