import { sql, type Transaction } from "kysely";
import type { Message } from "../slack/message.ts";
import { editEvery } from "./edit-every.ts";
import { endTurns, type TurnEnd } from "./end-turns.ts";
import type { TakenLane } from "./lanes.ts";
import { type OpenMessage, sealSent } from "./open-messages.ts";
import type { Turn } from "./paces.ts";
import { type Params, prepared } from "./prepared.ts";
import { type LaneChange, restEmpty, returnLanes } from "./return-lanes.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** How a send ended, or why there was none. */
export type SendResult =
  /** `sent` is undefined where it was found later: nobody knows what of its object it shows */
  | { state: "sent"; sent: Message | undefined; ts: string; thread?: string | undefined }
  | { state: "retry" | "uncertain"; reason: string; failures?: number }
  | { state: "dead"; reason: string; lostAnswers?: number }
  | { state: "suppressed"; reason: string; sent?: Message | undefined; ts?: string };

/** A send that ended: what became of the message, when its lane goes on, and what that means for the workspace's pace. */
export interface EndedSend {
  lane: TakenLane;
  message: OpenMessage;
  result: SendResult;
  change: LaneChange;
  turn?: Turn | undefined;
  end?: TurnEnd | undefined;
}

/**
 * Records in one transaction how sends ended. A message that was dropped meanwhile stays dropped, unless it was posted;
 * one that was begun again since is another's.
 */
export async function finishSends(store: Store, ended: readonly EndedSend[]): Promise<void> {
  const now = store.now().getTime();
  await inTransaction(store, async (trx) => {
    // Cards first, as readers mark them before they wake lanes; then lanes and turns, each in one order, as they are
    // taken: so two never wait for each other.
    await notePosted(store, trx, ended);
    await returnLanes(store, trx, ended);
    await writeResults(store, trx, ended);
    // One that has to wait keeps its time, so that what comes into it waits as well.
    const ready = ended.filter(({ change }) => typeof change.ready === "number" && change.ready <= now);
    await restEmpty(
      store,
      trx,
      ready.map(({ lane }) => lane),
    );
    const ends = ended.flatMap(({ turn, end }) => (turn && end ? [{ turn, end }] : []));
    await endTurns(store, trx, ends);
  });
}

/**
 * Messages that post cards were posted. The first one counts: of several, as where a person retries the one that was
 * not sent, the others find the card there.
 */
async function notePosted(store: Store, trx: Transaction<Tables>, ended: readonly EndedSend[]): Promise<void> {
  const now = store.now().getTime();
  const time = new Date(now).toISOString();
  const rows = ended.flatMap(({ message: { workspace, id, card }, result, change }) => {
    if (result.state !== "sent" || !card) return [];
    const shown = result.sent ? { shown: card.known.revision, edit_at: null } : { shown: 0, edit_at: time };
    const { ts } = result;
    return { workspace_id: workspace, id: card.id, message_id: id, ts, channel_id: change.channelId ?? null, ...shown };
  });
  if (rows.length === 0) return;
  const rests = new Date(now + editEvery).toISOString();
  await markPosted({ ...store, db: trx }, { posted: rows, rests, time });
}

interface Posted {
  workspace_id: string;
  id: string;
  message_id: string;
  ts: string;
  channel_id: string | null;
  shown: number;
  edit_at: string | null;
}

const postedColumns = {
  ...({ workspace_id: "text", id: "text", message_id: "text", ts: "text", channel_id: "text" } as const),
  ...({ shown: "integer", edit_at: "text" } as const),
};

interface Marking {
  posted: readonly Posted[];
  /** until when the cards are not edited, and now */
  rests: string;
  time: string;
}

const markPosted = prepared(({ db, engine }, param: Params<Marking>) => {
  const posted = db
    .selectFrom("cards as card")
    .innerJoin(param.rows("posted", postedColumns).as("given"), (join) =>
      join.onRef("card.workspace_id", "=", "given.workspace_id").onRef("card.id", "=", "given.id"),
    )
    .selectAll("given")
    .where("card.ts", "is", null)
    .orderBy("card.id");
  return db
    .updateTable("cards")
    .from(engine.lockInOrder(posted, "card").as("posted"))
    .set((set) => ({
      ts: set.ref("posted.ts"),
      channel_id: set.ref("posted.channel_id"),
      message_id: set.ref("posted.message_id"),
      shown: set.ref("posted.shown"),
      edit_at: sql<string | null>`coalesce(posted.edit_at, cards.edit_at)`,
      rests_until: param.value("rests"),
      paced_at: param.value("time"),
    }))
    .whereRef("cards.workspace_id", "=", "posted.workspace_id")
    .whereRef("cards.id", "=", "posted.id")
    .compile();
});

/** How a message ended or goes on. */
export interface MessageResult {
  message: Pick<OpenMessage, "workspace" | "id" | "attempts">;
  result: SendResult;
}

/** Writes down how messages ended or go on. What a result does not say stays as it was. */
export async function writeResults(
  store: Store,
  trx: Transaction<Tables>,
  results: readonly MessageResult[],
): Promise<void> {
  if (results.length === 0) return;
  const now = store.now().toISOString();
  const rows = results.map((one) => toRow(store, one, now));
  await write({ ...store, db: trx }, { results: rows });
}

const resultColumns = {
  ...({ workspace_id: "text", id: "text", attempts: "integer", state: "text", reason: "text" } as const),
  ...({ ts: "text", sent: "binary", thread_ts: "text", failed_at: "text", failures: "integer" } as const),
  ...({ finished_at: "text", lost_answers: "integer" } as const),
};

const write = prepared(({ db }, param: Params<{ results: readonly ReturnType<typeof toRow>[] }>) =>
  db
    .updateTable("messages")
    .from(param.rows("results", resultColumns).as("given"))
    .set((set) => ({
      state: set.ref("given.state"),
      reason: set.ref("given.reason"),
      ts: sql<string>`coalesce(given.ts, messages.ts)`,
      sent: sql<Uint8Array>`coalesce(given.sent, messages.sent)`,
      thread_ts: sql<string>`coalesce(given.thread_ts, messages.thread_ts)`,
      failed_at: sql<string>`coalesce(given.failed_at, messages.failed_at)`,
      failures: sql<number>`coalesce(given.failures, messages.failures)`,
      finished_at: sql<string>`coalesce(given.finished_at, messages.finished_at)`,
      lost_answers: sql<number>`coalesce(given.lost_answers, messages.lost_answers)`,
    }))
    .whereRef("messages.workspace_id", "=", "given.workspace_id")
    .whereRef("messages.id", "=", "given.id")
    .whereRef("messages.attempts", "=", "given.attempts")
    .where(sql<boolean>`(given.state = 'sent' or messages.state in ('pending', 'retry', 'uncertain'))`)
    .compile(),
);

function toRow(store: Store, { message: { workspace, id, attempts }, result }: MessageResult, now: string) {
  const goesOn = result.state === "retry" || result.state === "uncertain";
  const sent = "sent" in result ? result.sent : undefined;
  return {
    workspace_id: workspace,
    id,
    attempts,
    state: result.state,
    reason: result.state === "sent" ? null : result.reason,
    ts: ("ts" in result ? result.ts : undefined) ?? null,
    sent: sent ? sealSent(store, workspace, id, sent) : null,
    thread_ts: (result.state === "sent" ? result.thread : undefined) ?? null,
    failed_at: goesOn ? now : null,
    failures: (goesOn ? result.failures : undefined) ?? null,
    finished_at: goesOn ? null : now,
    lost_answers: ("lostAnswers" in result ? result.lostAnswers : undefined) ?? null,
  };
}
