import { type KnownObject, toKnown } from "./objects.ts";
import { type Params, prepared } from "./prepared.ts";
import type { Store } from "./store.ts";

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
  const wanted = new Map<string, Wanted>();
  const want = (workspace: string, id: string, isOwn: boolean) => {
    const is_own = Number(isOwn || wanted.get(keyOf(workspace, id))?.is_own === 1);
    wanted.set(keyOf(workspace, id), { workspace_id: workspace, id, is_own });
  };
  for (const { workspace, card, thread } of messages) {
    if (card !== null) want(workspace, card, true);
    if (thread !== null) want(workspace, thread, false);
  }
  const { rows } = wanted.size === 0 ? { rows: [] } : await cardsWithFacts(store, { wanted: [...wanted.values()] });
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

interface Wanted {
  workspace_id: string;
  id: string;
  is_own: number;
}

/** What is known of its object comes only with a message's own card: it may be large. */
const cardsWithFacts = prepared(({ db }, param: Params<{ wanted: readonly Wanted[] }>) =>
  db
    .selectFrom(param.rows("wanted", { workspace_id: "text", id: "text", is_own: "integer" }).as("given"))
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
    .compile(),
);
