import type { Decision } from "../rules/match.ts";
import { type DeliverySummary, summary } from "./deliveries.ts";
import { openColumn } from "./delivery-seal.ts";
import type { Store } from "./store.ts";

/** Ids begin with their time: this much of one is its millisecond. */
const shortLength = 13;

/** A workspace's deliveries whose ids begin so, in the order of their ids, at most `limit`. */
export function deliveriesBeginning(
  store: Store,
  workspace: string,
  prefix: string,
  limit: number,
): Promise<DeliverySummary[]> {
  return (
    store.db
      .selectFrom("deliveries")
      .select([...summary])
      .where("workspace_id", "=", workspace)
      .where("id", ">=", prefix)
      // Ids have no letter behind `f`: a range goes along the index, where `like` would look at every row.
      .where("id", "<", `${prefix}g`)
      .orderBy("id")
      .limit(limit)
      .execute()
  );
}

/** The beginning of a delivery's id where it is the only one with it, else all of it: what people copy. */
export async function shortDeliveryId(store: Store, workspace: string, id: string): Promise<string> {
  const short = id.slice(0, shortLength);
  return (await deliveriesBeginning(store, workspace, short, 2)).length > 1 ? id : short;
}

/** What the rules said of a delivery: of how many rules, and the first of them. */
export interface Decisions {
  count: number;
  rules: Decision[];
}

/** What the rules said of deliveries, by their ids; without those that never asked one, or whose decisions are gone. */
export async function decisionsOf(
  store: Store,
  workspace: string,
  ids: readonly string[],
): Promise<Map<string, Decisions>> {
  if (ids.length === 0) return new Map();
  const rows = await store.db
    .selectFrom("deliveries")
    .select(["id", "decisions"])
    .where("workspace_id", "=", workspace)
    .where("id", "in", ids)
    .where("decisions", "is not", null)
    .execute();
  const found = new Map<string, Decisions>();
  for (const { id, decisions } of rows) {
    if (decisions === null) continue;
    found.set(id, JSON.parse(openColumn(store, workspace, id, "decisions", decisions).toString()) as Decisions);
  }
  return found;
}
