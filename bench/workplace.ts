import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { StoreOptions } from "../src/store/store.ts";
import { type PostgresServer, startPostgres } from "../test/support/postgres.ts";

export const stores = ["sqlite", "postgres"] as const;
export type StoreName = (typeof stores)[number];
export const titleOf: Record<StoreName, string> = { sqlite: "SQLite", postgres: "PostgreSQL" };

/** An empty place for a store. */
export interface Place {
  store: StoreName;
  options: StoreOptions;
  /** the same as variables of a process */
  environment: Record<string, string>;
  remove(): Promise<void>;
}

/** The folders and servers of a run. */
export interface Workplace {
  folder: string;
  newPlace(store: StoreName): Promise<Place>;
  /** undefined while nothing needed it */
  postgresVersion(): string | undefined;
  /** PostgreSQL writes down what it has, so that what one subject left is not the next one's work */
  settle(): Promise<void>;
  close(): Promise<void>;
  /** removes the folder at once; nothing may work in it any more */
  abandon(): void;
}

/** PostgreSQL makes its folder where temporary files go: inside the workplace it goes with it, whenever that is. */
async function startInside(folder: string): Promise<PostgresServer> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return await startPostgres();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

const keys = Buffer.alloc(32, 7).toString("base64");

export function createWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "belfry-bench-"));
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755);
  let server: PostgresServer | undefined;
  let version: string | undefined;
  let made = 0;

  const ask = async (text: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: server?.url ?? "" });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    await client.end();
    return rows.flatMap((row) => Object.values(row));
  };

  async function newDatabase(): Promise<{ url: string; name: string }> {
    server ??= await startInside(folder);
    version ??= String((await ask("show server_version"))[0]);
    const url = await server.createDatabase();
    return { url, name: url.slice(url.lastIndexOf("/") + 1) };
  }

  return {
    folder,
    postgresVersion: () => version,
    async newPlace(store) {
      const data = join(folder, `data-${made++}`);
      mkdirSync(data);
      const database = store === "postgres" ? await newDatabase() : undefined;
      return {
        store,
        options: { data, keys, database: database && { url: database.url, isDyno: false } },
        environment: { BELFRY_DATA: data, BELFRY_KEYS: keys, ...(database && { DATABASE_URL: database.url }) },
        remove: async () => {
          rmSync(data, { recursive: true, force: true });
          if (database) await ask(`drop database ${database.name} with (force)`);
        },
      };
    },
    settle: async () => void (server && (await ask("checkpoint"))),
    close: async () => {
      await server?.remove();
      rmSync(folder, { recursive: true, force: true });
    },
    abandon: () => rmSync(folder, { recursive: true, force: true }),
  };
}
