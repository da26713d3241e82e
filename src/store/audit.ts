import type { Transaction } from "kysely";
import type { AuditTable } from "./app-tables.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** Who changes something, and where. */
export interface Doing {
  /** Slack's id of a person, else `terminal`, `rules.yml` or `Slack` */
  actor: string;
  /** the channel in which it is done */
  channel?: string;
}

/** One change: what was done to which rule, hook, channel, delivery or message. No secret goes in here. */
export interface Change extends Doing {
  action: string;
  /** id of the rule, name of the hook, id of the channel, delivery or message */
  object: string;
  /** what it was changed to */
  words?: string;
}

/** Writes changes down, in the transaction that makes them: both or neither. */
export async function record(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  ...changes: readonly Change[]
): Promise<void> {
  const at = store.now().toISOString();
  const rows = changes.map(({ actor, action, object, channel, words }) => ({
    workspace_id: workspace,
    at,
    actor,
    action,
    object,
    channel: channel ?? null,
    words: words ?? null,
  }));
  for (let from = 0; from < rows.length; from += mostRows) {
    await trx
      .insertInto("audit")
      .values(rows.slice(from, from + mostRows))
      .execute();
  }
}

/** Rows of one statement. */
const mostRows = 500;

/**
 * A workspace's changes, the newest first; those of one rule or hook, where it is named.
 * @param filter `of`: only what was done in this channel or to these objects
 */
export async function listChanges(
  store: Store,
  workspace: string,
  filter: { object?: string | undefined; of?: { channel: string; objects: string[] } | undefined; limit: number },
): Promise<Omit<AuditTable, "seq" | "workspace_id">[]> {
  let query = store.db
    .selectFrom("audit")
    .select(["at", "actor", "action", "object", "channel", "words"])
    .where("workspace_id", "=", workspace);
  const { object, of, limit } = filter;
  if (object !== undefined) query = query.where("object", "=", object);
  if (of) {
    const objects = of.objects.length > 0 ? of.objects : [""];
    query = query.where(({ eb, or }) => or([eb("channel", "=", of.channel), eb("object", "in", objects)]));
  }
  return query.orderBy("seq", "desc").limit(limit).execute();
}

/** A command of the operator's. */
export const byTerminal: Doing = { actor: "terminal" };
