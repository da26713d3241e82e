import { sql, type Transaction } from "kysely";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** Milliseconds in which what comes together becomes one edit. */
const gathering = 1_000;

/** Lets cards of an object be edited soon. What is being edited gets a time of its own, so that it is due once more. */
export async function markCards(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  { project, object, episodes }: { project: string; object: string; episodes: readonly string[] },
): Promise<void> {
  if (episodes.length === 0) return;
  const now = store.now().getTime();
  const soon = new Date(now + gathering).toISOString();
  await trx
    .updateTable("cards")
    .set({
      edit_at: sql<string>`case when owner is null and edit_at < ${soon} then edit_at else ${soon} end`,
      updated_at: new Date(now).toISOString(),
    })
    .where("workspace_id", "=", workspace)
    .where("project", "=", project)
    .where("object", "=", object)
    .where("state", "<>", "gone")
    .$if(!episodes.includes(""), (query) => query.where("episode", "in", episodes))
    .execute();
}

/** Lets cards be edited at once that changed while their rules were paused. */
export async function wakeCards(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  rules: readonly string[],
): Promise<void> {
  if (rules.length === 0) return;
  await trx
    .updateTable("cards")
    .set({ edit_at: store.now().toISOString() })
    .where("workspace_id", "=", workspace)
    .where("rule_id", "in", rules)
    .where("edit_at", "is not", null)
    .where("ts", "is not", null)
    .execute();
}
