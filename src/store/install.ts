import { record } from "./audit.ts";
import { resumeWithin } from "./pause-rules.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";
import { type Installation, listTeams, putWithin } from "./workspaces.ts";

/**
 * Takes an install of the Slack app: the token, and a line in the audit. Where the app had not been uninstalled, the
 * rules go on that were paused because of the token before; what an uninstall paused waits until a person resumes it.
 * @param tokenReasons why rules are paused because of a token
 * @returns how many rules are paused since the app was uninstalled, of the workspace or of all teams of the organization
 */
export const install = (store: Store, installation: Installation, tokenReasons: readonly string[]): Promise<number> =>
  inTransaction(store, async (trx) => {
    const { id, installer } = installation;
    const { wasRemoved } = await putWithin(store, trx, installation);
    await record(store, trx, id, { actor: installer ?? "Slack", action: "install", object: id });
    const workspaces = [id, ...(await listTeams({ ...store, db: trx }, id))];
    if (!wasRemoved) {
      for (const workspace of workspaces) await resumeWithin(store, trx, workspace, tokenReasons);
      return 0;
    }
    const row = await trx
      .selectFrom("rules")
      .select(({ fn }) => fn.countAll().as("paused"))
      .where("workspace_id", "in", workspaces)
      .where("paused", "is not", null)
      .executeTakeFirst();
    return Number(row?.paused ?? 0);
  });
