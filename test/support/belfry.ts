import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface Belfry {
  /** address that it printed */
  url: string;
  /** everything printed so far */
  output: () => string;
  /** resolves when the text was printed */
  printed: (text: string) => Promise<void>;
  /** sends a signal and waits for the end */
  kill: (signal: NodeJS.Signals) => Promise<number | null>;
  process: ChildProcess;
}

/** A folder of its own for a test, and a function that removes it. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "belfry-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

type Environment = Record<string, string | undefined>;

/** Starts a real Belfry process. `ready`: what it prints when it is; `folder`: of another copy of the project. */
export async function startBelfry(
  environment: Environment,
  args: readonly string[] = ["start"],
  ready = "listens on",
  folder = root,
): Promise<Belfry> {
  const child = spawnBelfry(args, { PORT: "0", HOST: "127.0.0.1", ...environment }, folder);
  let text = "";
  const listeners = new Set<() => void>();
  const read = (chunk: Buffer) => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));

  const printed = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!text.includes(wanted)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then((code) => reject(new Error(`ended with ${code} before it printed “${wanted}”:\n${text}`)));
    });

  await printed(ready);
  return {
    url: /listens on (\S+)/.exec(text)?.[1] ?? "",
    output: () => text,
    printed,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
    process: child,
  };
}

/** Runs a command to its end. */
export async function runBelfry(
  args: readonly string[],
  environment: Environment = {},
  folder = root,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawnBelfry(args, environment, folder);
  const [out, err, code] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { code, out, err };
}

function spawnBelfry(args: readonly string[], environment: Environment, folder: string): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn(process.execPath, ["src/main.ts", ...args], {
    cwd: folder,
    env: { PATH, HOME, NO_COLOR: "1", BELFRY_RULES: "/nonexistent/rules.yml", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

/** Address and secret of the hook that the first start prints. */
export async function firstHook({ output, printed }: Belfry): Promise<{ hook: string; secret: string }> {
  await printed("--event");
  const [, hook = "", secret = ""] = /address {2}(\S+)\n {2}secret {3}(\S+)/.exec(output()) ?? [];
  return { hook, secret };
}

/** Sends one delivery as GitLab would. */
export function deliver(
  { hook, secret }: { hook: string; secret: string },
  { header, body }: { header: string; body: Buffer | string },
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(hook, {
    method: "POST",
    headers: { "content-type": "application/json", "x-gitlab-event": header, "x-gitlab-token": secret, ...headers },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
}

/** Asks until it is so; fails with what was seen last. */
export async function until<T>(ask: () => T | Promise<T>, isSo: (seen: T) => boolean, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await ask();
    if (isSo(seen)) return seen;
    if (Date.now() > end) throw new Error(`not so after ${seconds} seconds; seen last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
