import type { Transaction } from "kysely";
import { anchorsOf } from "../rules/anchors.ts";
import { byTerminal, type Doing, record } from "./audit.ts";
import { wakeCards } from "./mark-cards.ts";
import { type StoredRule, toRule } from "./rules.ts";
import type { Origin, RulesTable, Tables } from "./schema.ts";
import { shortId } from "./short-id.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** Whether a rule may post confidential things because few read its channel; undefined: as it was, which is no at first. */
export interface Privacy {
  isPrivate?: boolean | undefined;
}

/** A rule to store; `words` are in the canonical form, as `formatRule` writes it. */
export interface NewRule extends Privacy {
  channel: string;
  words: string;
}

/** Stores a rule. Its words must have been parsed before. */
export async function addRule(
  store: Store,
  workspace: string,
  origin: Origin,
  rule: NewRule,
  doing: Doing = byTerminal,
): Promise<StoredRule> {
  const row = newRow(workspace, origin, rule, store.now(), doing.actor);
  await inTransaction(store, async (trx) => {
    await insertRule(trx, row);
    await record(store, trx, workspace, { ...doing, action: "subscribe", object: row.id, words: rule.words });
  });
  return toRule(row);
}

/** Gives a rule other words, in the canonical form; it stays the rule it was. @returns undefined when there is none */
export const rewordRule = (
  store: Store,
  workspace: string,
  id: string,
  words: string,
  doing: Doing,
  privacy: Privacy = {},
): Promise<StoredRule | undefined> =>
  inTransaction(store, async (trx) => {
    const row = await reword(trx, { workspace_id: workspace, id, words }, privacy);
    if (!row) return undefined;
    await record(store, trx, workspace, { ...doing, action: "edit", object: id, words });
    return toRule(row);
  });

/**
 * Pauses a rule with the reason that users see, or resumes it with null.
 * @returns false when there is no such rule
 */
export const pauseRule = (
  store: Store,
  workspace: string,
  id: string,
  reason: string | null,
  doing: Doing = byTerminal,
  privacy: Privacy = {},
): Promise<boolean> =>
  inTransaction(store, async (trx) => {
    if (!(await setPaused(trx, { workspace_id: workspace, id }, reason, privacy))) return false;
    const action = reason === null ? "resume" : "pause";
    if (reason === null) await wakeCards(store, trx, workspace, [id]);
    await record(store, trx, workspace, { ...doing, action, object: id, ...(reason !== null && { words: reason }) });
    return true;
  });

/**
 * Removes rules, all of them or none; their messages that wait are not sent.
 * @returns the ids of those that were there
 */
export async function removeRules(
  store: Store,
  workspace: string,
  ids: readonly string[],
  doing: Doing,
): Promise<string[]> {
  if (ids.length === 0) return [];
  return inTransaction(store, async (trx) => {
    // First the rules: whoever changes one at the same time waits here, and finds none.
    const rows = await trx
      .deleteFrom("rules")
      .where("workspace_id", "=", workspace)
      .where("id", "in", ids)
      .returning(["id", "words"])
      .execute();
    for (const table of ["rule_anchors", "waiting_replies"] as const)
      await trx.deleteFrom(table).where("workspace_id", "=", workspace).where("rule_id", "in", ids).execute();
    const changes = rows.map(({ id, words }) => ({ ...doing, action: "unsubscribe", object: id, words }));
    await record(store, trx, workspace, ...changes);
    return rows.map(({ id }) => id);
  });
}

/** Writes a rule and its anchors. */
export async function insertRule(trx: Transaction<Tables>, row: RulesTable): Promise<void> {
  await trx.insertInto("rules").values(row).execute();
  await insertAnchors(trx, row);
}

async function insertAnchors(trx: Transaction<Tables>, row: RulesTable): Promise<void> {
  const anchors = anchorsOf(toRule(row).grammar);
  await trx
    .insertInto("rule_anchors")
    .values(anchors.map((anchor) => ({ workspace_id: row.workspace_id, anchor, rule_id: row.id })))
    .execute();
}

/** Changes a rule's words and anchors. @returns undefined when there is no such rule */
export async function reword(
  trx: Transaction<Tables>,
  { workspace_id, id, words }: Pick<RulesTable, "workspace_id" | "id" | "words">,
  privacy: Privacy = {},
): Promise<RulesTable | undefined> {
  const row = await trx
    .updateTable("rules")
    .set({ words, ...columnOf(privacy) })
    .where("workspace_id", "=", workspace_id)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  await trx.deleteFrom("rule_anchors").where("workspace_id", "=", workspace_id).where("rule_id", "=", id).execute();
  await insertAnchors(trx, row);
  return row;
}

/** Pauses or resumes a rule because somebody wants it: nobody has to be told. @returns false when there is no such rule */
export async function setPaused(
  trx: Transaction<Tables>,
  { workspace_id, id }: Pick<RulesTable, "workspace_id" | "id">,
  paused: string | null,
  privacy: Privacy = {},
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("rules")
    .set({ paused, untold_since: null, ...columnOf(privacy) })
    .where("workspace_id", "=", workspace_id)
    .where("id", "=", id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const columnOf = ({ isPrivate }: Privacy) => (isPrivate === undefined ? {} : { is_private: Number(isPrivate) });

/** The row of a new rule, with an id of its own. */
export const newRow = (
  workspace: string,
  origin: Origin,
  { channel, words, ...privacy }: NewRule,
  now: Date,
  createdBy: string,
): RulesTable => ({
  workspace_id: workspace,
  id: shortId(),
  channel,
  words,
  origin,
  paused: null,
  created_by: createdBy,
  untold_since: null,
  is_private: null,
  ...columnOf(privacy),
  created_at: now.toISOString(),
});
