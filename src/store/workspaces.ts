import type { WorkspacesTable } from "./schema.ts";
import type { Store } from "./store.ts";

export type Workspace = Pick<WorkspacesTable, "id" | "chat">;

const place = (id: string) => ({ table: "workspaces", workspace: id, row: id });

/** The local workspace whose messages go to the terminal, and the Slack workspace of SLACK_BOT_TOKEN. */
export const previewWorkspace: Workspace = { id: "preview", chat: "preview" };
export const slackWorkspace: Workspace = { id: "slack", chat: "slack" };

/** Makes the workspace's row if it is not there yet. */
export async function ensureWorkspace(store: Store, { id, chat }: Workspace): Promise<void> {
  await store.db
    .insertInto("workspaces")
    .values({ id, chat, token: null, created_at: store.now().toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Makes a Slack workspace with a bot token of its own, or gives it a new one. */
export async function putWorkspace(store: Store, { id, token }: { id: string; token: string }): Promise<void> {
  const sealed = store.sealer.seal(place(id), token);
  await store.db
    .insertInto("workspaces")
    .values({ id, chat: "slack", token: sealed, created_at: store.now().toISOString() })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ token: sealed }))
    .execute();
}

/** A workspace's own bot token; undefined where it has none. */
export async function findToken(store: Store, workspace: string): Promise<string | undefined> {
  const row = await store.db.selectFrom("workspaces").select("token").where("id", "=", workspace).executeTakeFirst();
  return row?.token ? store.sealer.open(place(workspace), row.token).toString() : undefined;
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
