import { wakeLane } from "./lanes.ts";
import type { Store } from "./store.ts";

/**
 * Puts all dead and suppressed messages of a channel, of a rule, or of a rule in a channel back into their lanes, where
 * they go in the order in which they were made. @returns how many
 */
export async function retryMessages(
  store: Store,
  workspace: string,
  { channel, rule }: { channel?: string | undefined; rule?: string | undefined },
): Promise<number> {
  return store.db.transaction().execute(async (trx) => {
    let query = trx
      .updateTable("messages")
      .set({ state: "pending", reason: null, finished_at: null })
      .where("workspace_id", "=", workspace)
      .where("state", "in", ["dead", "suppressed"]);
    if (channel !== undefined) query = query.where("channel", "=", channel);
    if (rule !== undefined) query = query.where("rule_id", "=", rule);
    const rows = await query.returning("channel").execute();
    for (const lane of new Set(rows.map((row) => row.channel))) await wakeLane(trx, workspace, lane);
    return rows.length;
  });
}
