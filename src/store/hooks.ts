import { randomBytes } from "node:crypto";
import type { Selectable, Transaction } from "kysely";
import { UserError } from "../errors.ts";
import type { Scheme } from "../forges/verify.ts";
import { byTerminal, type Change, type Doing, record } from "./audit.ts";
import { type Params, prepared } from "./prepared.ts";
import type { HooksTable, Origin, Tables } from "./schema.ts";
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
  /** who made it, as in the audit: Slack's id of a person, else `terminal` or `rules.yml` */
  createdBy: string | undefined;
  createdAt: string;
}

/** Another hook of the workspace has the name. */
export class NameTakenError extends UserError {}

export type NewHook = Pick<Hook, "workspace" | "name" | "forge" | "brand" | "scheme" | "secrets" | "origin">;

/** Makes a hook with a new unguessable id. @throws UserError when it has no secret, NameTakenError */
export const addHook = (store: Store, hook: NewHook, doing: Doing = byTerminal): Promise<Hook> =>
  inOne(store, hook.workspace, (inside) => insert(inside, hook, doing));

/**
 * Replaces what a hook says, or adds it; id, name and so the address stay.
 * @param refuse throws where the hook of that name must stay as it is
 */
export const putHook = (store: Store, hook: NewHook, refuse: (known: Hook) => void = () => {}): Promise<Hook> =>
  inOne(store, hook.workspace, async (inside) => {
    const known = await findHookByName(inside, hook.workspace, hook.name);
    if (!known) return insert(inside, hook, byFile);
    refuse(known);
    return update(inside, known, hook, byFile);
  });

export type HookDoing = Doing & Partial<Pick<Change, "action">>;

export type HookChange = Partial<Pick<Hook, "forge" | "brand" | "scheme" | "secrets" | "origin">>;

/**
 * Reads a hook, changes it and writes it, so that no change made at the same time is lost; what `change` throws leaves
 * it as it was. @throws UserError when it was removed
 * @param doing `action`: what the audit calls it
 */
export const changeHook = (
  store: Store,
  workspace: string,
  id: string,
  change: (known: Hook) => HookChange,
  doing: HookDoing = byTerminal,
): Promise<Hook> =>
  inOne(store, workspace, async (inside) => {
    const row = await hooksOf(inside, workspace).where("id", "=", id).executeTakeFirst();
    if (!row) throw new UserError("This hook was removed.");
    const known = toHook(inside, row);
    return update(inside, known, change(known), doing);
  });

const byFile: Doing = { actor: "rules.yml" };

/** The store within a transaction. */
type Inside = Store & { db: Transaction<Tables> };

/** Changes of a workspace's hooks go one after the other: each reads what it changes, and names are used once. */
const inOne = <T>(store: Store, workspace: string, work: (inside: Inside) => Promise<T>): Promise<T> =>
  inTransaction(store, async (trx) => {
    await store.engine.lockKeys(trx, [JSON.stringify(["hooks", workspace])]);
    return work({ ...store, db: trx });
  });

async function insert(inside: Inside, hook: NewHook, doing: Doing): Promise<Hook> {
  const secrets = hook.secrets.filter((secret) => secret.trim() !== "");
  if (secrets.length === 0) throw new UserError("A hook needs a secret.");
  if (await findHookByName(inside, hook.workspace, hook.name)) {
    throw new NameTakenError(`There is a hook named “${hook.name}” already. Choose another --name.`);
  }
  const made: Hook = {
    ...hook,
    secrets,
    id: randomBytes(16).toString("hex"),
    createdBy: doing.actor,
    createdAt: inside.now().toISOString(),
  };
  await inside.db.insertInto("hooks").values(toRow(inside, made)).execute();
  await record(inside, inside.db, hook.workspace, { ...doing, action: "connect", object: hook.name });
  return made;
}

async function update(inside: Inside, known: Hook, change: HookChange, doing: HookDoing): Promise<Hook> {
  const changed = { ...known, ...change };
  const { forge, brand, scheme, secrets, origin } = toRow(inside, changed);
  await inside.db
    .updateTable("hooks")
    .set({ forge, brand, scheme, secrets, origin })
    .where("workspace_id", "=", known.workspace)
    .where("id", "=", known.id)
    .execute();
  // rules.yml is read at each start and mostly says what is there already.
  if (JSON.stringify(changed) !== JSON.stringify(known))
    await record(inside, inside.db, known.workspace, { action: "change", ...doing, object: known.name });
  return changed;
}

/** The hook of an address. The only query without a workspace: the hook is what decides it. */
export async function findHook(store: Store, id: string): Promise<Hook | undefined> {
  const row = await findHookRow(store, id);
  return row && toHook(store, row);
}

/** The same as it is stored, with its secrets encrypted. */
export async function findHookRow(store: Store, id: string): Promise<Selectable<HooksTable> | undefined> {
  const { rows } = await hookOfId(store, { id });
  return rows[0];
}

const hookOfId = prepared(({ db }, param: Params<{ id: string }>) =>
  db.selectFrom("hooks").selectAll().where("id", "=", param.value("id")).compile(),
);

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
export const removeHook = (store: Store, workspace: string, id: string, doing: Doing = byTerminal): Promise<boolean> =>
  inOne(store, workspace, async (inside) => {
    const row = await inside.db
      .deleteFrom("hooks")
      .where("workspace_id", "=", workspace)
      .where("id", "=", id)
      .returning("name")
      .executeTakeFirst();
    if (row) await record(inside, inside.db, workspace, { ...doing, action: "disconnect", object: row.name });
    return row !== undefined;
  });

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
  created_by: hook.createdBy ?? null,
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
  createdBy: row.created_by ?? undefined,
  createdAt: row.created_at,
});
