import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type LimitNode,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  SqliteQueryCompiler,
  type SqliteStatement,
  sql,
} from "kysely";
import type { GivenType } from "../given.ts";
import type { Engine } from "./engine.ts";

const mostStatements = 200;

/**
 * How commits are kept safe. `wal` is for files that several processes read; `persist` writes in place, so that a file
 * on a full disk can still be emptied: a WAL must grow for that, and the file with it.
 * https://sqlite.org/pragma.html#pragma_journal_mode
 */
export type Journal = "wal" | "persist";

/** SQLite in one file: one server at a time, with short commands beside it. */
export function sqlite(path: string, journal: Journal = "wal"): Engine {
  return {
    name: "sqlite",
    place: path,
    dialect: sqliteDialect(path, journal),
    alone: true,
    now: () => new Date(),
    hasTable: async (db, name) => {
      const { rows } = await sql`select 1 from sqlite_master where type = 'table' and name = ${name}`.execute(db);
      return rows.length > 0;
    },
    isDurable: async (db) => {
      const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
      return (rows[0]?.synchronous ?? 0) >= full;
    },
    together: 100,
    // A transaction has the database to itself.
    skipLocked: (query) => query,
    lockInOrder: (query) => query,
    given: (columns, json) => {
      const values = columns.map(([name, type], at) => sql`${sql.raw(given[type](at))} as ${sql.ref(name)}`);
      return sql`(select ${sql.join(values)} from json_each(${json}))`;
    },
    lockKeys: async () => {},
    notify: () => {},
    listen: () => async () => {},
    isPassing: () => false,
    isAway: () => false,
    isRefusal: (error) => refusals.has(codeOf(error)),
    problemOf: (error) => problems[codeOf(error)]?.(path),
    close: async () => {},
  };
}

/** A value of a row of JSON. https://sqlite.org/json1.html#jptr */
const given: Readonly<Record<GivenType, (at: number) => string>> = {
  text: (at) => `value ->> ${at}`,
  integer: (at) => `value ->> ${at}`,
  binary: (at) => `unhex(value ->> ${at})`,
};

/** https://sqlite.org/pragma.html#pragma_synchronous */
const full = 2;

const codeOf = (error: unknown): number =>
  error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;

/** Too large, a constraint, a wrong type, out of range. https://sqlite.org/rescode.html */
const refusals = new Set([18, 19, 20, 25]);

const problems: Record<number, (path: string) => string> = {
  5: () => "The database is busy: another command works on it. Try again.",
  8: (path) => `${path} cannot be written.`,
  11: (path) => `${path} is damaged. Nothing was changed; restore it from your backup.`,
  13: (path) => `The disk of ${path} is full.`,
  14: (path) => `${path} cannot be opened.`,
  26: (path) => `${path} is not a database, or is damaged. Nothing was changed; restore it from your backup.`,
};

/**
 * SQLite through Node's own module. With `synchronous=FULL` a commit is on disk before it returns, also through a
 * power cut (https://sqlite.org/pragma.html#pragma_synchronous).
 */
function sqliteDialect(path: string, journal: Journal): Dialect {
  const config: SqliteDialectConfig = { database: async () => openSqlite(path, journal) };
  const dialect = new SqliteDialect(config);
  return {
    createDriver: () => new ImmediateDriver(config),
    createQueryCompiler: () => new LimitHidingCompiler(),
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** Our transactions write: taking the lock at once avoids a deadlock with a command that runs beside the server. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  /** A full disk makes SQLite undo by itself: https://sqlite.org/lang_transaction.html */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }
}

/**
 * SQLite reads a bound LIMIT when it plans, and so plans the statement anew at each call, which takes ten times as long
 * as to run it. It does not look into an expression. https://sqlite.org/c3ref/prepare.html
 */
class LimitHidingCompiler extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    super.visitLimit(node);
    this.append(" + 0");
  }
}

/** SQLite can undo `create table`, though Kysely does not say so: a migration that is cut off leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function openSqlite(path: string, journal: Journal) {
  const database = new DatabaseSync(path);
  database.exec(`pragma busy_timeout = 10000; pragma journal_mode = ${journal}; pragma synchronous = full`);
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(text: string): SqliteStatement {
      const known = statements.get(text);
      if (known) return known;
      const [oldest] = statements.keys();
      if (statements.size >= mostStatements && oldest !== undefined) statements.delete(oldest);
      const statement = adapt(database.prepare(text));
      statements.set(text, statement);
      return statement;
    },
  };
}

function adapt(statement: StatementSync): SqliteStatement {
  const values = (parameters: ReadonlyArray<unknown>) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}
