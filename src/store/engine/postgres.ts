import { type Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import type { GivenType } from "../given.ts";
import type { Tables } from "../schema.ts";
import { createClock } from "./clock.ts";
import { connection } from "./connection.ts";
import type { Engine } from "./engine.ts";
import { patientPool } from "./patient-pool.ts";
import { createSignals } from "./signals.ts";

/** Connections of one process: with those that listen, a web and two workers fit into a small plan of 20. */
const mostConnections = 5;

/** Milliseconds. A frozen process must not hold its locks for ever, and no caller waits longer than a forge does. */
const limits = { connect: 3_000, statement: 10_000, idleTransaction: 10_000 };

/** PostgreSQL 13 or newer, shared by any number of web and worker processes. */
export function postgres(url: string, options: { isDyno: boolean; onError: (error: unknown) => void }): Engine {
  const clock = createClock();
  const config = connection(url, options.isDyno);
  const pool = new pg.Pool({
    ...config,
    max: mostConnections,
    connectionTimeoutMillis: limits.connect,
    query_timeout: limits.statement + 1_000,
    keepAlive: true,
    // A new connection also sets the clock.
    maxLifetimeSeconds: 600,
    types: { getTypeParser },
    onConnect: async (client) => clock.set(await prepare(client)),
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on("error", options.onError);
  const signals = createSignals(pool, config, options.onError);
  return {
    name: "postgres",
    place: `the database ${config.database ?? ""} on ${config.host ?? "localhost"}`,
    dialect: new PostgresDialect({ pool: patientPool(pool, options.onError) }),
    alone: false,
    now: clock.now,
    hasTable: async (db, name) => {
      const { rows } = await sql<{ found: string | null }>`select to_regclass(${name}) as found`.execute(db);
      return rows[0]?.found != null;
    },
    isDurable,
    together: 25,
    skipLocked: (query, alias) => query.modifyEnd(sql`for update of ${sql.ref(alias)} skip locked`),
    lockInOrder: (query, alias) => query.modifyEnd(sql`for update of ${sql.ref(alias)}`),
    given: (columns, json) => {
      const values = columns.map(([name, type], at) => sql`${sql.raw(given[type](at))} as ${sql.ref(name)}`);
      return sql`(select ${sql.join(values)} from jsonb_array_elements(${json}::jsonb) as value)`;
    },
    lockKeys,
    notify: signals.notify,
    listen: signals.listen,
    isPassing: (error) => passing.has(codeOf(error)),
    isAway: (error) => causesOf(error).some((one) => away.test(codeOf(one)) || silence.test(String(one))),
    isRefusal: (error) => causesOf(error).some((one) => refused.test(codeOf(one))),
    problemOf: (error) => problems[codeOf(error)] ?? withoutTls(error) ?? unreachable(error),
    close: signals.close,
  };
}

type GetTypeParser = typeof pg.types.getTypeParser;

/** int8 comes as text, because it may be too large for a number; ours count rows. https://node-postgres.com/features/types */
const int8 = 20;
const getTypeParser = ((oid: number, format?: "text") =>
  oid === int8 ? Number : pg.types.getTypeParser(oid, format)) as GetTypeParser;

/**
 * Sets up a new connection. A server may be set up to answer before it has written: ours must have.
 * @returns the database's clock, in milliseconds since 1970
 */
async function prepare(client: pg.ClientBase): Promise<number> {
  await client.query(
    `set statement_timeout = ${limits.statement}; set idle_in_transaction_session_timeout = ${limits.idleTransaction}`,
  );
  const { rows } = await client.query<{ time: number }>(
    `select set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on'
       else current_setting('synchronous_commit') end, false),
       (extract(epoch from clock_timestamp()) * 1000)::float8 as time`,
  );
  return rows[0]?.time ?? Date.now();
}

async function isDurable(db: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql<{ fsync: string; commit: string }>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`.execute(db);
  return rows[0]?.fsync === "on" && rows[0].commit !== "off";
}

/** A value of a row of JSON. https://www.postgresql.org/docs/current/functions-json.html */
const given: Readonly<Record<GivenType, (at: number) => string>> = {
  text: (at) => `value ->> ${at}`,
  integer: (at) => `(value ->> ${at})::integer`,
  binary: (at) => `decode(value ->> ${at}, 'hex')`,
};

async function lockKeys(trx: Transaction<Tables>, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  // In one order for all, so that two transactions never wait for each other.
  await sql`select pg_advisory_xact_lock(key) from (
    select distinct hashtextextended(name, 0) as key from unnest(${sql.val(keys)}::text[]) as name order by key) as keys`.execute(
    trx,
  );
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/**
 * A conflict, a deadlock, a lock that was not free, and a row that another transaction has just made.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passing = new Set(["40001", "40P01", "55P03", "23505"]);

/** Nobody there, or there and not able to write at the moment: no connection free, no disk, going down, a standby. */
const away =
  /^(E(CONN[A-Z]+|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN|(HOST|NET)(UNREACH|DOWN))|08\d\w\w|53\d\w\w|57P0\w|57014|58\d\w\w|25006)$/;
const silence = /timeout|terminated|no answer|not queryable/i;
/** The values themselves are not taken: bad data, a constraint, a limit. */
const refused = /^(22|23|54)\w\w\w$/;

const problems: Record<string, string> = {
  "28P01": "PostgreSQL refuses the password of DATABASE_URL.",
  "28000": "PostgreSQL refuses the user of DATABASE_URL, or wants TLS: add ?sslmode=require.",
  "3D000": "PostgreSQL has no such database as DATABASE_URL names.",
  "42501": "PostgreSQL does not let the user of DATABASE_URL make tables.",
  "53300": "PostgreSQL has no connection free.",
};

/** An error and what caused it, at most as deep as ours go. */
const causesOf = (error: unknown): unknown[] => {
  const causes = [error];
  for (let depth = 0; depth < 4; depth++) {
    const last = causes.at(-1);
    if (last instanceof Error && last.cause !== undefined) causes.push(last.cause);
  }
  return causes;
};

const withoutTls = (error: unknown) =>
  String(error).includes("does not support SSL")
    ? "PostgreSQL offers no TLS: add ?sslmode=disable to DATABASE_URL."
    : undefined;

const unreachable = (error: unknown) =>
  /^(E[A-Z_]+|57P0\d|08\d\d\d)$/.test(codeOf(error)) || /timeout|terminated/i.test(String(error))
    ? "PostgreSQL cannot be reached at the address of DATABASE_URL."
    : undefined;
