import { readdirSync, readFileSync } from "node:fs";

/** Ticks of the kernel's clock in a second. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const ticks = 100;

interface Process {
  pid: number;
  name: string;
  parent: number;
  /** seconds of a core, with those of its children that have ended */
  seconds: number;
}

/** @returns undefined where it is gone, or this is not Linux */
function look(pid: string): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = text.lastIndexOf(")");
    const fields = text.slice(end + 2).split(" ");
    const number = (at: number) => Number(fields[at]);
    // Counted from the third field of the page above: 4 is its parent, 14 to 17 are the times.
    const seconds = [11, 12, 13, 14].reduce((sum, at) => sum + number(at), 0) / ticks;
    return { pid: Number(pid), name: text.slice(text.indexOf("(") + 1, end), parent: number(1), seconds };
  } catch {
    // It ended between two looks.
    return undefined;
  }
}

/** Seconds of a core that this process of ours and all it started have taken so far. */
export function secondsOf(pid: number): number {
  return look(String(pid))?.seconds ?? 0;
}

/** The same for all processes below us that have the name, such as `postgres`. */
export function secondsOfName(name: string): number {
  const all = readdirSync("/proc").flatMap((entry) => (/^\d+$/.test(entry) ? (look(entry) ?? []) : []));
  const ours = new Set([process.pid]);
  // Parents are mostly older; a few rounds find also those that are not.
  for (let size = 0; size < ours.size; ) {
    size = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all.reduce((sum, one) => sum + (ours.has(one.pid) && one.name === name ? one.seconds : 0), 0);
}

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
