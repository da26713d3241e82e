import type { Transaction } from "kysely";
import type { Pace } from "../pace.ts";
import { type CardToShow, findPlace } from "./cards.ts";
import { type SendResult, writeResult } from "./finish-sends.ts";
import { isOpen, type Lane, returnLane, type TakenLane } from "./lanes.ts";
import { beginSend, type OpenMessage, openEvent } from "./open-messages.ts";
import { type Turn, takeTurn } from "./paces.ts";
import { findRule, type StoredRule } from "./rules.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { spendToken, type TakeLimits, takeLanes } from "./take-lanes.ts";
import { inTransaction } from "./transaction.ts";

/** A message that this worker, and nobody else, is to send now. */
export interface Taken {
  lane: TakenLane;
  turn: Turn;
  rule: StoredRule;
  message: OpenMessage;
  /** false where a send before lost its answer: it is not begun again before that is settled */
  begun: boolean;
}

export interface TakeOptions {
  worker: string;
  /** undefined: not paced */
  pace: { channel: Pace | undefined; posts: Pace | undefined };
  /** messages that came into their lane before this time become one notice; undefined: none */
  collectBefore: Date | undefined;
}

/**
 * Takes lanes that may send now, the next message of each and the workspaces' turns, and writes down that the sends
 * begin, all in one transaction. What must not be sent is put aside with the reason.
 * @returns the messages, how those ended that were put aside, and how many lanes were looked into
 */
export async function takeMessages(
  store: Store,
  limits: TakeLimits,
  options: TakeOptions,
): Promise<{ taken: Taken[]; aside: SendResult["state"][]; lanes: number }> {
  return inTransaction(store, async (trx) => {
    const inside = { ...store, db: trx };
    const lanes = await takeLanes(store, trx, options.worker, "post", limits);
    const taken: Taken[] = [];
    const aside: SendResult["state"][] = [];
    const waiting = new Set<string>();
    // In one order for all workers, because each waits for the turns of a workspace while it holds those of others;
    // and the longest waiting lane of a workspace first.
    const inTurn = (lane: TakenLane) => [lane.workspace, lane.readyAt].join(" ");
    for (const lane of lanes.toSorted((a, b) => (inTurn(a) < inTurn(b) ? -1 : 1))) {
      if (waiting.has(lane.workspace)) {
        await returnLane(store, trx, lane, { ready: "as before" });
        continue;
      }
      const next = await takeNext(inside, trx, lane, options);
      if (next === "not its turn") waiting.add(lane.workspace);
      else if (next && "message" in next) taken.push(next);
      else if (next) aside.push(next.state);
    }
    return { taken, aside, lanes: lanes.length };
  });
}

async function takeNext(
  store: Store,
  trx: Transaction<Tables>,
  lane: TakenLane,
  { pace, collectBefore }: TakeOptions,
): Promise<Taken | SendResult | "not its turn" | undefined> {
  const row = await nextRow(trx, lane);
  if (!row) return leave(store, trx, lane, "rest");
  const { workspace } = lane;
  const event = openEvent(store, workspace, row);
  const rule = await findRule(store, workspace, row.rule_id);
  const live = await findPlace(store, workspace, { card: row.card_id, thread: row.thread_id });
  const aside = putAside(rule, event !== undefined, live.card);
  if (aside || !rule || !event) {
    if (aside) await writeResult(store, trx, { workspace, id: row.id, attempts: row.attempts }, aside);
    await leave(store, trx, lane, "as before");
    return aside;
  }
  const turn = await takeTurn(store, trx, { workspace, method: "post" }, pace.posts);
  if (!turn) {
    await leave(store, trx, lane, "as before");
    return "not its turn";
  }
  const queuedAt = row.queued_at ?? row.created_at;
  const isOld = collectBefore !== undefined && queuedAt < collectBefore.toISOString();
  const message: OpenMessage = {
    workspace,
    channel: lane.channel,
    id: row.id,
    rule: row.rule_id,
    delivery: row.delivery_id,
    state: row.state,
    attempts: row.attempts,
    lostAnswers: row.lost_answers,
    failures: row.failures,
    failedAt: row.failed_at ?? undefined,
    queuedAt,
    collected: row.collected ?? (isOld ? await collect(store, trx, lane, row, collectBefore) : undefined),
    event,
    card: live.card,
    thread: live.thread,
    above: live.above,
    broadcast: row.broadcast === 1,
  };
  if (pace.channel) await spendToken(store, trx, lane, pace.channel);
  if (message.state === "uncertain") return { lane, turn, rule, message, begun: false };
  const begun = await beginSend(trx, message);
  return begun ? { lane, turn, rule, message: begun, begun: true } : leave(store, trx, lane, "as before");
}

const nextRow = (trx: Transaction<Tables>, { workspace, channel }: Lane) =>
  trx
    .selectFrom("messages")
    .select(["seq", "id", "rule_id", "delivery_id", "state", "attempts", "lost_answers", "failures", "failed_at"])
    .select(["queued_at", "created_at", "collected", "event", "event_format", "card_id", "thread_id", "broadcast"])
    .where("workspace_id", "=", workspace)
    .where("channel", "=", channel)
    .where(isOpen)
    .orderBy("seq")
    .limit(1)
    .executeTakeFirst();

/** Gives the lane back without a send: the next round looks again, where there may be more. */
async function leave(store: Store, trx: Transaction<Tables>, lane: TakenLane, ready: "rest" | "as before") {
  await returnLane(store, trx, lane, { ready });
  return undefined;
}

function putAside(
  rule: StoredRule | undefined,
  isReadable: boolean,
  card: CardToShow | undefined,
): SendResult | undefined {
  if (card?.isPosted) return { state: "suppressed", reason: "its card is there already" };
  if (!rule) return { state: "suppressed", reason: "its rule was removed" };
  if (rule.paused !== undefined) return { state: "suppressed", reason: `its rule is paused: ${rule.paused}` };
  return isReadable ? undefined : { state: "dead", reason: "its row in the database cannot be read" };
}

/** Why a message was not sent that a notice stands for. */
export const toldInNotice = (notice: string): string => `waited too long; told in one notice, ${notice}`;

/** Makes a message stand for all of its lane that are too old. @returns how many they are, itself included */
async function collect(
  store: Store,
  trx: Transaction<Tables>,
  { workspace, channel }: Lane,
  { id, seq }: { id: string; seq: number },
  before: Date,
): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable("messages")
    .set({
      state: "suppressed",
      reason: toldInNotice(id),
      finished_at: store.now().toISOString(),
    })
    .where("workspace_id", "=", workspace)
    .where("channel", "=", channel)
    .where("seq", ">", seq)
    .where("queued_at", "<", before.toISOString())
    .where(isOpen)
    .executeTakeFirst();
  const collected = Number(numUpdatedRows) + 1;
  await trx
    .updateTable("messages")
    .set({ collected })
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .execute();
  return collected;
}
