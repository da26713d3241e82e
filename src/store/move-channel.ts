import { record } from "./audit.ts";
import { namesOfOne } from "./channels.ts";
import { pauseWithin } from "./pause-rules.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

export interface Moved {
  /** the channel's id so far, and the one that Slack knows it by from now on */
  from: string;
  to: string;
}

/**
 * Takes rules and mutes over to the new id of their channel, and pauses the rules: Slack changes an id where a channel
 * is being shared with another company. Lines of rules.yml that name the old id are the operator's to change.
 *
 * Messages stay in the lane of the old id: one of them may be on its way, and another lane would send it again. Their
 * rules are paused, so none of them is sent to an id that Slack no longer takes.
 * @param reason why the rules are paused, as users see it
 * @returns how many rules were paused; what is done again finds nothing to do
 */
export const moveChannel = (store: Store, workspace: string, { from, to }: Moved, reason: string): Promise<number> =>
  inTransaction(store, async (trx) => {
    const inside = { ...store, db: trx };
    const names = await namesOfOne(trx, workspace, from);
    // Lanes first, as everybody takes them.
    await trx
      .updateTable("lanes")
      .set({ channel_id: to })
      .where("workspace_id", "=", workspace)
      .where("channel_id", "=", from)
      .where("channel", "<>", from)
      .execute();
    let paused = 0;
    for (const channel of names.toSorted())
      paused += await pauseWithin(inside, trx, workspace, { channel, reason, isUntold: true });
    const rules = await trx
      .updateTable("rules")
      .set({ channel: to })
      .where("workspace_id", "=", workspace)
      .where("channel", "=", from)
      .where("origin", "<>", "file")
      .returning("id")
      .execute();
    const mutes = await trx
      .updateTable("mutes")
      .set({ channel: to })
      .where("workspace_id", "=", workspace)
      .where("channel", "=", from)
      .returning("id")
      .execute();
    const changes = [...rules, ...mutes].map(({ id }) => ({ actor: "Slack", channel: to, action: "move", object: id }));
    await record(inside, trx, workspace, ...changes.map((change) => ({ ...change, words: `${from} → ${to}` })));
    return paused;
  });
