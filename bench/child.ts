import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that was started to be measured. */
export interface Child {
  name: string;
  pid: number;
  /** rejects when it ends before it was asked to */
  ended: Promise<never>;
  /** SIGTERM, and SIGKILL where that is not enough */
  stop(): Promise<void>;
}

export interface ChildOptions {
  name: string;
  command: string;
  args: readonly string[];
  environment: Record<string, string>;
  folder: string;
  /** what it prints goes there: a pipe would make it wait for us */
  log: string;
}

/** Milliseconds. */
const patience = { ready: 60_000, look: 5, stop: 12_000 };
const shownWords = 2_000;

export function startChild({ name, command, args, environment, folder, log }: ChildOptions): Child {
  const file = openSync(log, "a");
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: "1", NODE_ENV: "production", ...environment };
  const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", file, file] });
  closeSync(file);
  let isStopping = false;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const ended = exited.then((): never => {
    throw new Error(
      `${name} has ended${isStopping ? "" : ` by itself:\n${readFileSync(log, "utf8").slice(-shownWords)}`}`,
    );
  });
  ended.catch(() => {});
  return {
    ...{ name, pid: child.pid ?? 0, ended },
    stop: async () => {
      isStopping = true;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), patience.stop);
      await exited;
      clearTimeout(late);
    },
  };
}

/** Resolves as soon as it is so. @throws Error after a minute, when it has stopped the child, or when the child ends */
export async function until(child: Child, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience.ready;
  const look = async () => {
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error(`${child.name} is not ready after a minute`);
      await sleep(patience.look);
    }
  };
  try {
    await Promise.race([look(), child.ended]);
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Whether somebody listens there. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** Whether `/readyz` says 200. */
export async function isReady(port: number): Promise<boolean> {
  if (!(await isListening(port))) return false;
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}
