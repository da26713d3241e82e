import { record } from "./audit.ts";
import { isOpen } from "./lanes.ts";
import { pauseWithin } from "./pause-rules.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Forgets a workspace's token, because the app was uninstalled or its token revoked: with it go all rules and messages
 * of it, and of those of its teams that had its token. Everything is still there until `eraseRemoved`; what is done
 * twice keeps its first time.
 * @param reason as users see it at the rules and messages
 * @returns the workspaces that have no token now; none where there is no such workspace
 */
export const uninstall = (store: Store, id: string, reason: string): Promise<string[]> =>
  inTransaction(store, async (trx) => {
    const inside = { ...store, db: trx };
    const workspaces = await removeToken(inside, id);
    const finished_at = store.now().toISOString();
    for (const workspace of workspaces) {
      await pauseWithin(inside, trx, workspace, { reason, isUntold: false });
      await trx
        .updateTable("messages")
        .set({ state: "suppressed", reason, finished_at })
        .where("workspace_id", "=", workspace)
        .where(isOpen)
        .execute();
      await record(inside, trx, workspace, { actor: "Slack", action: "uninstall", object: workspace, words: reason });
    }
    return workspaces;
  });

async function removeToken({ db, now }: Store, id: string): Promise<string[]> {
  const found = await db
    .updateTable("workspaces")
    .set((set) => ({ token: null, removed_at: set.fn.coalesce("removed_at", set.val(now().toISOString())) }))
    .where("id", "=", id)
    .where("chat", "=", "slack")
    .returning(["id", "removed_at"])
    .executeTakeFirst();
  if (!found) return [];
  const teams = await db
    .updateTable("workspaces")
    .set({ removed_at: found.removed_at })
    .where("parent", "=", id)
    .where("token", "is", null)
    .where("removed_at", "is", null)
    .returning("id")
    .execute();
  return [found.id, ...teams.map((team) => team.id)];
}
