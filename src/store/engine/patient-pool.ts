import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";

/** Milliseconds in which queries under way may end when the pool is closed. */
const grace = 3_000;

/**
 * The pool as Kysely takes it, without connections on which PostgreSQL has fallen silent: node-postgres gives one whose
 * query timed out back to the pool, where the next query would wait behind the last. After a failover that is each of
 * them, for as long as TCP hopes (https://github.com/brianc/node-postgres/issues/3399).
 * @param onError called when a connection breaks that is in use
 */
export function patientPool(pool: pg.Pool, onError: (error: unknown) => void): PostgresPool {
  const out = new Set<pg.PoolClient>();
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect();
      out.add(client);
      // One that breaks while nobody asks it anything, as between two queries of a transaction, would end the process.
      client.on("error", onError);
      return patient(client, () => {
        out.delete(client);
        client.off("error", onError);
      });
    },
    end: async () => {
      // A silent server must not keep the process from ending.
      const cut = setTimeout(() => {
        for (const client of out) void client.end();
      }, grace);
      await pool.end();
      clearTimeout(cut);
    },
  };
}

function patient(client: PostgresPoolClient, onRelease: () => void): PostgresPoolClient {
  let silent: Error | undefined;

  async function ask<R>(text: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>> {
    // Such as the rollback after a query without an answer.
    if (silent) throw silent;
    try {
      return await client.query<R>(text, parameters);
    } catch (error) {
      if (error instanceof Error && error.message === "Query read timeout") silent = error;
      throw error;
    }
  }

  function query<R>(text: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(
    asked: string | PostgresCursor<R>,
    parameters: ReadonlyArray<unknown> = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof asked !== "string") throw new Error("Belfry reads no cursors.");
    return ask<R>(asked, parameters);
  }

  return {
    query,
    release: (destroy) => {
      onRelease();
      client.release(destroy || silent !== undefined);
    },
  };
}
