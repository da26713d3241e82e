import { readFileSync } from "node:fs";

/**
 * Most memory that a process ever had, in bytes; 0 where it is gone. The kernel's own high-water mark: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
export function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    // It ended meanwhile, or this is not Linux: then there is no figure.
    return 0;
  }
}
