import type { Transaction } from "kysely";
import type { Facts } from "../cards/facts.ts";
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

/** What is known of some objects of a project; those of which nothing is known are missing. */
export async function findObjects(
  store: Store,
  workspace: string,
  project: string,
  objects: readonly string[],
): Promise<KnownObject[]> {
  if (objects.length === 0) return [];
  const rows = await store.db
    .selectFrom("objects")
    .select(["object", "facts", "format", "revision"])
    .where("workspace_id", "=", workspace)
    .where("project", "=", project)
    .where("object", "in", objects)
    .execute();
  return rows.map((row) => toKnown(store, workspace, { project, ...row }));
}

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
  const now = store.now().toISOString();
  // In one order, so that two that write the same ones do not wait for each other.
  const sorted = objects.toSorted((a, b) => (`${a.project} ${a.object}` < `${b.project} ${b.object}` ? -1 : 1));
  for (const { project, object, facts, revision } of sorted) {
    const values = {
      facts: store.sealer.seal(place(workspace, project, object), JSON.stringify(facts)),
      format: factsFormat,
      revision: revision === 0 ? firstRevision(store.now()) : revision + 1,
      updated_at: now,
    };
    const { changed } = await (revision === 0
      ? insert(trx, { workspace_id: workspace, project, object, ...values })
      : update(trx, { workspace, project, object, revision }, values));
    if (!changed) throw new ObjectChanged("another reader has learned something about the object");
  }
}

/** Seconds since 2020: an object that the retention removed goes on above what its cards show. */
const firstRevision = (now: Date): number => Math.floor(now.getTime() / 1000) - 1_577_836_800;

type Row = Tables["objects"];
type Values = Pick<Row, "facts" | "format" | "revision" | "updated_at">;

async function insert(trx: Transaction<Tables>, row: Row) {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto("objects")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return { changed: (numInsertedOrUpdatedRows ?? 0n) > 0n };
}

async function update(
  trx: Transaction<Tables>,
  {
    workspace,
    project,
    object,
    revision,
  }: Pick<KnownObject, "project" | "object" | "revision"> & { workspace: string },
  values: Values,
) {
  const { numUpdatedRows } = await trx
    .updateTable("objects")
    .set(values)
    .where("workspace_id", "=", workspace)
    .where("project", "=", project)
    .where("object", "=", object)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return { changed: numUpdatedRows > 0n };
}
