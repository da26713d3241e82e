import { sql, type Transaction } from "kysely";
import type { CardState } from "./card-tables.ts";
import { type Params, prepared } from "./prepared.ts";
import type { MessageState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** The live message of an object in a channel. */
export interface Card {
  id: string;
  /** name of its lane */
  channel: string;
  project: string;
  object: string;
  episode: string;
  state: CardState;
  /** the card in whose thread it is */
  thread: string | undefined;
  isPosted: boolean;
  /** its rule is there and active: without one it is not edited */
  isRuled: boolean;
  /** of the message that posts it; undefined where that was removed */
  message: MessageState | undefined;
}

/** Where cards are looked for: in one channel, by this one of its names. */
export interface CardAddress {
  project: string;
  object: string;
  channel: string;
}

/** The cards of these objects in these channels, oldest first. */
export async function findCards(
  store: Pick<Store, "db" | "engine">,
  workspace: string,
  addresses: readonly CardAddress[],
): Promise<Card[]> {
  if (addresses.length === 0) return [];
  const wanted = new Map(
    addresses.map((one) => [
      JSON.stringify([one.project, one.object, one.channel]),
      { ...one, workspace_id: workspace },
    ]),
  );
  const { rows } = await cardsAt(store, { addresses: [...wanted.values()] });
  return rows.map(({ thread_id, ts, message, rule, paused, ...card }) => ({
    ...card,
    thread: thread_id ?? undefined,
    isPosted: ts !== null,
    isRuled: rule !== null && paused === null,
    message: message ?? undefined,
  }));
}

interface Address extends CardAddress {
  workspace_id: string;
}

const addressColumns = { workspace_id: "text", project: "text", object: "text", channel: "text" } as const;

const cardsAt = prepared(({ db }, param: Params<{ addresses: readonly Address[] }>) =>
  db
    .selectFrom(param.rows("addresses", addressColumns).as("given"))
    .innerJoin("cards", (join) =>
      join
        .onRef("cards.channel", "=", "given.channel")
        .onRef("cards.project", "=", "given.project")
        .onRef("cards.object", "=", "given.object")
        .onRef("cards.workspace_id", "=", "given.workspace_id"),
    )
    .leftJoin("messages", (join) =>
      join.onRef("messages.workspace_id", "=", "cards.workspace_id").onRef("messages.id", "=", "cards.message_id"),
    )
    .leftJoin("rules", (join) =>
      join.onRef("rules.workspace_id", "=", "cards.workspace_id").onRef("rules.id", "=", "cards.rule_id"),
    )
    .select(["cards.id", "cards.channel", "cards.project", "cards.object", "episode", "cards.state", "cards.thread_id"])
    .select(["cards.ts", "messages.state as message", "rules.id as rule", "rules.paused"])
    .orderBy("cards.created_at")
    .orderBy("cards.id")
    .compile(),
);

export interface NewCard {
  id: string;
  workspace: string;
  channel: string;
  project: string;
  object: string;
  episode: string;
  rule: string;
  /** id of the message that posts it */
  message: string;
  /** the card in whose thread it goes */
  thread: string | undefined;
}

/** Writes down that messages are to be the cards of objects. */
export async function addCards(store: Store, trx: Transaction<Tables>, cards: readonly NewCard[]): Promise<void> {
  if (cards.length === 0) return;
  const now = store.now().toISOString();
  const rows = cards.map(({ workspace, rule, message, thread, ...card }) => ({
    ...card,
    ...{ workspace_id: workspace, rule_id: rule, message_id: message, thread_id: thread ?? null },
  }));
  await insert({ ...store, db: trx }, { cards: rows, now });
}

type CardRow = Record<Exclude<keyof typeof cardColumns, "thread_id">, string> & { thread_id: string | null };

const cardColumns = {
  ...({ id: "text", channel: "text", project: "text", object: "text", episode: "text" } as const),
  ...({ workspace_id: "text", rule_id: "text", message_id: "text", thread_id: "text" } as const),
};
const names = Object.keys(cardColumns) as (keyof typeof cardColumns)[];

const insert = prepared(({ db }, param: Params<{ cards: readonly CardRow[]; now: string }>) => {
  const now = param.value("now");
  return db
    .insertInto("cards")
    .columns([...names, "posts", "state", "shown", "fence", "failures", "created_at", "updated_at"])
    .expression((from) =>
      from
        .selectFrom(param.rows("cards", cardColumns).as("given"))
        .select(names)
        .select(() => [sql.lit(1).as("posts"), sql.lit<CardState>("live").as("state"), sql.lit(0).as("shown")])
        .select(() => [sql.lit(0).as("fence"), sql.lit(0).as("failures")])
        .select(() => [sql<string>`${now}`.as("created_at"), sql<string>`${now}`.as("updated_at")]),
    )
    .compile();
});

/** Makes a card another rule's, and lets another message post it where its own was not sent. */
export async function takeOver(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  { card, rule, message }: { card: string; rule: string; message?: string },
): Promise<void> {
  await trx
    .updateTable("cards")
    .set({
      rule_id: rule,
      ...(message !== undefined && { message_id: message }),
      updated_at: store.now().toISOString(),
    })
    .where("workspace_id", "=", workspace)
    .where("id", "=", card)
    .execute();
}
