import type { Transaction } from "kysely";
import type { WorkspacesTable } from "./app-tables.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

export type Workspace = Pick<WorkspacesTable, "id" | "chat">;

const place = (id: string) => ({ table: "workspaces", workspace: id, row: id });

/** The local workspace whose messages go to the terminal, and the Slack workspace of SLACK_BOT_TOKEN. */
export const previewWorkspace: Workspace = { id: "preview", chat: "preview" };
export const slackWorkspace: Workspace = { id: "slack", chat: "slack" };

/** Makes the workspace's row if it is not there yet. */
export async function ensureWorkspace(store: Store, { id, chat }: Workspace): Promise<void> {
  await store.db
    .insertInto("workspaces")
    .values({ ...empty, id, chat, created_at: store.now().toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const empty = { token: null, name: null, parent: null, bot_user: null, installer: null, removed_at: null };

/** What an install of the Slack app tells of a workspace, or of a whole organization. */
export interface Installation {
  /** Slack's id of the team, or of the organization */
  id: string;
  /** bot token */
  token: string;
  name?: string | undefined;
  /** Slack's id of our bot */
  botUser?: string | undefined;
  /** Slack's id of who installed it */
  installer?: string | undefined;
}

/**
 * Makes a Slack workspace with a bot token of its own, or gives it a new one; what was uninstalled is there again, with
 * those of its teams that went with it. Its rules stay as they are.
 */
export const putWorkspace = (store: Store, installation: Installation): Promise<void> =>
  inTransaction(store, async (trx) => void (await putWithin(store, trx, installation)));

/** The same inside a transaction. @returns whether it had been uninstalled */
export async function putWithin(
  store: Store,
  trx: Transaction<Tables>,
  { id, token, name, botUser, installer }: Installation,
): Promise<{ wasRemoved: boolean }> {
  const told = {
    token: store.sealer.seal(place(id), token),
    name: name ?? null,
    bot_user: botUser ?? null,
    installer: installer ?? null,
    removed_at: null,
  };
  const before = await trx.selectFrom("workspaces").select("removed_at").where("id", "=", id).executeTakeFirst();
  await trx
    .insertInto("workspaces")
    .values({ ...empty, ...told, id, chat: "slack", created_at: store.now().toISOString() })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(told))
    .execute();
  if (!before?.removed_at) return { wasRemoved: false };
  const teams = trx.updateTable("workspaces").set({ removed_at: null }).where("parent", "=", id);
  await teams.where("removed_at", "=", before.removed_at).execute();
  return { wasRemoved: true };
}

/**
 * Makes the workspace of a team whose organization has the app: it is a workspace of its own with the organization's
 * token, and as much there as the organization is.
 */
export async function ensureTeam(store: Store, id: string, organization: string): Promise<void> {
  await inTransaction(store, async (trx) => {
    const above = await trx
      .selectFrom("workspaces")
      .select("removed_at")
      .where("id", "=", organization)
      .executeTakeFirst();
    const told = { parent: organization, removed_at: above?.removed_at ?? null };
    await trx
      .insertInto("workspaces")
      .values({ ...empty, ...told, id, chat: "slack", created_at: store.now().toISOString() })
      // One with a token of its own is there by itself.
      .onConflict((conflict) => conflict.column("id").doUpdateSet(told).where("workspaces.token", "is", null))
      .execute();
  });
}

/** The teams that have the app through their organization's install. */
export async function listTeams({ db }: Store, organization: string): Promise<string[]> {
  const teams = db.selectFrom("workspaces").select("id").where("parent", "=", organization).where("token", "is", null);
  return (await teams.where("removed_at", "is", null).orderBy("id").execute()).map(({ id }) => id);
}

/** A workspace as it is told of; undefined where it is not there. */
export async function findWorkspace(store: Store, id: string) {
  const row = await store.db
    .selectFrom("workspaces")
    .select(["id", "chat", "name", "parent", "bot_user", "installer", "removed_at", "created_at"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row;
}

/** A workspace's bot token: its own, else its organization's; undefined where there is none, or the app was uninstalled. */
export async function findToken(store: Store, workspace: string): Promise<string | undefined> {
  const holder = await holderOf(store, workspace);
  return holder && store.sealer.open(place(holder.id), holder.token).toString();
}

/** The id of the workspace whose token one posts with: its own or its organization's; undefined where there is none. */
export const tokenHolder = async (store: Store, workspace: string): Promise<string | undefined> =>
  (await holderOf(store, workspace))?.id;

async function holderOf(store: Store, id: string): Promise<{ id: string; token: Uint8Array } | undefined> {
  const row = await store.db
    .selectFrom("workspaces")
    .select(["token", "parent"])
    .where("id", "=", id)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  if (row?.token) return { id, token: row.token };
  return row?.parent ? holderOf(store, row.parent) : undefined;
}

/** Whether any workspace has a token of its own. */
export async function hasTokens(store: Store): Promise<boolean> {
  const row = await store.db.selectFrom("workspaces").select("id").where("token", "is not", null).executeTakeFirst();
  return row !== undefined;
}

/** Whether a workspace was ever used in this store. */
export async function hasWorkspace(store: Store, workspace: string): Promise<boolean> {
  const row = await store.db.selectFrom("workspaces").select("id").where("id", "=", workspace).executeTakeFirst();
  return row !== undefined;
}

/** The Slack workspaces that have the app, oldest first; an organization counts through its teams where it has any. */
export async function listWorkspaces(store: Store): Promise<{ id: string; name: string | null }[]> {
  const rows = await store.db
    .selectFrom("workspaces")
    .select(["id", "name", "parent"])
    .where("chat", "=", "slack")
    .where("removed_at", "is", null)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  const parents = new Set(rows.map(({ parent }) => parent));
  return rows.filter(({ id }) => !parents.has(id)).map(({ id, name }) => ({ id, name }));
}
