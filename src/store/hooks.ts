import { randomBytes } from "node:crypto";
import type { Selectable } from "kysely";
import { UserError } from "../errors.ts";
import type { Scheme } from "../forges/verify.ts";
import type { HooksTable, Origin } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** One endpoint of ours: its forge and its one fixed way to prove who is calling. */
export interface Hook {
  workspace: string;
  id: string;
  name: string;
  forge: string;
  brand: string | undefined;
  scheme: Scheme;
  /** at least one; several while rotating */
  secrets: string[];
  origin: Origin;
  createdAt: string;
}

export type NewHook = Pick<Hook, "workspace" | "name" | "forge" | "brand" | "scheme" | "secrets" | "origin">;

/** Makes a hook with a new unguessable id. @throws UserError when it has no secret or its name is taken */
export const addHook = (store: Store, hook: NewHook): Promise<Hook> => inOne(store, (inside) => insert(inside, hook));

/**
 * Replaces what a hook says, or adds it; id, name and so the address stay.
 * @param refuse throws where the hook of that name must stay as it is
 */
export const putHook = (store: Store, hook: NewHook, refuse: (known: Hook) => void = () => {}): Promise<Hook> =>
  inOne(store, async (inside) => {
    const known = await findHookByName(inside, hook.workspace, hook.name);
    if (!known) return insert(inside, hook);
    refuse(known);
    return update(inside, known, hook);
  });

export type HookChange = Partial<Pick<Hook, "forge" | "brand" | "scheme" | "secrets" | "origin">>;

/**
 * Reads a hook, changes it and writes it, so that no change made at the same time is lost; what `change` throws leaves
 * it as it was. @throws UserError when it was removed
 */
export const changeHook = (
  store: Store,
  workspace: string,
  id: string,
  change: (known: Hook) => HookChange,
): Promise<Hook> =>
  inOne(store, async (inside) => {
    const row = await hooksOf(inside, workspace).where("id", "=", id).executeTakeFirst();
    if (!row) throw new UserError("This hook was removed.");
    const known = toHook(inside, row);
    return update(inside, known, change(known));
  });

const inOne = <T>(store: Store, work: (inside: Store) => Promise<T>): Promise<T> =>
  inTransaction(store, (trx) => work({ ...store, db: trx }));

async function insert(inside: Store, hook: NewHook): Promise<Hook> {
  const secrets = hook.secrets.filter((secret) => secret.trim() !== "");
  if (secrets.length === 0) throw new UserError("A hook needs a secret.");
  if (await findHookByName(inside, hook.workspace, hook.name)) {
    throw new UserError(`There is a hook named “${hook.name}” already. Choose another --name.`);
  }
  const made: Hook = {
    ...hook,
    secrets,
    id: randomBytes(16).toString("hex"),
    createdAt: inside.now().toISOString(),
  };
  await inside.db.insertInto("hooks").values(toRow(inside, made)).execute();
  return made;
}

async function update(inside: Store, known: Hook, change: HookChange): Promise<Hook> {
  const changed = { ...known, ...change };
  const { forge, brand, scheme, secrets, origin } = toRow(inside, changed);
  await inside.db
    .updateTable("hooks")
    .set({ forge, brand, scheme, secrets, origin })
    .where("workspace_id", "=", known.workspace)
    .where("id", "=", known.id)
    .execute();
  return changed;
}

/** The hook of an address. The only query without a workspace: the hook is what decides it. */
export async function findHook(store: Store, id: string): Promise<Hook | undefined> {
  const row = await findHookRow(store, id);
  return row && toHook(store, row);
}

/** The same as it is stored, with its secrets encrypted. */
export const findHookRow = (store: Store, id: string): Promise<Selectable<HooksTable> | undefined> =>
  store.db.selectFrom("hooks").selectAll().where("id", "=", id).executeTakeFirst();

export async function findHookByName(store: Store, workspace: string, name: string): Promise<Hook | undefined> {
  const row = await hooksOf(store, workspace).where("name", "=", name).executeTakeFirst();
  return row && toHook(store, row);
}

/** A workspace's hooks, oldest first. */
export async function listHooks(store: Store, workspace: string): Promise<Hook[]> {
  const rows = await hooksOf(store, workspace).orderBy("created_at").orderBy("name").execute();
  return rows.map((row) => toHook(store, row));
}

/** Removes a hook; its deliveries stay. @returns false when there was none */
export async function removeHook(store: Store, workspace: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await store.db
    .deleteFrom("hooks")
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

const hooksOf = (store: Store, workspace: string) =>
  store.db.selectFrom("hooks").selectAll().where("workspace_id", "=", workspace);

const place = (workspace: string, row: string) => ({ table: "hooks", workspace, row });

const toRow = (store: Store, hook: Hook): HooksTable => ({
  workspace_id: hook.workspace,
  id: hook.id,
  name: hook.name,
  forge: hook.forge,
  brand: hook.brand ?? null,
  scheme: hook.scheme,
  secrets: store.sealer.seal(place(hook.workspace, hook.id), JSON.stringify(hook.secrets)),
  origin: hook.origin,
  created_at: hook.createdAt,
});

/** Decrypts. @throws UserError when the key is unknown or the row was changed or moved */
export const toHook = (store: Store, row: Selectable<HooksTable>): Hook => ({
  workspace: row.workspace_id,
  id: row.id,
  name: row.name,
  forge: row.forge,
  brand: row.brand ?? undefined,
  scheme: row.scheme as Scheme,
  secrets: JSON.parse(store.sealer.open(place(row.workspace_id, row.id), row.secrets).toString()) as string[],
  origin: row.origin,
  createdAt: row.created_at,
});
