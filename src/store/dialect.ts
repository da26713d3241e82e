import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type CreateTableBuilder,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";

/** The only file in which the engines differ. */

const mostStatements = 200;

/**
 * SQLite in one file, through Node's own module. WAL and `synchronous=FULL`: a commit is on disk before it returns,
 * also through a power cut (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export function sqliteDialect(path: string): Dialect {
  const config: SqliteDialectConfig = { database: async () => openSqlite(path) };
  const dialect = new SqliteDialect(config);
  return {
    createDriver: () => new ImmediateDriver(config),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** Our transactions write: taking the lock at once avoids a deadlock with a command that runs beside the server. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

/** SQLite can undo `create table`, though Kysely does not say so: a migration that is cut off leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function openSqlite(path: string) {
  const database = new DatabaseSync(path);
  database.exec("pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full");
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(text: string): SqliteStatement {
      const known = statements.get(text);
      if (known) return known;
      if (statements.size >= mostStatements) statements.clear();
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

/** Adds `seq`, the order of arrival, as the table's primary key. */
export function sequence<T extends string>(table: CreateTableBuilder<T>): CreateTableBuilder<T, "seq"> {
  return table.addColumn("seq", "integer", (column) => column.primaryKey().autoIncrement());
}
