import type { Transaction } from "kysely";
import type { Log } from "../log.ts";
import { inOneLane } from "../store/channels.ts";
import { type HookLease, LeaseLost, returnHook } from "../store/hook-leases.ts";
import { markCards } from "../store/mark-cards.ts";
import { ObjectChanged, saveObjects } from "../store/objects.ts";
import { addMessages, type NewMessage } from "../store/open-messages.ts";
import { finishDeliveries } from "../store/pending-deliveries.ts";
import { type Repeat, repeatedEvents } from "../store/same-events.ts";
import type { Tables } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { inTransaction } from "../store/transaction.ts";
import { openCardBook } from "./card-book.ts";
import { type Decided, kept } from "./decide.ts";
import { eventKey, tellsTime } from "./event-key.ts";
import { addressesOf, tell } from "./tell.ts";

/** A delivery that was read. */
export interface Read extends Decided {
  /** the delivery's forge */
  forge: string;
  /** a person wants it told once more */
  isReplayed: boolean;
}

interface Parts {
  store: Store;
  log: Log;
}

/**
 * Writes what was read. Where the store does not take all of it, it takes less: at last one delivery alone that cannot be
 * written is kept as unreadable, so that its hook goes on.
 */
export async function writeSome(reader: Parts, lease: HookLease, reads: readonly Read[]): Promise<Read[]> {
  const { store, log } = reader;
  const [first] = reads;
  try {
    return await write(store, lease, reads);
  } catch (error) {
    const isOthers = error instanceof LeaseLost || error instanceof ObjectChanged;
    if (!first || isOthers || store.engine.isAway(error)) throw error;
    log.error({ error, delivery: first.delivery.id, deliveries: reads.length }, "what was read could not be written");
    if (reads.length > 1) return writeSome(reader, lease, reads.slice(0, Math.ceil(reads.length / 2)));
    if (!store.engine.isRefusal(error)) throw error;
    const reason = "Belfry failed to write down what it says; this is a mistake of ours";
    return write(store, lease, [
      {
        forge: first.forge,
        isReplayed: first.isReplayed,
        delivery: { id: first.delivery.id, state: "unreadable", reason },
        posts: [],
        learned: [],
        decisions: [],
      },
    ]);
  }
}

/**
 * Messages are written in the transaction that finishes their delivery: both or neither. An event that another hook of
 * the workspace has told writes none.
 * @returns what was written
 */
async function write(store: Store, lease: HookLease, reads: readonly Read[]): Promise<Read[]> {
  const { workspace, hook } = lease;
  const events = reads.flatMap(({ delivery, event }) => {
    const key = event && eventKey(event);
    return event === undefined || key === undefined ? [] : [{ delivery: delivery.id, key, timed: tellsTime(event) }];
  });
  const keys = new Map(events.map(({ delivery, key }) => [delivery, key]));
  return inTransaction(store, async (trx) => {
    await returnHook(store, trx, lease);
    const repeats = await repeatedEvents(store, trx, { workspace, hook, events });
    const written = reads.map((read) => settle(read, keys.get(read.delivery.id), repeats.get(read.delivery.id)));
    await learn(store, trx, workspace, written);
    const posts = written.flatMap(({ delivery, event, posts, isReplayed }) =>
      event ? posts.map((post) => ({ ...post, workspace, delivery: delivery.id, event, isReplayed })) : [],
    );
    const placed = await inOneLane(store, trx, workspace, posts);
    const book = await openCardBook(store, trx, workspace, placed.flatMap(addressesOf));
    const messages: NewMessage[] = [];
    const untold = new Map(written.map(({ delivery }) => [delivery.id, new Map<string, string>()]));
    for (const post of placed) {
      const message = await tell(post, book);
      if ("untold" in message) untold.get(post.delivery)?.set(post.rule, message.untold);
      else messages.push(message);
    }
    await book.write();
    const finished = written.map(({ delivery, decisions }) => {
      const isTold = delivery.state === "event";
      return { ...delivery, decisions: isTold ? kept(decisions, untold.get(delivery.id) ?? new Map()) : undefined };
    });
    await finishDeliveries(store, trx, workspace, finished);
    await addMessages(store, trx, messages);
    return written;
  });
}

/** Keeps what the events told, and lets the cards that show it be edited. */
async function learn(store: Store, trx: Transaction<Tables>, workspace: string, reads: readonly Read[]): Promise<void> {
  const learned = reads.flatMap((read) => read.learned);
  // The last of each object holds what all before it told.
  const newest = new Map(learned.map(({ known }) => [JSON.stringify([known.project, known.object]), known]));
  await saveObjects(store, trx, workspace, [...newest.values()]);
  const marks = learned.map(({ known: { project, object }, episodes }) => ({ project, object, episodes }));
  await markCards(store, trx, workspace, marks);
}

function settle({ delivery, posts, ...read }: Read, key: string | undefined, repeat: Repeat | undefined): Read {
  if (!repeat) return { ...read, delivery: { ...delivery, eventKey: key }, posts };
  const { of, reason } = repeat;
  return {
    ...read,
    delivery: { ...delivery, state: "duplicate", reason, duplicateOf: of, eventKey: repeat.key },
    posts: [],
  };
}
