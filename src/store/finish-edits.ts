import { sql, type Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import type { Event } from "../events.ts";
import type { Message } from "../slack/message.ts";
import type { CardsTable } from "./card-tables.ts";
import { endTurns, type TurnEnd } from "./end-turns.ts";
import { hasContent } from "./messages.ts";
import { addMessages, openEvent, sealSent } from "./open-messages.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import type { TakenCard } from "./take-cards.ts";
import { inTransaction } from "./transaction.ts";

/** How an edit ended. */
export type EditResult =
  /** it shows the newest state; `edited` is false where it did before */
  | { end: "shown"; sent: Message; edited: boolean }
  /** it is tried again after `wait` milliseconds */
  | { end: "later"; wait: number; reason: string }
  /** it stays as it is until there is something newer to show */
  | { end: "left"; reason: string }
  /** Slack does not let us edit it any more: what changed is said in its thread */
  | { end: "refused"; event: Event; sent: Message }
  /** a person deleted it */
  | { end: "deleted" };

/** How often a card is posted: once more where a person deleted it. */
const mostPosts = 2;

/**
 * Writes down how an edit ended. Of a card that is another worker's by now only the turn is given back; where it was
 * edited it is once more, because nobody knows whose edit came last.
 */
export async function finishEdit(store: Store, card: TakenCard, result: EditResult, end: TurnEnd): Promise<void> {
  await inTransaction(store, async (trx) => {
    if (await giveBack(trx, card)) {
      const change = await changeOf({ ...store, db: trx }, trx, card, result);
      await trx
        .updateTable("cards")
        .set({ failures: 0, ...change })
        .where("workspace_id", "=", card.workspace)
        .where("id", "=", card.id)
        .execute();
    } else if (result.end === "shown" && result.edited) {
      await editAgain(store, trx, card);
    }
    await endTurns(store, trx, [{ turn: card.turn, end }]);
  });
}

/** First of all, so that an edit which somebody else makes once more writes no message twice. @returns whether it was ours */
async function giveBack(trx: Transaction<Tables>, { workspace, id, worker, fence }: TakenCard): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("cards")
    .set({ owner: null })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where("owner", "=", worker)
    .where("fence", "=", fence)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function editAgain(store: Store, trx: Transaction<Tables>, { workspace, id }: TakenCard): Promise<void> {
  await trx
    .updateTable("cards")
    .set({ shown: 0, edit_at: store.now().toISOString() })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where("state", "=", "live")
    .execute();
}

/** Nothing is due any more, unless something newer came while it was edited. */
const settled = ({ taken }: TakenCard) => sql<string | null>`case when edit_at = ${taken} then null else edit_at end`;

async function changeOf(store: Store, trx: Transaction<Tables>, card: TakenCard, result: EditResult) {
  const { revision } = card.known;
  switch (result.end) {
    case "shown":
      if (result.edited) await noteEdit(store, trx, card, result.sent);
      return { shown: revision, edit_at: settled(card) };
    case "later":
      return {
        failures: card.failures + 1,
        edit_at: new Date(store.now().getTime() + result.wait).toISOString(),
      };
    case "left":
      return { shown: revision, edit_at: settled(card) };
    case "refused":
      if (card.message.delivery === "") return { shown: revision, edit_at: settled(card), state: "frozen" as const };
      await addMessages(store, trx, [{ ...base(card), event: result.event, thread: card.id }]);
      // What was said last is compared with what is to be said next.
      await noteEdit(store, trx, card, result.sent);
      return { shown: revision, edit_at: settled(card), state: "frozen" as const };
    case "deleted":
      return repost(store, trx, card);
  }
}

const base = ({ workspace, channel, rule, message }: TakenCard) => ({
  workspace,
  channel,
  rule: rule.id,
  delivery: message.delivery,
});

/** What a message shows is kept, so that pages and `messages` show the same. */
async function noteEdit(store: Store, trx: Transaction<Tables>, card: TakenCard, sent: Message): Promise<void> {
  const { workspace, message } = card;
  await trx
    .updateTable("messages")
    .set((set) => ({
      sent: sealSent(store, workspace, message.id, sent),
      edits: set("edits", "+", 1),
      edited_at: store.now().toISOString(),
    }))
    .where("workspace_id", "=", workspace)
    .where("id", "=", message.id)
    .where("state", "=", "sent")
    // What the retention removed does not come back.
    .where(hasContent)
    .execute();
}

/** Posts a card anew that a person deleted; who deletes it twice does not want it. */
async function repost(store: Store, trx: Transaction<Tables>, card: TakenCard): Promise<Partial<CardsTable>> {
  const { workspace, message } = card;
  const row = await trx
    .selectFrom("messages")
    .select(["id", "channel", "thread_id", "event", "event_format"])
    .where("workspace_id", "=", workspace)
    .where("id", "=", message.id)
    .executeTakeFirst();
  const event = row && row.event.length > 0 ? openEvent(store, workspace, row) : undefined;
  if (card.posts >= mostPosts || !row || !event) return { state: "gone", edit_at: null };
  const id = uuid();
  const thread = row.thread_id ?? undefined;
  await addMessages(store, trx, [{ ...base(card), id, channel: row.channel, event, card: card.id, thread }]);
  return { ts: null, posts: card.posts + 1, message_id: id, edit_at: null };
}
