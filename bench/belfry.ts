import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../chaos/ports.ts";
import { type Child, isReady, startChild, until } from "./child.ts";
import type { Run } from "./run.ts";
import type { Place } from "./workplace.ts";

/** A running process of Belfry. */
export interface Belfry extends Child {
  port: number;
}

const root = join(import.meta.dirname, "..");
/** As the Procfile and `npm start` have it. */
const flags = ["--max-semi-space-size=2"];

export interface BelfryOptions {
  command: "start" | "web" | "worker";
  place: Place;
  /** variables beside those of the place */
  environment?: Record<string, string>;
}

/** Starts a process and waits until it is ready. */
export async function startBelfry(run: Run, options: BelfryOptions): Promise<Belfry> {
  const belfry = await spawnBelfry(run, options);
  await until(belfry, () => isReady(belfry.port));
  return belfry;
}

/** Starts a process, and does not wait. A worker answers on its port as well, where its metrics are. */
export async function spawnBelfry(run: Run, { command, place, environment }: BelfryOptions): Promise<Belfry> {
  const { folder } = run.workplace;
  const [port = 0] = await freePorts(1);
  const name = `belfry-${command}-${port}`;
  const profiles = join(run.out, "profiles");
  if (run.profile) mkdirSync(profiles, { recursive: true });
  const profiling = run.profile
    ? ["--cpu-prof", `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.cpuprofile`]
    : [];
  const child = startChild({
    ...{ name, command: process.execPath, args: [...flags, ...profiling, "src/main.ts", command], folder: root },
    log: join(folder, `${name}.log`),
    environment: {
      ...{ HOST: "127.0.0.1", PORT: String(port), BELFRY_RULES: join(folder, "no-rules.yml"), LOG_LEVEL: "info" },
      ...(command === "worker" && { BELFRY_METRICS_PORT: String(port) }),
      NODE_COMPILE_CACHE: join(folder, "compiled"),
      ...place.environment,
      ...environment,
    },
  });
  const stop = async () => {
    await child.stop();
    if (run.profile) run.profiled(join(profiles, `${name}.cpuprofile`));
  };
  return { ...child, stop, port };
}
