import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadEmbedded } from "../test/support/postgres.ts";

/**
 * How PostgreSQL ends: `fast` rolls back and writes all down, `immediate` ends without a word and recovers at the next
 * start, `kill` is SIGKILL. https://www.postgresql.org/docs/18/server-shutdown.html
 */
export const endings = { fast: "SIGINT", immediate: "SIGQUIT", kill: "SIGKILL" } as const;
export type Ending = keyof typeof endings;

export interface PostgresServer {
  url: string;
  stop(ending: Ending): Promise<void>;
  start(): Promise<void>;
}

const mostTries = 100;

/** A real PostgreSQL with its data in the folder. It takes about two seconds to make. */
export async function startPostgres(
  folder: string,
  port: number,
  flags: readonly string[] = [],
): Promise<PostgresServer> {
  const databaseDir = join(folder, "postgres");
  const said: string[] = [];
  const { default: EmbeddedPostgres } = await loadEmbedded(folder);
  const create = () =>
    new EmbeddedPostgres({
      ...{ databaseDir, port, user: "postgres", password: "secret", persistent: true },
      // It refuses to run as root, so it gets a user of its own there.
      createPostgresUser: userInfo().uid === 0,
      initdbFlags: ["--encoding=UTF8", "--locale=C"],
      postgresFlags: ["-c", "max_connections=200", "-c", "unix_socket_directories=", ...flags],
      onLog: (text) => void said.push(String(text)),
      onError: (text) => void said.push(String(text)),
    });
  await create().initialise();

  async function start(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await create().start();
      } catch (cause) {
        // After SIGKILL its children hold the shared memory for a moment longer.
        if (tries >= mostTries) throw new Error(`PostgreSQL did not start:\n${said.slice(-20).join("")}`, { cause });
        await sleep(50);
      }
    }
  }

  async function stop(ending: Ending): Promise<void> {
    const [pid = ""] = readFileSync(join(databaseDir, "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), endings[ending]);
    while (isAlive(Number(pid))) await sleep(10);
  }

  await start();
  return { url: `postgres://postgres:secret@127.0.0.1:${port}/postgres`, start, stop };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: it is gone.
    return false;
  }
}
