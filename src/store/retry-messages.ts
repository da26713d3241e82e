import { byTerminal, type Doing, record } from "./audit.ts";
import { wakeLanes } from "./lanes.ts";
import { again, hasContent } from "./messages.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Puts all dead and suppressed messages of a channel, of a rule, or of a rule in a channel back into their lanes, where
 * they go in the order in which they were made. Those whose event was removed stay as they are. @returns how many
 */
export async function retryMessages(
  store: Store,
  workspace: string,
  { channel, rule }: { channel?: string | undefined; rule?: string | undefined },
  doing: Doing = byTerminal,
): Promise<number> {
  return inTransaction(store, async (trx) => {
    let query = trx
      .updateTable("messages")
      .set({ ...again, queued_at: store.now().toISOString() })
      .where("workspace_id", "=", workspace)
      .where("state", "in", ["dead", "suppressed"])
      .where(hasContent);
    if (channel !== undefined) query = query.where("channel", "=", channel);
    if (rule !== undefined) query = query.where("rule_id", "=", rule);
    const rows = await query.returning("channel").execute();
    await wakeLanes(
      store,
      trx,
      rows.map(({ channel }) => ({ workspace, channel })),
    );
    if (rows.length > 0) {
      const done = {
        ...doing,
        action: "retry",
        object: rule ?? channel ?? "",
        words: rows.length === 1 ? "1 message" : `${rows.length} messages`,
      };
      await record(store, trx, workspace, channel === undefined ? done : { ...done, channel });
    }
    return rows.length;
  });
}
