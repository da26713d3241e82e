import { readdirSync, readFileSync } from "node:fs";

/** Ticks of the kernel's clock in a second. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const ticks = 100;

export interface Process {
  pid: number;
  name: string;
  parent: number;
  /** `Z`: it ended, and whoever started it has not noticed */
  state: string;
  /** seconds of a core, with those of its children that have ended */
  seconds: number;
}

/** @returns undefined where it is gone, or this is not Linux */
export function look(pid: string): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = text.lastIndexOf(")");
    const fields = text.slice(end + 2).split(" ");
    const number = (at: number) => Number(fields[at]);
    // Counted from the third field of the page above: 4 is its parent, 14 to 17 are the times.
    const seconds = [11, 12, 13, 14].reduce((sum, at) => sum + number(at), 0) / ticks;
    const name = text.slice(text.indexOf("(") + 1, end);
    return { pid: Number(pid), name, parent: number(1), state: fields[0] ?? "", seconds };
  } catch {
    // It ended between two looks.
    return undefined;
  }
}

/** All processes below this one that run: those it started, theirs, and so on. Linux only. */
export function descendants(): Process[] {
  const all = readdirSync("/proc").flatMap((entry) => (/^\d+$/.test(entry) ? (look(entry) ?? []) : []));
  const ours = new Set([process.pid]);
  // Parents are mostly older; a few rounds find also those that are not.
  for (let size = 0; size < ours.size; ) {
    size = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all.filter(({ pid, state }) => pid !== process.pid && ours.has(pid) && state !== "Z");
}

/** Milliseconds. */
const patience = { postgres: 3_000, all: 5_000, look: 20 };
const clock = new Int32Array(new SharedArrayBuffer(4));

/**
 * Ends everything below this process, and returns when it is gone. It lets nothing else happen here meanwhile, so that
 * nobody starts another process or wonders about one that ended.
 */
export function endDescendants(): void {
  const began = performance.now();
  let [left, isFirst] = [descendants(), true];
  while (left.length > 0 && performance.now() - began < patience.all) {
    const isLate = performance.now() - began > patience.postgres;
    for (const { pid, name } of left) {
      // PostgreSQL removes its shared memory by itself when told to quit at once, which SIGKILL would leave.
      if (name !== "postgres" || isLate) kill(pid, "SIGKILL");
      else if (isFirst) kill(pid, "SIGQUIT");
    }
    Atomics.wait(clock, 0, 0, patience.look);
    [left, isFirst] = [descendants(), false];
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}
