import type { Transaction } from "kysely";
import { record } from "./audit.ts";
import { namesOfOne } from "./channels.ts";
import { wakeCards } from "./mark-cards.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** Whose rules: one, those of a channel, else of the whole workspace. */
export interface Concerned {
  /** id of the only one */
  rule?: string | undefined;
  /** as the rules name it: its id, or `#name` */
  channel?: string | undefined;
  /** also the rules that name the same channel otherwise */
  byAnyName?: boolean;
}

/**
 * Pauses active rules because Slack makes us; `findUntold` finds them until somebody has been told.
 * @param reason as users see it
 * @returns how many
 */
export const pauseRules = (store: Store, workspace: string, whose: Concerned, reason: string): Promise<number> =>
  inTransaction(store, (trx) => pauseWithin(store, trx, workspace, { ...whose, reason, isUntold: true }));

/** The same inside a transaction. @param pause.isUntold somebody has to be told */
export async function pauseWithin(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  { reason, isUntold, ...whose }: Concerned & { reason: string; isUntold: boolean },
): Promise<number> {
  let query = trx
    .updateTable("rules")
    .set({ paused: reason, untold_since: isUntold ? store.now().toISOString() : null })
    .where("workspace_id", "=", workspace)
    .where("paused", "is", null);
  if (whose.rule !== undefined) query = query.where("id", "=", whose.rule);
  const channels = await channelsOf(trx, workspace, whose);
  if (channels) query = query.where("channel", "in", channels);
  const rules = await query.returning("id").execute();
  const changes = rules.map(({ id }) => ({ ...bySlack, action: "pause", object: id, words: reason }));
  await record(store, trx, workspace, ...changes);
  return rules.length;
}

/** Resumes the rules of a channel, or of the whole workspace, that were paused for one of these reasons. @returns how many */
export async function resumeRules(
  store: Store,
  workspace: string,
  reasons: readonly string[],
  whose: Concerned = {},
): Promise<number> {
  return inTransaction(store, (trx) => resumeWithin(store, trx, workspace, reasons, whose));
}

/** The same inside a transaction. */
export async function resumeWithin(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  reasons: readonly string[],
  whose: Concerned = {},
): Promise<number> {
  if (reasons.length === 0) return 0;
  let query = trx
    .updateTable("rules")
    .set({ paused: null, untold_since: null })
    .where("workspace_id", "=", workspace)
    .where("paused", "in", reasons);
  if (whose.rule !== undefined) query = query.where("id", "=", whose.rule);
  const channels = await channelsOf(trx, workspace, whose);
  if (channels) query = query.where("channel", "in", channels);
  const rules = await query.returning("id").execute();
  const ids = rules.map(({ id }) => id);
  await wakeCards(store, trx, workspace, ids);
  const changes = ids.map((id) => ({ ...bySlack, action: "resume", object: id }));
  await record(store, trx, workspace, ...changes);
  return rules.length;
}

/** The channels that rules name, undefined for all. */
async function channelsOf(trx: Transaction<Tables>, workspace: string, { channel, byAnyName = false }: Concerned) {
  if (channel === undefined) return undefined;
  return byAnyName ? namesOfOne(trx, workspace, channel) : [channel];
}

const bySlack = { actor: "Slack" };

/** Rules of one channel that were paused for one reason, and nobody knows. */
export interface Untold {
  workspace: string;
  channel: string;
  reason: string;
  /** who made the rules, as in the audit, each once */
  makers: string[];
  rules: number;
}

/** What was paused and not told yet, of all workspaces. */
export async function findUntold(store: Store): Promise<Untold[]> {
  const rows = await store.db
    .selectFrom("rules")
    .select(["workspace_id", "channel", "paused", "created_by"])
    .where("untold_since", "is not", null)
    .where("paused", "is not", null)
    .execute();
  const found = new Map<string, Untold>();
  for (const { workspace_id: workspace, channel, paused, created_by } of rows) {
    const key = JSON.stringify([workspace, channel, paused]);
    const one = found.get(key) ?? { workspace, channel, reason: paused ?? "", makers: [], rules: 0 };
    if (created_by !== null && !one.makers.includes(created_by)) one.makers.push(created_by);
    found.set(key, { ...one, rules: one.rules + 1 });
  }
  return [...found.values()];
}

/** Takes it on to tell of a pause. @returns whether this process is the one that does */
export async function takeUntold(store: Store, { workspace, channel, reason }: Untold): Promise<boolean> {
  const { numUpdatedRows } = await store.db
    .updateTable("rules")
    .set({ untold_since: null })
    .where("workspace_id", "=", workspace)
    .where("channel", "=", channel)
    .where("paused", "=", reason)
    .where("untold_since", "is not", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
