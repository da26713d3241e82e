import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Interruption } from "./history.ts";
import { peakOf } from "./memory.ts";

/** One process of Belfry that is kept running. */
export interface Role {
  /** `web-1` */
  name: string;
  command: "start" | "web" | "worker";
  environment: Record<string, string>;
}

export interface Processes {
  names: string[];
  /** resolves when all are ready */
  ready(): Promise<void>;
  isReady(name: string): boolean;
  /** SIGKILL; it is started again at once. @returns false where it does not run at the moment */
  kill(name: string): boolean;
  /** SIGTERM; it is started again when it has ended */
  restart(name: string): Promise<void>;
  /** holds a process still, and lets it go on */
  freeze(name: string): void;
  thaw(name: string): void;
  /** ends all, and starts none again */
  stop(signal: NodeJS.Signals): Promise<void>;
  interruptions: Interruption[];
  starts: { process: string; at: number }[];
  /** processes that ended by themselves, with their last words */
  ends: string[];
  /** processes that did not end within 10 s of SIGTERM, or not with 0 */
  unwilling: string[];
  kills: number;
  restarts: number;
  /** most memory that each process ever had, in bytes */
  memory(): Record<string, number>;
}

interface Kept {
  role: Role;
  child: ChildProcess;
  isReady: boolean;
  /** it was asked to end */
  isEnding: boolean;
  begun: number;
  /** open from the moment that it is killed until it is ready again */
  interruption: Interruption | undefined;
  words: string[];
  exited: Promise<number | null>;
}

/** Seconds in which a process has to end after SIGTERM, and a little. */
const mostSeconds = 11;
const readyWords = /Belfry listens on|worker is ready/;
const clock = join(import.meta.dirname, "clock.ts");

/** Starts Belfry's processes from a copy of the project and keeps them running. */
export function startProcesses(options: { folder: string; logs: string; roles: readonly Role[] }): Processes {
  const { folder, logs, roles } = options;
  const interruptions: Interruption[] = [];
  const starts: Processes["starts"] = [];
  const ends: string[] = [];
  const peaks: Record<string, number> = {};
  const kept = new Map<string, Kept>();
  let stopping = false;
  const unwilling: string[] = [];
  let kills = 0;
  let restarts = 0;

  function begin(role: Role, interruption: Interruption | undefined): void {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, ["--import", clock, "src/main.ts", role.command], {
      cwd: folder,
      env: { PATH, HOME, NO_COLOR: "1", ...role.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(join(logs, `${role.name}.log`), { flags: "a" });
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const one: Kept = {
      role,
      child,
      isReady: false,
      isEnding: false,
      begun: Date.now(),
      interruption,
      words: [],
      exited,
    };
    kept.set(role.name, one);
    const read = (chunk: Buffer) => {
      log.write(chunk);
      const text = chunk.toString();
      one.words = [...one.words, ...text.trim().split("\n")].slice(-5);
      if (!one.isReady && readyWords.test(text)) becomeReady(one);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code, signal) => {
      log.end();
      void again(one, code, signal);
    });
  }

  function becomeReady(one: Kept): void {
    one.isReady = true;
    starts.push({ process: one.role.name, at: Date.now() });
    if (one.interruption) one.interruption.until = Date.now();
    one.interruption = undefined;
  }

  async function again(one: Kept, code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    one.isReady = false;
    if (stopping) return;
    if (signal !== "SIGKILL" && !(one.isEnding && code === 0)) {
      ends.push(`${one.role.name} ended with ${code ?? signal}: ${one.words.join("\n    ").slice(-1000)}`);
      // As a platform does with what ends at once.
      if (Date.now() - one.begun < 2_000) await sleep(300);
    }
    if (!stopping) begin(one.role, one.interruption ?? interrupt(one.role.name));
  }

  function interrupt(name: string): Interruption {
    const interruption = { process: name, from: Date.now(), until: Number.POSITIVE_INFINITY };
    interruptions.push(interruption);
    return interruption;
  }

  const find = (name: string): Kept => {
    const one = kept.get(name);
    if (!one) throw new Error(`no process ${name}`);
    return one;
  };

  /** Ends a process; what does not end when asked to is killed. */
  async function end({ role, child, exited }: Kept, signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, mostSeconds * 1000);
    child.kill(signal);
    const code = await exited;
    clearTimeout(late);
    // One that a fault killed meanwhile has no code: it was not unwilling.
    if (signal === "SIGTERM" && (isLate || (code !== 0 && code !== null))) unwilling.push(role.name);
  }

  function measure(): void {
    for (const { role, child } of kept.values()) {
      const peak = child.exitCode === null && child.signalCode === null ? peakOf(child.pid) : 0;
      peaks[role.name] = Math.max(peaks[role.name] ?? 0, peak);
    }
  }

  const measuring = setInterval(measure, 500);
  for (const role of roles) begin(role, undefined);

  return {
    names: roles.map(({ name }) => name),
    interruptions,
    starts,
    ends,
    unwilling,
    get kills() {
      return kills;
    },
    get restarts() {
      return restarts;
    },
    async ready() {
      const until = Date.now() + 30_000;
      while ([...kept.values()].some(({ isReady }) => !isReady)) {
        if (Date.now() > until) throw new Error(`Belfry did not start:\n${ends.slice(-3).join("\n")}`);
        await sleep(20);
      }
    },
    isReady: (name) => find(name).isReady,
    kill(name) {
      const one = find(name);
      if (one.child.exitCode !== null || one.child.signalCode !== null) return false;
      measure();
      one.interruption ??= interrupt(name);
      one.isReady = false;
      kills++;
      return one.child.kill("SIGKILL");
    },
    async restart(name) {
      const one = find(name);
      if (!one.isReady) return;
      one.isEnding = true;
      one.isReady = false;
      one.interruption ??= interrupt(name);
      restarts++;
      await end(one, "SIGTERM");
    },
    freeze: (name) => void find(name).child.kill("SIGSTOP"),
    thaw: (name) => void find(name).child.kill("SIGCONT"),
    async stop(signal) {
      stopping = true;
      measure();
      clearInterval(measuring);
      await Promise.all([...kept.values()].map((one) => end(one, signal)));
    },
    memory: () => ({ ...peaks }),
  };
}
