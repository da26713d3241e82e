import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import type { CardState } from "./card-tables.ts";
import { given } from "./given.ts";
import { type KnownObject, toKnown } from "./objects.ts";
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

/** A message that may post a card or go into the thread of one. */
interface Placed {
  workspace: string;
  card: string | null;
  thread: string | null;
}

/** Looks up where messages of any workspaces go that post a card, or are a reply; one place for each of them. */
export async function findPlaces(store: Store, messages: readonly Placed[]): Promise<CardPlace[]> {
  const wanted = new Map<string, { workspace_id: string; id: string; is_own: number }>();
  const want = (workspace: string, id: string, isOwn: boolean) => {
    const is_own = Number(isOwn || wanted.get(keyOf(workspace, id))?.is_own === 1);
    wanted.set(keyOf(workspace, id), { workspace_id: workspace, id, is_own });
  };
  for (const { workspace, card, thread } of messages) {
    if (card !== null) want(workspace, card, true);
    if (thread !== null) want(workspace, thread, false);
  }
  const rows = wanted.size === 0 ? [] : await cardsWithFacts(store, [...wanted.values()]);
  const found = new Map(rows.map((row) => [keyOf(row.workspace_id, row.id), row]));
  const get = (workspace: string, id: string | null) => (id === null ? undefined : found.get(keyOf(workspace, id)));
  return messages.map(({ workspace, card, thread }) => {
    const own = get(workspace, card);
    const parent = get(workspace, thread);
    return {
      card: own && {
        ...{ id: own.id, episode: own.episode, isPosted: own.ts !== null },
        known: toKnown(store, workspace, own),
      },
      thread: parent?.state === "gone" ? undefined : (parent?.ts ?? undefined),
      above: parent?.object,
    };
  });
}

const keyOf = (workspace: string, id: string) => JSON.stringify([workspace, id]);

/** What is known of its object comes only with a message's own card: it may be large. */
const cardsWithFacts = (store: Store, wanted: readonly { workspace_id: string; id: string; is_own: number }[]) =>
  store.db
    .selectFrom(given(store, { workspace_id: "text", id: "text", is_own: "integer" }, wanted).as("given"))
    .innerJoin("cards", (join) =>
      join.onRef("cards.workspace_id", "=", "given.workspace_id").onRef("cards.id", "=", "given.id"),
    )
    .leftJoin("objects", (join) =>
      join
        .onRef("objects.workspace_id", "=", "cards.workspace_id")
        .onRef("objects.project", "=", "cards.project")
        .onRef("objects.object", "=", "cards.object")
        .on("given.is_own", "=", 1),
    )
    .select(["cards.workspace_id", "cards.id", "cards.project", "cards.object", "episode", "ts", "state"])
    .select(["facts", "format", "revision"])
    .execute();
