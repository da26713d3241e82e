import { type CompiledQuery, type QueryResult, type RawBuilder, sql } from "kysely";
import type { Engine } from "./engine/engine.ts";
import { encodeRows, type GivenColumns, type GivenRow, given } from "./given.ts";
import type { Store } from "./store.ts";

type Place = Pick<Store, "db" | "engine">;

type RowOf<Rows> = Rows extends readonly (infer Row extends GivenRow<Row>)[] ? Row : never;

/** The places of values in a query that is prepared. What stands there is not known: the text cannot hang on it. */
export interface Params<Values> {
  /** one value */
  value<Name extends keyof Values>(name: Name): RawBuilder<Values[Name]>;
  /** a list of rows as a table, as `given` makes it */
  rows<Name extends keyof Values>(
    name: Name,
    columns: GivenColumns<RowOf<Values[Name]>>,
  ): RawBuilder<RowOf<Values[Name]>>;
}

/**
 * A query that is built and compiled once for each engine, because that takes longer than to run it: a call only binds
 * its values. `build` must do the same whenever it is called, and closes over nothing but constants.
 * @returns what runs it, inside the transaction where `db` is one
 */
export function prepared<Values, Output>(
  build: (store: Place, param: Params<Values>) => CompiledQuery<Output>,
): (store: Place, values: Values) => Promise<QueryResult<Output>> {
  const known = new WeakMap<Engine, Prepared<Values, Output>>();
  return async (store, values) => {
    const { db, engine } = store;
    // A plugin is shown each query as it is, with its values.
    if (db.getExecutor().plugins.length > 0) return db.executeQuery(build(store, bound(store, values)));
    const ready = known.get(engine) ?? prepare(store, build);
    if (!known.has(engine)) known.set(engine, ready);
    return db.executeQuery({ ...ready.query, parameters: ready.parameters.map((read) => read(values)) });
  };
}

/** A compiled query, and what each of its parameters is among the values of a call. */
interface Prepared<Values, Output> {
  query: CompiledQuery<Output>;
  parameters: readonly ((values: Values) => unknown)[];
}

function prepare<Values, Output>(
  store: Place,
  build: (store: Place, param: Params<Values>) => CompiledQuery<Output>,
): Prepared<Values, Output> {
  const places = new Map<unknown, (values: Values) => unknown>();
  const place = <T>(read: (values: Values) => unknown): RawBuilder<T> => {
    const mark = {};
    places.set(mark, read);
    return sql<T>`${mark}`;
  };
  const query = build(store, {
    value: (name) => place((values) => values[name]),
    rows: (name, columns) =>
      given(
        store,
        columns,
        place((values) => encodeRows(columns, rowsOf(values, name))),
      ),
  });
  return { query, parameters: query.parameters.map((constant) => places.get(constant) ?? (() => constant)) };
}

const bound = <Values>(store: Place, values: Values): Params<Values> => ({
  value: (name) => sql.val(values[name]),
  rows: (name, columns) => given(store, columns, sql.val(encodeRows(columns, rowsOf(values, name)))),
});

const rowsOf = <Values, Name extends keyof Values>(values: Values, name: Name) =>
  values[name] as readonly GivenRow<RowOf<Values[Name]>>[];
