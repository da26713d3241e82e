import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import type { CardState } from "./card-tables.ts";
import { findObjects, type KnownObject } from "./objects.ts";
import type { MessageState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** The live message of an object in a channel. */
export interface Card {
  id: string;
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

/** The cards of some objects in one channel, by whichever of its names. */
export async function findCards(
  trx: Transaction<Tables>,
  workspace: string,
  { project, objects, channels }: { project: string; objects: readonly string[]; channels: readonly string[] },
): Promise<Card[]> {
  const rows = await trx
    .selectFrom("cards")
    .leftJoin("messages", (join) =>
      join.onRef("messages.workspace_id", "=", "cards.workspace_id").onRef("messages.id", "=", "cards.message_id"),
    )
    .leftJoin("rules", (join) =>
      join.onRef("rules.workspace_id", "=", "cards.workspace_id").onRef("rules.id", "=", "cards.rule_id"),
    )
    .select(["cards.id", "object", "episode", "cards.state", "cards.thread_id", "cards.ts"])
    .select(["messages.state as message", "rules.id as rule", "rules.paused"])
    .where("cards.workspace_id", "=", workspace)
    .where("project", "=", project)
    .where("object", "in", objects)
    .where("cards.channel", "in", channels)
    .orderBy("cards.created_at")
    .execute();
  return rows.map(({ id, object, episode, state, thread_id, ts, message, rule, paused }) => ({
    id,
    object,
    episode,
    state,
    thread: thread_id ?? undefined,
    isPosted: ts !== null,
    isRuled: rule !== null && paused === null,
    message: message ?? undefined,
  }));
}

export interface NewCard {
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

/** Writes down that a message is to be the card of an object. @returns its id */
export async function addCard(store: Store, trx: Transaction<Tables>, card: NewCard): Promise<string> {
  const now = store.now().toISOString();
  const id = uuid();
  await trx
    .insertInto("cards")
    .values({
      workspace_id: card.workspace,
      id,
      channel: card.channel,
      project: card.project,
      object: card.object,
      episode: card.episode,
      rule_id: card.rule,
      message_id: card.message,
      thread_id: card.thread ?? null,
      posts: 1,
      state: "live",
      shown: 0,
      fence: 0,
      failures: 0,
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

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

/** What a message that posts a card shows, and in whose thread. */
export interface CardPlace {
  card: CardToShow | undefined;
  /** Slack's id of the message in whose thread it goes */
  thread: string | undefined;
  /** what the card in whose thread it goes tells of */
  above: string | undefined;
}

export interface CardToShow {
  id: string;
  episode: string;
  /** it was posted before */
  isPosted: boolean;
  /** what is known of its object now */
  known: KnownObject;
}

/** Looks up where a message goes that posts a card, or is a reply. */
export async function findPlace(
  store: Store,
  workspace: string,
  { card, thread }: { card: string | null; thread: string | null },
): Promise<CardPlace> {
  const ids = [card, thread].flatMap((id) => id ?? []);
  if (ids.length === 0) return { card: undefined, thread: undefined, above: undefined };
  const rows = await store.db
    .selectFrom("cards")
    .select(["id", "project", "object", "episode", "ts", "state"])
    .where("workspace_id", "=", workspace)
    .where("id", "in", ids)
    .execute();
  const own = rows.find(({ id }) => id === card);
  const parent = rows.find(({ id }) => id === thread);
  const found = own && (await findObjects(store, workspace, own.project, [own.object]));
  const nothing = own && { project: own.project, object: own.object, facts: {}, revision: 0 };
  const known = found?.[0] ?? nothing;
  return {
    card: own && known && { id: own.id, episode: own.episode, isPosted: own.ts !== null, known },
    thread: parent?.state === "gone" ? undefined : (parent?.ts ?? undefined),
    above: parent?.object,
  };
}
