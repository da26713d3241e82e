import type { Transaction } from "kysely";
import { v7 as uuid } from "uuid";
import { type Event, eventFormat } from "../events.ts";
import type { Message } from "../slack/message.ts";
import type { CardToShow } from "./card-places.ts";
import { isOpen, wakeLanes } from "./lanes.ts";
import { type Params, prepared } from "./prepared.ts";
import type { MessageState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** What is to be said in a channel about an event, because of a rule. It is rendered when it is sent. */
export interface NewMessage {
  /** made here where it is not said */
  id?: string | undefined;
  workspace: string;
  channel: string;
  delivery: string;
  rule: string;
  event: Event;
  /** the card that it posts */
  card?: string | undefined;
  /** the card in whose thread it goes */
  thread?: string | undefined;
  /** the channel gets the reply as well */
  broadcast?: boolean | undefined;
}

/** The message of a lane whose turn it is. */
export interface OpenMessage {
  workspace: string;
  channel: string;
  id: string;
  rule: string;
  delivery: string;
  state: MessageState;
  /** sends begun: whoever knows another number was overtaken and writes nothing */
  attempts: number;
  /** sends whose answer was lost */
  lostAnswers: number;
  /** sends that failed while others of the workspace passed */
  failures: number;
  failedAt: string | undefined;
  queuedAt: string;
  /** it stands for so many messages that are too old, itself included */
  collected: number | undefined;
  event: Event;
  /** the card that it posts, and what is known of its object */
  card: CardToShow | undefined;
  /** Slack's id of the message in whose thread it goes */
  thread: string | undefined;
  /** what the card in whose thread it goes tells of */
  above: string | undefined;
  broadcast: boolean;
}

/** What the contents of a message are sealed for. */
const place = (workspace: string, row: string) => ({ table: "messages", workspace, row });

/** What a message shows, as it is kept. */
export const sealSent = (store: Store, workspace: string, id: string, sent: Message) =>
  store.sealer.seal(place(workspace, id), JSON.stringify(sent));

/** What was sent, as it is kept. */
export const openSent = (store: Store, workspace: string, id: string, sent: Uint8Array): Message =>
  JSON.parse(store.sealer.open(place(workspace, id), sent).toString()) as Message;

/** Writes messages down in this order and starts their lanes, inside the transaction that finishes their deliveries. */
export async function addMessages(
  store: Store,
  trx: Transaction<Tables>,
  messages: readonly NewMessage[],
): Promise<void> {
  const now = store.now().toISOString();
  for (let at = 0; at < messages.length; at += mostRows) {
    const rows = messages.slice(at, at + mostRows).map((message) => toRow(store, message, now));
    await trx.insertInto("messages").values(rows).execute();
  }
  await wakeLanes(store, trx, messages);
}

/** Rows of one statement: databases bound the values of one, and each message holds a copy of its event. */
const mostRows = 200;

function toRow(
  store: Store,
  { id = uuid(), workspace, channel, delivery, rule, event, ...live }: NewMessage,
  now: string,
) {
  return {
    workspace_id: workspace,
    id,
    channel,
    delivery_id: delivery,
    rule_id: rule,
    state: "pending" as const,
    attempts: 0,
    lost_answers: 0,
    event: store.sealer.seal(place(workspace, id), JSON.stringify(event)),
    event_format: eventFormat,
    card_id: live.card ?? null,
    thread_id: live.thread ?? null,
    broadcast: Number(live.broadcast ?? false),
    created_at: now,
    queued_at: now,
  };
}

/** A damaged row, or one of a newer version that was rolled back, must not stop the lane: undefined. */
export function openEvent(
  store: Store,
  workspace: string,
  row: { id: string; event: Uint8Array; event_format: number },
): Event | undefined {
  if (row.event_format > eventFormat) return undefined;
  try {
    return JSON.parse(store.sealer.open(place(workspace, row.id), row.event).toString()) as Event;
  } catch {
    // The caller says so in the message's reason; the error itself may quote the row.
    return undefined;
  }
}

/**
 * Records that sends begin, before they begin: a message that a crash leaves in this state may have been posted.
 * One that was in this state already is counted as a lost answer.
 * @returns by their ids the messages as they are now, without those that do not wait any more: somebody dropped them or
 * was faster
 */
export async function beginSends(
  store: Pick<Store, "db" | "engine">,
  messages: readonly OpenMessage[],
): Promise<Map<string, OpenMessage>> {
  if (messages.length === 0) return new Map();
  const begun = new Map(messages.map((message) => [message.id, begin(message)]));
  const rows = messages.map(({ workspace, id, attempts }) => {
    const { lostAnswers = 0 } = begun.get(id) ?? {};
    return { workspace_id: workspace, id, known: attempts, attempts: attempts + 1, lost_answers: lostAnswers };
  });
  const written = await writeBegun(store, { messages: rows });
  const ids = new Set(written.rows.map(({ id }) => id));
  return new Map([...begun].filter(([id]) => ids.has(id)));
}

interface Begun {
  workspace_id: string;
  id: string;
  known: number;
  attempts: number;
  lost_answers: number;
}

const begunColumns = {
  ...({ workspace_id: "text", id: "text" } as const),
  ...({ known: "integer", attempts: "integer", lost_answers: "integer" } as const),
};

const writeBegun = prepared(({ db }, param: Params<{ messages: readonly Begun[] }>) =>
  db
    .updateTable("messages")
    .from(param.rows("messages", begunColumns).as("given"))
    .set((set) => ({
      state: "uncertain",
      attempts: set.ref("given.attempts"),
      lost_answers: set.ref("given.lost_answers"),
    }))
    .whereRef("messages.workspace_id", "=", "given.workspace_id")
    .whereRef("messages.id", "=", "given.id")
    .whereRef("messages.attempts", "=", "given.known")
    .where(isOpen)
    .returning("messages.id")
    .compile(),
);

const begin = (message: OpenMessage): OpenMessage => ({
  ...message,
  state: "uncertain",
  attempts: message.attempts + 1,
  lostAnswers: message.lostAnswers + (message.state === "uncertain" ? 1 : 0),
});
