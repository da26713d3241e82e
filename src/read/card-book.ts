import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import { addCards, type Card, type CardAddress, findCards, type NewCard, takeOver } from "../store/cards.ts";
import type { Tables } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

/** The cards of a batch of deliveries: those that are there, and those that the batch begins itself. */
export interface CardBook {
  /** Cards of these objects in a channel, by whichever of its names, oldest first. */
  find(project: string, objects: readonly string[], names: readonly string[]): Card[];
  /** Makes a message the card of an object. It is there for what follows in the batch, and written by `write`. */
  begin(card: Omit<NewCard, "id">): string;
  /** Makes a card another rule's, and lets another message post it where its own was not sent. */
  takeOver(card: Card, by: { rule: string; message?: string }): Promise<void>;
  /** Writes down the cards that were begun. */
  write(): Promise<void>;
}

/** Looks up the cards at these addresses, inside the transaction that writes what is said about them. */
export async function openCardBook(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  addresses: readonly CardAddress[],
): Promise<CardBook> {
  const cards = new Map<string, Card & { place: number }>();
  const byObject = new Map<string, string[]>();
  const fresh: NewCard[] = [];
  const keyOf = (project: string, object: string) => JSON.stringify([project, object]);
  const put = (card: Card) => {
    cards.set(card.id, { ...card, place: cards.size });
    const key = keyOf(card.project, card.object);
    byObject.set(key, [...(byObject.get(key) ?? []), card.id]);
  };
  for (const card of await findCards({ ...store, db: trx }, workspace, addresses)) put(card);

  return {
    find(project, objects, names) {
      const ids = new Set(objects.flatMap((object) => byObject.get(keyOf(project, object)) ?? []));
      const found = [...ids].flatMap((id) => cards.get(id) ?? []).filter(({ channel }) => names.includes(channel));
      return found.sort((a, b) => a.place - b.place);
    },
    begin(card) {
      const id = uuid();
      const { channel, project, object, episode, thread } = card;
      const now = { state: "live", isPosted: false, isRuled: true, message: "pending" } as const;
      put({ id, channel, project, object, episode, thread, ...now });
      fresh.push({ ...card, id });
      return id;
    },
    async takeOver(card, by) {
      await takeOver(store, trx, workspace, { card: card.id, ...by });
      const before = cards.get(card.id);
      const message = by.message === undefined ? card.message : "pending";
      if (before) cards.set(card.id, { ...before, isRuled: true, message });
    },
    write: () => addCards(store, trx, fresh),
  };
}
