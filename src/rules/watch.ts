import { statSync } from "node:fs";

/**
 * Calls `onChange` after the file was written, replaced, made or removed; looks once a second unless told otherwise.
 * Compares with the file as it is now, so watch first and read afterwards: then no change is missed. Returns the
 * function that stops it. It looks by itself, because file events do not reach mounted and network folders.
 */
export function watchRulesFile(path: string, onChange: () => void, { intervalMs = 1_000 } = {}): () => void {
  let seen = versionOf(path);
  const timer = setInterval(() => {
    const now = versionOf(path);
    if (now === seen) return;
    seen = now;
    onChange();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** What changes when the file does; the error where it cannot be looked at, which its reader will meet and report. */
function versionOf(path: string): string {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats ? `${stats.ino} ${stats.mtimeNs} ${stats.size}` : "absent";
  } catch (error) {
    return String(error);
  }
}
