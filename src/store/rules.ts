import { randomInt } from "node:crypto";
import type { Selectable, Transaction } from "kysely";
import type { Project } from "../events.ts";
import { anchorsFor, anchorsOf } from "../rules/anchors.ts";
import type { Rule } from "../rules/match.ts";
import { parseRule } from "../rules/parse.ts";
import type { Origin, RulesTable, Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

export interface StoredRule extends Rule {
  workspace: string;
  origin: Origin;
}

/** A rule to store; `words` are in the canonical form, as `formatRule` writes it. */
export interface NewRule {
  channel: string;
  words: string;
}

/** Stores a rule. Its words must have been parsed before. */
export async function addRule(store: Store, workspace: string, origin: Origin, rule: NewRule): Promise<StoredRule> {
  const row = newRow(workspace, origin, rule);
  await inTransaction(store, (trx) => insert(trx, row));
  return toRule(row);
}

/**
 * The rules that could name the project, found by the anchors of their patterns: rules of other projects are not
 * read, however many there are.
 */
export async function rulesNaming(store: Store, workspace: string, project: Project): Promise<StoredRule[]> {
  const rows = await store.db
    .selectFrom("rules")
    .selectAll()
    .where("workspace_id", "=", workspace)
    .where("id", "in", (query) =>
      query
        .selectFrom("rule_anchors")
        .select("rule_id")
        .where("workspace_id", "=", workspace)
        .where("anchor", "in", anchorsFor(project)),
    )
    .execute();
  return rows.map(toRule);
}

/** All rules of a workspace, oldest first. */
export async function listRules(store: Store, workspace: string): Promise<StoredRule[]> {
  const rows = await store.db
    .selectFrom("rules")
    .selectAll()
    .where("workspace_id", "=", workspace)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toRule);
}

export async function findRule(store: Store, workspace: string, id: string): Promise<StoredRule | undefined> {
  const row = await store.db
    .selectFrom("rules")
    .selectAll()
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toRule(row);
}

/** Pauses a rule with the reason that users see, or resumes it with null. @returns false when there is no such rule */
export async function pauseRule(store: Store, workspace: string, id: string, reason: string | null): Promise<boolean> {
  const { numUpdatedRows } = await store.db
    .updateTable("rules")
    .set({ paused: reason })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Makes the workspace's rules of rules.yml equal to `wanted`, which is in the order of the file: new lines are added,
 * lines that went away pause their rule, lines that came back resume it. A line that went away and a new one of the
 * same channel are one line that was edited: its rule stays, so that its waiting messages do. Rules made by commands
 * are not touched.
 */
export async function syncFileRules(store: Store, workspace: string, wanted: readonly NewRule[]): Promise<void> {
  const lineOf = (rule: NewRule) => `${rule.channel} ${rule.words}`;
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
    const now = Date.now();
    for (const [index, rule] of added.entries()) {
      const at = gone.findIndex(({ channel }) => channel === rule.channel);
      const [edited] = at < 0 ? [] : gone.splice(at, 1);
      if (edited) await reword(trx, { ...edited, words: rule.words });
      // A millisecond apart, so that the order of the file is kept.
      else await insert(trx, newRow(workspace, "file", rule, new Date(now + index)));
    }
    for (const row of gone) await setPaused(trx, row, removedReason);
    const back = rows.filter((row) => lines.has(lineOf(row)) && row.paused === removedReason);
    for (const row of back) await setPaused(trx, row, null);
  });
}

/** Why a rule is paused whose line went away. */
export const removedReason = "removed from rules.yml";

async function insert(trx: Transaction<Tables>, row: RulesTable): Promise<void> {
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

async function reword(trx: Transaction<Tables>, row: RulesTable): Promise<void> {
  const { workspace_id, id, words } = row;
  await trx.updateTable("rules").set({ words }).where("workspace_id", "=", workspace_id).where("id", "=", id).execute();
  await trx.deleteFrom("rule_anchors").where("workspace_id", "=", workspace_id).where("rule_id", "=", id).execute();
  await insertAnchors(trx, row);
}

async function setPaused(trx: Transaction<Tables>, { workspace_id, id }: RulesTable, paused: string | null) {
  await trx
    .updateTable("rules")
    .set({ paused })
    .where("workspace_id", "=", workspace_id)
    .where("id", "=", id)
    .execute();
}

const newRow = (
  workspace: string,
  origin: Origin,
  { channel, words }: NewRule,
  now: Date = new Date(),
): RulesTable => ({
  workspace_id: workspace,
  id: newRuleId(),
  channel,
  words,
  origin,
  paused: null,
  created_at: now.toISOString(),
});

const letters = "abcdefghjkmnpqrstuvwxyz23456789";

/** Short enough to type in a chat; without letters that look alike. */
const newRuleId = () => Array.from({ length: 7 }, () => letters[randomInt(letters.length)]).join("");

/** A rule that the grammar does not know any more, after a rollback, matches nothing and says so; it stops no other. */
function toRule(row: Selectable<RulesTable>): StoredRule {
  const parsed = parseRule(row.words);
  const problem = "problem" in parsed ? `Belfry cannot read it: ${parsed.problem.message}` : undefined;
  return {
    workspace: row.workspace_id,
    id: row.id,
    channel: row.channel,
    words: row.words,
    grammar: "rule" in parsed ? parsed.rule : { projects: [], kinds: [], conditions: [], options: {} },
    origin: row.origin,
    paused: problem ?? row.paused ?? undefined,
    createdAt: row.created_at,
  };
}
