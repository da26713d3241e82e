import type { RawBuilder } from "kysely";
import type { Store } from "./store.ts";

/** The type of a column of given rows. `binary` is for sealed columns. */
export type GivenType = "text" | "integer" | "binary";

/** Values that a column of its type takes; any of them may be null. */
type GivenValue = string | number | Uint8Array | null;

/** The names and types of given rows. */
export type GivenColumns<Row> = { readonly [Name in keyof Row]: GivenType };

/**
 * Rows of values as a table of a query, to be named with `.as("given")`: one statement then does what would take one
 * for each row. All rows are one parameter, so the text of the statement is the same however many there are, and is
 * prepared once. Rows keep their order. Half a surrogate pair becomes U+FFFD, as where it is bound by itself.
 */
export function given<Row extends { [Name in keyof Row]: GivenValue }>(
  { engine }: Pick<Store, "engine">,
  columns: GivenColumns<Row>,
  rows: readonly Row[],
): RawBuilder<Row> {
  const names = Object.keys(columns) as (keyof Row & string)[];
  const list = names.map((name): [string, GivenType] => [name, columns[name]]);
  return engine.given<Row>(list, JSON.stringify(rows.map((row) => names.map((name) => encode(row[name])))));
}

const encode = (value: GivenValue): string | number | null => {
  if (typeof value === "string") return value.toWellFormed();
  return value instanceof Uint8Array ? hex(value) : value;
};

const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("hex");
