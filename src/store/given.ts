import type { RawBuilder } from "kysely";
import type { Store } from "./store.ts";

/** The type of a column of given rows. `binary` is for sealed columns. */
export type GivenType = "text" | "integer" | "binary";

/** Values that a column of its type takes; any of them may be null. */
type GivenValue = string | number | Uint8Array | null;

export type GivenRow<Row> = { [Name in keyof Row]: GivenValue };

/** The names and types of given rows. */
export type GivenColumns<Row> = { readonly [Name in keyof Row]: GivenType };

/**
 * Rows of values as a table of a query, to be named with `.as("given")`: one statement then does what would take one
 * for each row. All rows are one parameter, so the text of the statement is the same however many there are, and is
 * prepared once. Rows keep their order.
 * @param json what `encodeRows` makes of the rows, or the place of it in a prepared query
 */
export const given = <Row>(
  { engine }: Pick<Store, "engine">,
  columns: GivenColumns<Row>,
  json: RawBuilder<string>,
): RawBuilder<Row> =>
  engine.given<Row>(
    namesOf(columns).map((name): [string, GivenType] => [name, columns[name]]),
    json,
  );

/** Rows as the JSON of `given`. Half a surrogate pair becomes U+FFFD, as where it is bound by itself. */
export const encodeRows = <Row>(columns: GivenColumns<Row>, rows: readonly GivenRow<Row>[]): string =>
  JSON.stringify(rows.map((row) => namesOf(columns).map((name) => encode(row[name]))));

const namesOf = <Row>(columns: GivenColumns<Row>) => Object.keys(columns) as (keyof Row & string)[];

const encode = (value: GivenValue): string | number | null => {
  if (typeof value === "string") return value.toWellFormed();
  return value instanceof Uint8Array ? hex(value) : value;
};

const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("hex");
