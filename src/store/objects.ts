import { sql, type Transaction } from "kysely";
import type { Facts } from "../cards/facts.ts";
import { type Params, prepared } from "./prepared.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** The stored form of facts; raised when a field changes its meaning: older ones are forgotten. */
const factsFormat = 1;

/** What is known of an object. */
export interface KnownObject {
  project: string;
  object: string;
  facts: Facts;
  /** of the row that was read; 0: there is none */
  revision: number;
}

/** Another reader has learned something about the object meanwhile: what was decided is to be decided again. */
export class ObjectChanged extends Error {
  override readonly name = "ObjectChanged";
}

const place = (workspace: string, project: string, object: string) => ({
  table: "objects",
  workspace,
  row: JSON.stringify([project, object]),
});

/** What is known of some objects; those of which nothing is known are missing. */
export async function findObjects(
  store: Store,
  workspace: string,
  wanted: readonly Pick<KnownObject, "project" | "object">[],
): Promise<KnownObject[]> {
  if (wanted.length === 0) return [];
  const keys = wanted.map(({ project, object }) => ({ workspace_id: workspace, project, object }));
  const { rows } = await objectsOfKeys(store, { keys });
  return rows.map((row) => toKnown(store, workspace, row));
}

interface ObjectKey {
  workspace_id: string;
  project: string;
  object: string;
}

const objectsOfKeys = prepared(({ db }, param: Params<{ keys: readonly ObjectKey[] }>) =>
  db
    .selectFrom(param.rows("keys", { workspace_id: "text", project: "text", object: "text" }).as("given"))
    .innerJoin("objects", (join) =>
      join
        .onRef("objects.project", "=", "given.project")
        .onRef("objects.object", "=", "given.object")
        .onRef("objects.workspace_id", "=", "given.workspace_id"),
    )
    .select(["objects.project", "objects.object", "facts", "format", "revision"])
    .compile(),
);

/** A row of an object; its columns are null where there is none. */
interface ObjectRow {
  project: string;
  object: string;
  facts: Uint8Array | null;
  format: number | null;
  revision: number | null;
}

/** What a row says, or that nothing is known. */
export function toKnown(store: Store, workspace: string, row: ObjectRow): KnownObject {
  const { project, object, facts, format, revision } = row;
  const isReadable = facts !== null && format === factsFormat;
  return {
    project,
    object,
    revision: revision ?? 0,
    facts: isReadable ? openFacts(store, workspace, project, object, facts) : {},
  };
}

/** A damaged row must not stop its object: it is learned anew. */
function openFacts(store: Store, workspace: string, project: string, object: string, facts: Uint8Array): Facts {
  try {
    return JSON.parse(store.sealer.open(place(workspace, project, object), facts).toString()) as Facts;
  } catch {
    // The next event writes the row again; the error itself may quote it.
    return {};
  }
}

/**
 * Writes down what is known of objects, inside the transaction that writes what is said about them.
 * @throws ObjectChanged where a row is not the one that was read
 */
export async function saveObjects(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  objects: readonly KnownObject[],
): Promise<void> {
  const now = store.now();
  // In one order, so that two that write the same ones do not wait for each other.
  const rows = objects
    .toSorted((a, b) => (`${a.project} ${a.object}` < `${b.project} ${b.object}` ? -1 : 1))
    .map(({ project, object, facts, revision }) => ({
      ...{ workspace_id: workspace, project, object, format: factsFormat, updated_at: now.toISOString() },
      facts: store.sealer.seal(place(workspace, project, object), JSON.stringify(facts)),
      known: revision,
      revision: revision === 0 ? firstRevision(now) : revision + 1,
    }));
  const fresh = rows.filter(({ known }) => known === 0);
  const changed = rows.filter(({ known }) => known !== 0);
  const write = async (statement: typeof insert | typeof update, some: readonly Row[]) =>
    some.length === 0 ? 0 : Number((await statement({ ...store, db: trx }, { rows: some })).numAffectedRows ?? 0n);
  const written = (await write(insert, fresh)) + (await write(update, changed));
  if (written < rows.length) throw new ObjectChanged("another reader has learned something about the object");
}

/** Seconds since 2020: an object that the retention removed goes on above what its cards show. */
const firstRevision = (now: Date): number => Math.floor(now.getTime() / 1000) - 1_577_836_800;

type Row = Tables["objects"] & { known: number };

const columns = {
  ...({ workspace_id: "text", project: "text", object: "text", facts: "binary", format: "integer" } as const),
  ...({ revision: "integer", updated_at: "text" } as const),
};
const names = Object.keys(columns) as (keyof typeof columns)[];

const insert = prepared(({ db }, param: Params<{ rows: readonly Tables["objects"][] }>) =>
  db
    .insertInto("objects")
    .columns(names)
    .expression((from) =>
      // Without a condition SQLite takes what follows for one of a join. https://sqlite.org/lang_upsert.html
      from.selectFrom(param.rows("rows", columns).as("given")).select(names).where(sql<boolean>`true`),
    )
    .onConflict((conflict) => conflict.doNothing())
    .compile(),
);

const update = prepared(({ db, engine }, param: Params<{ rows: readonly Row[] }>) => {
  const same = db
    .selectFrom("objects as object")
    .innerJoin(param.rows("rows", { ...columns, known: "integer" }).as("given"), (join) =>
      join
        .onRef("object.workspace_id", "=", "given.workspace_id")
        .onRef("object.project", "=", "given.project")
        .onRef("object.object", "=", "given.object")
        .onRef("object.revision", "=", "given.known"),
    )
    .selectAll("given")
    .orderBy("object.project")
    .orderBy("object.object");
  return db
    .updateTable("objects")
    .from(engine.lockInOrder(same, "object").as("same"))
    .set((set) => ({
      facts: set.ref("same.facts"),
      format: set.ref("same.format"),
      revision: set.ref("same.revision"),
      updated_at: set.ref("same.updated_at"),
    }))
    .whereRef("objects.workspace_id", "=", "same.workspace_id")
    .whereRef("objects.project", "=", "same.project")
    .whereRef("objects.object", "=", "same.object")
    .compile();
});
