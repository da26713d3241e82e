import { sql } from "kysely";
import { fold } from "../rules/glob.ts";
import type { RuleGrammar } from "../rules/grammar.ts";
import { projectMatches } from "../rules/projects.ts";
import type { DeliveryState } from "./schema.ts";
import type { Store } from "./store.ts";

/** Projects that one look goes through. */
const mostProjects = 1_000;

/**
 * The newest delivery of the projects that a rule names. Deliveries keep the path only: a pattern with a host counts by
 * its path where it is wanted, and what is about a group itself counts for its exact path. Of more than 1,000 projects that could fit, the
 * first 1,000 by name are looked at.
 */
export async function lastSeen(
  store: Store,
  workspace: string,
  { projects }: Pick<RuleGrammar, "projects">,
): Promise<{ project: string; receivedAt: string } | undefined> {
  const wanted = projects.filter(({ not }) => !not).flatMap(({ pattern }) => pathsOf(pattern));
  const unwanted = projects.filter(({ not }) => not).map(({ pattern }) => pattern);
  const matches = (path: string) => (pattern: string) => projectMatches(pattern, { path, name: path });
  let newest = 0;
  let left = mostProjects;
  for (const span of spansOf(wanted)) {
    const found = await projectsWithin(store, workspace, span, left);
    left -= found.length;
    for (const { project, seq } of found) {
      if (seq > newest && wanted.some(matches(project)) && !unwanted.some(matches(project))) newest = seq;
    }
  }
  if (newest === 0) return undefined;
  const row = await store.db
    .selectFrom("deliveries")
    .select(["project", "received_at"])
    .where("workspace_id", "=", workspace)
    .where("seq", "=", newest)
    .executeTakeFirst();
  return row?.project ? { project: row.project, receivedAt: row.received_at } : undefined;
}

/** A pattern as it is, and without what may be a host in front of it. */
function pathsOf(pattern: string): string[] {
  const [host = "", ...path] = pattern.split("/");
  const hasHost = /^([^*]*[.:][^*]*|localhost)$/.test(host) && path.length > 0;
  return hasHost ? [pattern, path.join("/")] : [pattern];
}

/** Greater than every letter that a project can have. */
const end = "\u{10ffff}";

interface Span {
  from: string;
  to: string;
}

/** Where the projects of patterns stand in the order of their names, each place once. */
function spansOf(patterns: readonly string[]): Span[] {
  const starts = new Map<string, boolean>();
  for (const pattern of patterns) {
    const start = fold(pattern).split("*")[0] ?? "";
    starts.set(start, pattern.includes("*") || starts.get(start) === true);
  }
  return [...starts].map(([from, isOpen]) => ({ from, to: isOpen ? `${from}${end}` : from }));
}

/**
 * The different projects between two names, in lower case, each with its newest delivery: from one to the next along
 * the index, however many deliveries each has. https://wiki.postgresql.org/wiki/Loose_indexscan
 */
async function projectsWithin(store: Store, workspace: string, { from, to }: Span, most: number) {
  if (most === 0) return [];
  const ours = sql`workspace_id = ${workspace} and project is not null`;
  const { rows } = await sql<{ project: string; seq: number }>`
    with recursive names(name) as (
      select * from (
        select lower(project) from deliveries
        where ${ours} and lower(project) >= ${from} and lower(project) <= ${to}
        order by lower(project) limit 1
      ) as first
      union all
      select (
        select lower(project) from deliveries
        where ${ours} and lower(project) > names.name and lower(project) <= ${to}
        order by lower(project) limit 1
      ) from names where names.name is not null
    )
    select name as project, (
      select seq from deliveries where ${ours} and lower(project) = name order by seq desc limit 1
    ) as seq
    from names where name is not null limit ${most}`.execute(store.db);
  return rows;
}

/** The last delivery of each hook of a workspace, by the hook's id; those that never got one are left out. */
export async function hookActivity(
  store: Store,
  workspace: string,
): Promise<Map<string, { receivedAt: string; state: DeliveryState }>> {
  const { rows } = await sql<{ hook: string; at: string; state: DeliveryState }>`
    select hooks.id as hook, last.received_at as at, last.state as state from hooks
    join deliveries as last on last.seq = (
      select seq from deliveries where deliveries.workspace_id = hooks.workspace_id and deliveries.hook_id = hooks.id
      order by received_at desc limit 1
    )
    where hooks.workspace_id = ${workspace} limit ${mostHooks}`.execute(store.db);
  return new Map(rows.map(({ hook, at: receivedAt, state }) => [hook, { receivedAt, state }]));
}

const mostHooks = 1_000;
