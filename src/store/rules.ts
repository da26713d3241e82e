import { randomInt } from "node:crypto";
import type { Selectable, Transaction } from "kysely";
import type { Project } from "../events.ts";
import { anchorOf, anchorsFor } from "../rules/anchors.ts";
import type { Rule } from "../rules/match.ts";
import { parseRule } from "../rules/parse.ts";
import type { Origin, RulesTable, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

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
  await store.db.transaction().execute((trx) => insert(trx, row));
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
 * Makes the workspace's rules of rules.yml equal to `wanted`: new lines are added, lines that went away pause their
 * rule, lines that came back resume it. Rules made by commands are not touched.
 */
export async function syncFileRules(store: Store, workspace: string, wanted: readonly NewRule[]): Promise<void> {
  const lineOf = (rule: NewRule) => `${rule.channel} ${rule.words}`;
  await store.db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom("rules")
      .selectAll()
      .where("workspace_id", "=", workspace)
      .where("origin", "=", "file")
      .execute();
    const known = new Map(rows.map((row) => [lineOf(row), row]));
    const lines = new Map(wanted.map((rule) => [lineOf(rule), rule]));
    for (const [line, rule] of lines) if (!known.has(line)) await insert(trx, newRow(workspace, "file", rule));
    for (const [line, row] of known) {
      const paused = lines.has(line) ? (row.paused === removedReason ? null : row.paused) : removedReason;
      if (paused === row.paused) continue;
      await trx
        .updateTable("rules")
        .set({ paused })
        .where("workspace_id", "=", workspace)
        .where("id", "=", row.id)
        .execute();
    }
  });
}

/** Why a rule is paused whose line went away. */
export const removedReason = "removed from rules.yml";

async function insert(trx: Transaction<Tables>, row: RulesTable): Promise<void> {
  await trx.insertInto("rules").values(row).execute();
  const wanted = toRule(row).grammar.projects.filter(({ not }) => !not);
  const anchors = new Set(wanted.map(({ pattern }) => anchorOf(pattern)));
  await trx
    .insertInto("rule_anchors")
    .values([...anchors].map((anchor) => ({ workspace_id: row.workspace_id, anchor, rule_id: row.id })))
    .execute();
}

const newRow = (workspace: string, origin: Origin, { channel, words }: NewRule): RulesTable => ({
  workspace_id: workspace,
  id: newRuleId(),
  channel,
  words,
  origin,
  paused: null,
  created_at: new Date().toISOString(),
});

const letters = "abcdefghjkmnpqrstuvwxyz23456789";

/** Short enough to type in a chat; without letters that look alike. */
const newRuleId = () => Array.from({ length: 7 }, () => letters[randomInt(letters.length)]).join("");

function toRule(row: Selectable<RulesTable>): StoredRule {
  const parsed = parseRule(row.words);
  if ("problem" in parsed) throw new Error(`stored rule ${row.id} does not parse: ${parsed.problem.message}`);
  return {
    workspace: row.workspace_id,
    id: row.id,
    channel: row.channel,
    words: row.words,
    grammar: parsed.rule,
    origin: row.origin,
    paused: row.paused ?? undefined,
    createdAt: row.created_at,
  };
}
