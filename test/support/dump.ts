import { sql } from "kysely";
import type { Store } from "../../src/store/store.ts";

/** A row with every value as text: bytes in hexadecimal. */
export type DumpedRow = Record<string, string | null>;

/** Every table of the database, whether our code knows it or not. */
export async function dumpTables(store: Store): Promise<Map<string, DumpedRow[]>> {
  const tables = await store.db.introspection.getTables();
  const dumped = new Map<string, DumpedRow[]>();
  for (const { name } of tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(store.db);
    dumped.set(name, rows.map(asTexts).toSorted(byText));
  }
  return dumped;
}

/** The tables whose rows belong to workspaces, by their columns in the database. */
export async function tenantTables(store: Store): Promise<string[]> {
  const tables = await store.db.introspection.getTables();
  return tables
    .filter(({ columns }) => columns.some(({ name }) => name === "workspace_id"))
    .map(({ name }) => name)
    .toSorted();
}

/** All that the database has of one workspace, by table. */
export async function dumpWorkspace(store: Store, workspace: string): Promise<Record<string, DumpedRow[]>> {
  const owner = (table: string) => (table === "workspaces" ? "id" : "workspace_id");
  const kept = new Set(["workspaces", ...(await tenantTables(store))]);
  return Object.fromEntries(
    [...(await dumpTables(store))]
      .filter(([table]) => kept.has(table))
      .map(([table, rows]) => [table, rows.filter((row) => row[owner(table)] === workspace)]),
  );
}

/** All bytes of all rows, as they would stand in a backup: blobs as they are. */
export const bytesOf = (dump: ReadonlyMap<string, readonly DumpedRow[]>): Buffer =>
  Buffer.concat(
    [...dump].flatMap(([, rows]) =>
      rows.flatMap((row) =>
        Object.values(row).map((value) =>
          value?.startsWith("\\x") ? Buffer.from(value.slice(2), "hex") : Buffer.from(`${value}\n`),
        ),
      ),
    ),
  );

const asTexts = (row: Record<string, unknown>): DumpedRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (value instanceof Uint8Array) return [name, `\\x${Buffer.from(value).toString("hex")}`];
      return [name, value === null ? null : String(value)];
    }),
  );

const byText = (a: DumpedRow, b: DumpedRow) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
