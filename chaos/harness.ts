import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Folders, makeFolders } from "./folders.ts";
import type { History } from "./history.ts";
import { createLoad, type Load, type Target, targetsOf } from "./load.ts";
import { freePorts } from "./ports.ts";
import { type Ending, type PostgresServer, startPostgres } from "./postgres.ts";
import { type Processes, startProcesses } from "./processes.ts";
import type { Random } from "./random.ts";
import { clockOf, type EngineName, receives, rolesOf, sends } from "./roles.ts";
import { type Slack, startSlack } from "./slack.ts";
import { type BenchStore, openBenchStore } from "./store.ts";
import { createTopology } from "./topology.ts";

export interface HarnessOptions {
  engine: EngineName;
  /** the copy of the project that runs */
  project: string;
  webs: number;
  workers: number;
  workspaces: number;
  channels: number;
  /** hooks of each workspace */
  hooks: number;
  /** settings of Belfry's processes, such as BELFRY_PACE_CHANNEL */
  settings: Record<string, string>;
  random: Random;
  /** megabytes of a small disk for Belfry's data; undefined: no such disk */
  disk?: number | undefined;
  postgresFlags?: readonly string[];
  /** an empty database of a PostgreSQL that runs already, and that no fault can stop */
  databaseUrl?: string | undefined;
}

/** A running Belfry between a forge and a Slack of our own. */
export interface Harness {
  engine: EngineName;
  folders: Folders;
  slack: Slack;
  store: BenchStore;
  processes: Processes;
  /** names of the processes that receive, and of those that send */
  webs: string[];
  workers: string[];
  load: Load;
  targets: Target[];
  postgres: PostgresServer | undefined;
  /** stops PostgreSQL; the outage is over when it was started again */
  stopPostgres(ending: Ending): Promise<void>;
  startPostgres(): Promise<void>;
  /** moves the clock of a process by milliseconds */
  setClock(name: string, offset: number): void;
  /** asks each web process's `/readyz` and keeps the answers */
  askReady(): Promise<void>;
  /** ends Belfry and tells all that was recorded */
  finish(): Promise<History>;
  /** ends everything; @param keep leaves logs and data */
  close(keep?: boolean): Promise<void>;
}

/** Starts the fake Slack, the database and Belfry's processes, filled with workspaces, hooks and rules. */
export async function startHarness(options: HarnessOptions): Promise<Harness> {
  const { engine, project, random } = options;
  const folders = makeFolders(options.disk);
  const cleanups: (() => unknown)[] = [];
  const close = async (keep = false) => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
    folders.remove(keep);
  };
  try {
    const [slackPort = 0, postgresPort = 0, ...ports] = await freePorts(options.webs + 2);
    const places = createTopology(options);
    const slack = await startSlack(places, slackPort);
    cleanups.push(slack.close);
    const postgres =
      engine === "postgres" && options.databaseUrl === undefined
        ? await startPostgres(folders.root, postgresPort, options.postgresFlags)
        : undefined;
    const databaseUrl = engine === "postgres" ? (options.databaseUrl ?? postgres?.url) : undefined;
    if (postgres) cleanups.push(() => postgres.stop("immediate").catch(() => undefined));

    const keys = randomBytes(32).toString("base64");
    const database = databaseUrl === undefined ? undefined : { url: databaseUrl, isDyno: false };
    const store = await openBenchStore(project, { data: join(folders.data, "start-1"), keys, database });
    cleanups.push(store.close);
    const hookIds = await store.fill(places);

    const roles = rolesOf({
      ...{ engine, webs: options.webs, workers: options.workers, ports, keys, settings: options.settings },
      ...{ root: folders.root, data: folders.data, databaseUrl, token: places[0]?.token ?? "" },
      slackUrlFor: slack.urlFor,
    });
    const clockJumps: number[] = [];
    const setClock = (name: string, offset: number) => {
      const path = clockOf(folders.root, name);
      // In one step: nobody may read half a number.
      writeFileSync(`${path}.new`, String(offset));
      renameSync(`${path}.new`, path);
      // On PostgreSQL all go by its clock, which nobody moves. A process sees the new time a moment later.
      if (engine === "sqlite") clockJumps.push(Date.now(), Date.now() + clockLag);
    };
    for (const { name } of roles) setClock(name, 0);
    clockJumps.length = 0;
    const processes = startProcesses({ folder: project, logs: folders.logs, roles });
    cleanups.push(() => processes.stop("SIGKILL"));
    await processes.ready();
    const webs = roles
      .filter(receives)
      .map(({ name, environment }) => ({ name, url: `http://127.0.0.1:${environment["PORT"]}` }));
    const load = createLoad({ webs, random });
    const ready: unknown[] = [];
    let outage: History["interruptions"][number] | undefined;

    return {
      ...{ engine, folders, slack, store, processes, load, postgres, setClock, close },
      webs: webs.map(({ name }) => name),
      workers: roles.filter(sends).map(({ name }) => name),
      targets: targetsOf(places, hookIds),
      async stopPostgres(ending) {
        outage ??= { process: undefined, from: Date.now(), until: Number.POSITIVE_INFINITY };
        processes.interruptions.push(outage);
        await postgres?.stop(ending);
      },
      async startPostgres() {
        await postgres?.start();
        if (outage) outage.until = Date.now();
        outage = undefined;
      },
      async askReady() {
        for (const { url } of webs) ready.push(await readyOf(url));
      },
      async finish() {
        await load.settle();
        await processes.stop("SIGTERM");
        return {
          deliveries: load.deliveries,
          calls: slack.calls(),
          stored: await store.read(),
          removed: slack.removed,
          interruptions: processes.interruptions,
          clockJumps,
          ready,
        };
      },
    };
  } catch (error) {
    await close(true);
    throw new Error(`the harness did not start; logs are in ${folders.logs}`, { cause: error });
  }
}

/** Milliseconds in which every process has looked at its clock's file. */
const clockLag = 100;

async function readyOf(url: string): Promise<unknown> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return answer.headers.get("content-type")?.includes("json") ? await answer.json() : undefined;
  } catch {
    // It was killed, or is starting.
    return undefined;
  }
}
