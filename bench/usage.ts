import { readFileSync } from "node:fs";
import { descendants, look } from "./descendants.ts";

/** Seconds of a core that this process of ours and all it started have taken so far. */
export function secondsOf(pid: number): number {
  return look(String(pid))?.seconds ?? 0;
}

/** The same for all processes below us that have the name, such as `postgres`. */
export const secondsOfName = (name: string): number =>
  descendants().reduce((sum, one) => sum + (one.name === name ? one.seconds : 0), 0);

/** Bytes of memory that a process has now; NaN where it is gone. */
export function memoryOf(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    // It ended.
    return Number.NaN;
  }
}
