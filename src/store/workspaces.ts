import type { WorkspacesTable } from "./schema.ts";
import type { Store } from "./store.ts";

export type Workspace = Pick<WorkspacesTable, "id" | "chat">;

/** The local workspace whose messages go to the terminal, and the Slack workspace of SLACK_BOT_TOKEN. */
export const previewWorkspace: Workspace = { id: "preview", chat: "preview" };
export const slackWorkspace: Workspace = { id: "slack", chat: "slack" };

/** Makes the workspace's row if it is not there yet. */
export async function ensureWorkspace(store: Store, { id, chat }: Workspace): Promise<void> {
  await store.db
    .insertInto("workspaces")
    .values({ id, chat, token: null, created_at: new Date().toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether a workspace was ever used in this store. */
export async function hasWorkspace(store: Store, workspace: string): Promise<boolean> {
  const row = await store.db.selectFrom("workspaces").select("id").where("id", "=", workspace).executeTakeFirst();
  return row !== undefined;
}
