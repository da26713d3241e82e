import { randomBytes } from "node:crypto";
import type { Selectable } from "kysely";
import { UserError } from "../errors.ts";
import type { Scheme } from "../forges/verify.ts";
import type { HooksTable, Origin } from "./schema.ts";
import type { Store } from "./store.ts";

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
export async function addHook(store: Store, hook: NewHook): Promise<Hook> {
  const secrets = hook.secrets.filter((secret) => secret.trim() !== "");
  if (secrets.length === 0) throw new UserError("A hook needs a secret.");
  if (await findHookByName(store, hook.workspace, hook.name)) {
    throw new UserError(`There is a hook named “${hook.name}” already. Choose another --name.`);
  }
  const made: Hook = {
    ...hook,
    secrets,
    id: randomBytes(16).toString("hex"),
    createdAt: new Date().toISOString(),
  };
  await store.db.insertInto("hooks").values(toRow(store, made)).execute();
  return made;
}

/** Replaces what a hook of rules.yml says, or adds it; the id and so the address stay. */
export async function putHook(store: Store, hook: NewHook): Promise<Hook> {
  const known = await findHookByName(store, hook.workspace, hook.name);
  if (!known) return addHook(store, hook);
  const changed = { ...known, ...hook };
  const { forge, brand, scheme, secrets, origin } = toRow(store, changed);
  await store.db
    .updateTable("hooks")
    .set({ forge, brand, scheme, secrets, origin })
    .where("workspace_id", "=", known.workspace)
    .where("id", "=", known.id)
    .execute();
  return changed;
}

/** The hook of an address. The only query without a workspace: the hook is what decides it. */
export async function findHook(store: Store, id: string): Promise<Hook | undefined> {
  const row = await store.db.selectFrom("hooks").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toHook(store, row);
}

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

const toHook = (store: Store, row: Selectable<HooksTable>): Hook => ({
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
