import { setTimeout as sleep } from "node:timers/promises";
import { type BelfryProcess, endBelfryProcess, isGone, type Role, startBelfryProcess } from "./belfry-process.ts";
import type { Interruption } from "./history.ts";
import { peakOf } from "./memory.ts";

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
  /** processes that ended by themselves, with their last words */
  ends: string[];
  /** processes that did not end within 10 s of SIGTERM, or not with 0 */
  unwilling: string[];
  kills: number;
  restarts: number;
  /** most memory that each process ever had, in bytes */
  memory(): Record<string, number>;
}

interface Kept extends BelfryProcess {
  /** it was asked to end */
  isEnding: boolean;
  /** open from the moment that it is killed until it is ready again */
  interruption: Interruption | undefined;
}

/** Milliseconds until all have to be ready: generous, because a busy machine may start ten at once. */
const mostStarting = 60_000;

/** Starts Belfry's processes from a copy of the project and keeps them running. */
export function startProcesses(options: { folder: string; logs: string; roles: readonly Role[] }): Processes {
  const { roles } = options;
  const interruptions: Interruption[] = [];
  const ends: string[] = [];
  const unwilling: string[] = [];
  const peaks: Record<string, number> = {};
  const kept = new Map<string, Kept>();
  let [stopping, kills, restarts] = [false, 0, 0];

  function begin(role: Role, interruption: Interruption | undefined): void {
    const started = startBelfryProcess(options, role, () => {
      if (one.interruption) one.interruption.until = Date.now();
      one.interruption = undefined;
    });
    const one: Kept = Object.assign(started, { isEnding: false, interruption });
    kept.set(role.name, one);
    void one.exited.then(() => again(one));
  }

  async function again(one: Kept): Promise<void> {
    const { role, begun, words } = one;
    const { code, signal } = await one.exited;
    one.isReady = false;
    if (stopping) return;
    if (signal !== "SIGKILL" && !(one.isEnding && code === 0)) {
      ends.push(`${role.name} ended with ${code ?? signal}: ${words().join("\n    ").slice(-1000)}`);
      // As a platform does with what ends at once.
      if (Date.now() - begun < 2_000) await sleep(300);
    }
    if (!stopping) begin(role, one.interruption ?? interrupt(role.name));
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

  async function end(one: Kept, signal: NodeJS.Signals): Promise<void> {
    if (!(await endBelfryProcess(one, signal))) unwilling.push(one.role.name);
  }

  function measure(): void {
    for (const one of kept.values()) {
      const peak = isGone(one) ? 0 : peakOf(one.child.pid);
      peaks[one.role.name] = Math.max(peaks[one.role.name] ?? 0, peak);
    }
  }

  const measuring = setInterval(measure, 500);
  for (const role of roles) begin(role, undefined);

  return {
    names: roles.map(({ name }) => name),
    interruptions,
    ends,
    unwilling,
    get kills() {
      return kills;
    },
    get restarts() {
      return restarts;
    },
    async ready() {
      const until = Date.now() + mostStarting;
      for (;;) {
        const missing = [...kept.values()].flatMap(({ role, isReady }) => (isReady ? [] : role.name));
        if (missing.length === 0) return;
        if (Date.now() > until) throw new Error(`${missing} did not start:\n${ends.slice(-3).join("\n")}`);
        await sleep(20);
      }
    },
    isReady: (name) => find(name).isReady,
    kill(name) {
      const one = find(name);
      if (isGone(one)) return false;
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
