import type { Selectable } from "kysely";
import type { Project } from "../events.ts";
import { anchorsFor } from "../rules/anchors.ts";
import type { Rule } from "../rules/match.ts";
import { parseRule } from "../rules/parse.ts";
import { type Params, prepared } from "./prepared.ts";
import { remembered } from "./remembered.ts";
import type { Origin, RulesTable } from "./schema.ts";
import type { Store } from "./store.ts";

export interface StoredRule extends Rule {
  workspace: string;
  origin: Origin;
  /** who made it, as in the audit: Slack's id of a person, else `terminal` or `rules.yml` */
  createdBy: string | undefined;
  /** it may post confidential things because only the members of a private channel of one company read them */
  isPrivate: boolean;
}

/**
 * The rules that could name the project, found by the anchors of their patterns: rules of other projects are not
 * read, however many there are.
 */
export async function rulesNaming(
  store: Pick<Store, "db" | "engine">,
  workspace: string,
  project: Project,
): Promise<StoredRule[]> {
  const [rules = []] = await rulesNamingEach(store, workspace, [project]);
  return rules;
}

/**
 * The same for many projects at once.
 * @returns for each of them its rules, in no order
 */
export async function rulesNamingEach(
  store: Pick<Store, "db" | "engine">,
  workspace: string,
  projects: readonly Project[],
): Promise<StoredRule[][]> {
  const anchors = projects.map((project) => anchorsFor(project));
  const wanted = [...new Set(anchors.flat())].map((anchor) => ({ workspace_id: workspace, anchor }));
  if (wanted.length === 0) return [];
  const { rows } = await rulesOfAnchors(store, { anchors: wanted });
  const rules = new Map(rows.map((row) => [row.id, toRule(row)]));
  const byAnchor = Map.groupBy(rows, ({ anchor }) => anchor);
  return anchors.map((names) => {
    const ids = new Set(names.flatMap((name) => byAnchor.get(name)?.map(({ id }) => id) ?? []));
    return [...ids].flatMap((id) => rules.get(id) ?? []);
  });
}

const rulesOfAnchors = prepared(
  ({ db }, param: Params<{ anchors: readonly { workspace_id: string; anchor: string }[] }>) =>
    db
      .selectFrom(param.rows("anchors", { workspace_id: "text", anchor: "text" }).as("given"))
      .innerJoin("rule_anchors", (join) =>
        join
          .onRef("rule_anchors.workspace_id", "=", "given.workspace_id")
          .onRef("rule_anchors.anchor", "=", "given.anchor"),
      )
      .innerJoin("rules", (join) =>
        join
          .onRef("rules.workspace_id", "=", "rule_anchors.workspace_id")
          .onRef("rules.id", "=", "rule_anchors.rule_id"),
      )
      .select("rule_anchors.anchor")
      .selectAll("rules")
      .compile(),
);

/** All rules of a workspace, or of the channels that are named, oldest first. */
export async function listRules(
  store: Store,
  workspace: string,
  { channels }: { channels?: readonly string[] } = {},
): Promise<StoredRule[]> {
  if (channels?.length === 0) return [];
  let query = store.db.selectFrom("rules").selectAll().where("workspace_id", "=", workspace);
  if (channels) query = query.where("channel", "in", channels);
  const rows = await query.orderBy("created_at").orderBy("id").execute();
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

/** The same for many rules of any workspaces. @returns for each of them the rule; undefined where there is none */
export async function findRules(
  store: Pick<Store, "db" | "engine">,
  wanted: readonly { workspace: string; id: string }[],
): Promise<(StoredRule | undefined)[]> {
  if (wanted.length === 0) return [];
  const keys = new Map(wanted.map((one) => [keyOf(one), { workspace_id: one.workspace, id: one.id }]));
  const { rows } = await rulesOfKeys(store, { keys: [...keys.values()] });
  const found = new Map(rows.map((row) => [keyOf({ workspace: row.workspace_id, id: row.id }), toRule(row)]));
  return wanted.map((one) => found.get(keyOf(one)));
}

const rulesOfKeys = prepared(({ db }, param: Params<{ keys: readonly { workspace_id: string; id: string }[] }>) =>
  db
    .selectFrom(param.rows("keys", { workspace_id: "text", id: "text" }).as("given"))
    .innerJoin("rules", (join) =>
      join.onRef("rules.workspace_id", "=", "given.workspace_id").onRef("rules.id", "=", "given.id"),
    )
    .selectAll("rules")
    .compile(),
);

const keyOf = ({ workspace, id }: { workspace: string; id: string }) => JSON.stringify([workspace, id]);

/** Words that are asked about all the time. */
const mostParsed = 10_000;
const parsedRule = remembered(parseRule, mostParsed);

/** A rule that the grammar does not know any more, after a rollback, matches nothing and says so; it stops no other. */
export function toRule(row: Selectable<RulesTable>): StoredRule {
  const parsed = parsedRule(row.words);
  const problem = "problem" in parsed ? `Belfry cannot read it: ${parsed.problem.message}` : undefined;
  return {
    workspace: row.workspace_id,
    id: row.id,
    channel: row.channel,
    words: row.words,
    grammar: "rule" in parsed ? parsed.rule : { projects: [], kinds: [], conditions: [], options: {} },
    origin: row.origin,
    createdBy: row.created_by ?? undefined,
    isPrivate: row.is_private === 1,
    paused: problem ?? row.paused ?? undefined,
    createdAt: row.created_at,
  };
}
