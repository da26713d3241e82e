import { sql, type Transaction } from "kysely";
import { type Params, prepared } from "./prepared.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** Milliseconds in which what comes together becomes one edit. */
const gathering = 1_000;

/** What changed of an object, and the episodes whose cards show it: "" stands for all of them. */
export interface CardMark {
  project: string;
  object: string;
  episodes: readonly string[];
}

/** Lets cards of objects be edited soon. What is being edited gets a time of its own, so that it is due once more. */
export async function markCards(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  marks: readonly CardMark[],
): Promise<void> {
  const rows = marks.flatMap(({ project, object, episodes }) =>
    episodes.map((episode) => ({ workspace_id: workspace, project, object, episode: episode === "" ? null : episode })),
  );
  if (rows.length === 0) return;
  const now = store.now().getTime();
  const soon = new Date(now + gathering).toISOString();
  await mark({ ...store, db: trx }, { marks: rows, soon, now: new Date(now).toISOString() });
}

interface Marking {
  marks: readonly { workspace_id: string; project: string; object: string; episode: string | null }[];
  soon: string;
  now: string;
}

const markColumns = { workspace_id: "text", project: "text", object: "text", episode: "text" } as const;

const mark = prepared(({ db, engine }, param: Params<Marking>) => {
  const soon = param.value("soon");
  const changed = db
    .selectFrom("cards as card")
    .innerJoin(param.rows("marks", markColumns).as("given"), (join) =>
      join
        .onRef("card.workspace_id", "=", "given.workspace_id")
        .onRef("card.project", "=", "given.project")
        .onRef("card.object", "=", "given.object"),
    )
    .select(["card.workspace_id", "card.id"])
    .where("card.state", "<>", "gone")
    .where(sql<boolean>`(given.episode is null or card.episode = given.episode)`)
    .orderBy("card.id");
  return db
    .updateTable("cards")
    .from(engine.lockInOrder(changed, "card").as("changed"))
    .set({
      edit_at: sql<string>`case when owner is null and edit_at < ${soon} then edit_at else ${soon} end`,
      updated_at: param.value("now"),
    })
    .whereRef("cards.workspace_id", "=", "changed.workspace_id")
    .whereRef("cards.id", "=", "changed.id")
    .compile();
});

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
