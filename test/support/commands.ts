import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runBelfry, temporaryFolder } from "./belfry.ts";

export const root = join(import.meta.dirname, "../..");

/** A payload of GitLab in the repository. */
export const fixture = (name: string) => join(root, "test/forges/gitlab", `${name}.json`);

/** Compiled code is kept between the many short processes of a test. */
export const cache = { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/belfry-test") };

export interface Bench {
  folder: string;
  env: Record<string, string>;
  /** runs a command; its output as it was printed */
  run: (...args: string[]) => Promise<{ code: number | null; out: string; err: string }>;
  /** runs a command that must succeed, and parses what it printed */
  json: <T = Row[]>(...args: string[]) => Promise<T>;
  /** writes a file into the folder and returns its path */
  file: (name: string, text: string) => string;
  remove: () => void;
}

export type Row = Record<string, unknown>;

/** A data folder of its own and the commands on it. */
export function createBench(environment: Record<string, string> = {}): Bench {
  const { folder, remove } = temporaryFolder();
  const env = {
    ...cache,
    BELFRY_DATA: join(folder, "data"),
    BELFRY_RULES: join(folder, "rules.yml"),
    ...environment,
  };
  const run = (...args: string[]) => runBelfry(args, env);
  return {
    folder,
    env,
    run,
    json: async <T>(...args: string[]) => {
      const { code, out, err } = await run(...args, "--json");
      if (code !== 0) throw new Error(`belfry ${args.join(" ")} ended with ${code}: ${err}`);
      return JSON.parse(out) as T;
    },
    file: (name, text) => {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    remove,
  };
}

/** Runs a line in the repository as somebody would who types it, with the project's own Node first. */
export function shell(line: string, environment: Record<string, string> = {}) {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH: `${join(root, "node_modules/.bin")}:${PATH}`, HOME, ...environment };
  const child = spawn("sh", ["-c", line], { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    output: () => text,
    ended,
    /** the signal goes to the shell and what it runs, as a platform sends it */
    kill: (signal: NodeJS.Signals) => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, signal);
      return ended;
    },
  };
}
