import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, createWriteStream, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One process of Belfry that is kept running. */
export interface Role {
  /** `web-1` */
  name: string;
  command: "start" | "web" | "worker";
  environment: Record<string, string>;
}

/** A process that was started for a role. */
export interface BelfryProcess {
  role: Role;
  child: ChildProcess;
  isReady: boolean;
  begun: number;
  /** the last lines that it printed or logged */
  words: () => string[];
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const mostWords = 5;
const readyWords = /Belfry listens on|worker is ready/;
const clock = join(import.meta.dirname, "clock.ts");
/** As the Procfile starts it. */
const flags = ["--max-semi-space-size=2", "--import", clock];

/**
 * Starts Belfry from a copy of the project, by a clock that can be moved; what it prints is added to a file of its name.
 * @param onReady called once, when it says so
 */
export function startBelfryProcess(
  { folder, logs }: { folder: string; logs: string },
  role: Role,
  onReady: (ready: BelfryProcess) => void,
): BelfryProcess {
  const { PATH, HOME } = process.env;
  const path = join(logs, `${role.name}.log`);
  // Belfry waits for whoever reads its log: here that is a file, not this process, which is busy.
  const errors = openSync(path, "a");
  const child = spawn(process.execPath, [...flags, "src/main.ts", role.command], {
    cwd: folder,
    env: { PATH, HOME, NO_COLOR: "1", ...role.environment },
    stdio: ["ignore", "pipe", errors],
  });
  closeSync(errors);
  const log = createWriteStream(path, { flags: "a" });
  const exited: BelfryProcess["exited"] = new Promise((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  // Later than its exit: what it printed last is read by then.
  child.once("close", () => log.end());
  const one: BelfryProcess = { role, child, isReady: false, begun: Date.now(), words: () => lastLines(path), exited };
  const read = (chunk: Buffer) => {
    log.write(chunk);
    const text = chunk.toString();
    // What was printed before a kill may be read after it.
    if (one.isReady || child.killed || !readyWords.test(text)) return;
    one.isReady = true;
    onReady(one);
  };
  child.stdout?.on("data", read);
  return one;
}

const lastLines = (path: string) => readFileSync(path, "utf8").trim().split("\n").slice(-mostWords);

export const isGone = ({ child }: BelfryProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Seconds in which a process has to end after SIGTERM, and a little. */
const mostSeconds = 11;

/** Ends a process; what does not end when asked to is killed. @returns whether it ended in time, and well */
export async function endBelfryProcess(one: BelfryProcess, signal: NodeJS.Signals): Promise<boolean> {
  if (isGone(one)) return true;
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    one.child.kill("SIGKILL");
  }, mostSeconds * 1000);
  one.child.kill(signal);
  // As systemd does: one that a fault holds still could not end. https://www.freedesktop.org/software/systemd/man/latest/systemd.kill.html
  one.child.kill("SIGCONT");
  const { code } = await one.exited;
  clearTimeout(late);
  // One that a fault killed meanwhile has no code: it was not unwilling.
  return !isLate && (code === 0 || code === null);
}
