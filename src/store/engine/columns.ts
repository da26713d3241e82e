import { type CreateTableBuilder, type Kysely, PostgresAdapter, type RawBuilder, sql } from "kysely";

/** The types of columns, which engines name differently. */
export interface Columns {
  /** compared byte by byte, on every server alike */
  text: "text" | RawBuilder<unknown>;
  binary: RawBuilder<unknown>;
  /** Adds `seq`, the order of arrival, as the table's primary key. */
  sequence<T extends string>(table: CreateTableBuilder<T>): CreateTableBuilder<T, "seq">;
}

const sqlite: Columns = {
  text: "text",
  binary: sql`blob`,
  sequence: (table) => table.addColumn("seq", "integer", (column) => column.primaryKey().autoIncrement()),
};

const postgres: Columns = {
  text: sql`text collate "C"`,
  binary: sql`bytea`,
  sequence: (table) => table.addColumn("seq", "bigserial", (column) => column.primaryKey()),
};

/** The column types of the database that a migration works on. */
export const columnsOf = (db: Kysely<unknown>): Columns =>
  db.getExecutor().adapter instanceof PostgresAdapter ? postgres : sqlite;
