import type { Transaction } from "kysely";
import { record } from "./audit.ts";
import { insertRule, type NewRule, newRow, reword, setPaused } from "./change-rules.ts";
import type { RulesTable, Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Makes the workspace's rules of rules.yml equal to `wanted`, which is in the order of the file: new lines are added,
 * lines that went away pause their rule, lines that came back resume it. A line that went away and a new one of the
 * same channel are one line that was edited: its rule stays, so that its waiting messages do. Rules made by commands
 * are not touched.
 */
export async function syncFileRules(store: Store, workspace: string, wanted: readonly NewRule[]): Promise<void> {
  const lineOf = (rule: NewRule) => `${rule.channel} ${rule.words}`;
  const note = (trx: Transaction<Tables>, action: string, { id, words }: RulesTable) =>
    record(store, trx, workspace, { actor: "rules.yml", action, object: id, words });
  await inTransaction(store, async (trx) => {
    // Several processes follow the same file.
    await store.engine.lockKeys(trx, [JSON.stringify(["rules.yml", workspace])]);
    const rows = await trx
      .selectFrom("rules")
      .selectAll()
      .where("workspace_id", "=", workspace)
      .where("origin", "=", "file")
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    const known = new Set(rows.map(lineOf));
    const lines = new Map(wanted.map((rule) => [lineOf(rule), rule]));
    const added = [...lines.values()].filter((rule) => !known.has(lineOf(rule)));
    const gone = rows.filter((row) => !lines.has(lineOf(row)) && row.paused !== removedReason);
    const now = store.now().getTime();
    for (const [index, rule] of added.entries()) {
      const at = gone.findIndex(({ channel }) => channel === rule.channel);
      const [edited] = at < 0 ? [] : gone.splice(at, 1);
      // A millisecond apart, so that the order of the file is kept.
      const row = edited ?? newRow(workspace, "file", rule, new Date(now + index), "rules.yml");
      await (edited ? reword(trx, { ...edited, words: rule.words }) : insertRule(trx, row));
      await note(trx, edited ? "edit" : "subscribe", { ...row, words: rule.words });
    }
    for (const row of gone) {
      await setPaused(trx, row, removedReason);
      await note(trx, "pause", { ...row, words: removedReason });
    }
    const back = rows.filter((row) => lines.has(lineOf(row)) && row.paused === removedReason);
    for (const row of back) {
      await setPaused(trx, row, null);
      await note(trx, "resume", row);
    }
  });
}

/** Why a rule is paused whose line went away. */
export const removedReason = "removed from rules.yml";
