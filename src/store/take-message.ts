import type { Transaction } from "kysely";
import type { Pace } from "../pace.ts";
import { type SendResult, writeResults } from "./finish-sends.ts";
import { isOpen, type TakenLane } from "./lanes.ts";
import { type NextMessage, nextMessages } from "./next-messages.ts";
import { beginSends, type OpenMessage } from "./open-messages.ts";
import { type Turn, takeTurns } from "./paces.ts";
import { type ReturnedLane, returnLanes } from "./return-lanes.ts";
import type { StoredRule } from "./rules.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import { spendTokens, type TakeLimits, takeLanes } from "./take-lanes.ts";
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
  { worker, pace, collectBefore }: TakeOptions,
): Promise<{ taken: Taken[]; aside: SendResult["state"][]; lanes: number }> {
  return inTransaction(store, async (trx) => {
    const lanes = await takeLanes(store, trx, worker, "post", limits);
    if (lanes.length === 0) return { taken: [], aside: [], lanes: 0 };
    // The longest waiting lane of a workspace has its turn first.
    const found = await nextMessages({ ...store, db: trx }, lanes.toSorted(byWaiting));
    const aside = found.filter((one) => one.is === "aside");
    const next = found.filter((one) => one.is === "next");
    const workspaces = next.map(({ lane }) => lane.workspace);
    const turns = await takeTurns(store, trx, { workspaces, method: "post" }, pace.posts);
    const ready: Taken[] = [];
    for (const [at, { lane, rule, message, seq }] of next.entries()) {
      const turn = turns[at];
      if (!turn) continue;
      const isOld = collectBefore !== undefined && message.queuedAt < collectBefore.toISOString();
      const collected =
        message.collected ?? (isOld ? await collect(store, trx, message, seq, collectBefore) : undefined);
      ready.push({ lane, turn, rule, message: { ...message, collected }, begun: message.state !== "uncertain" });
    }
    const sending = ready.map(({ lane }) => lane);
    if (pace.channel) await spendTokens(store, trx, sending, pace.channel);
    const fresh = ready.flatMap(({ begun, message }) => (begun ? message : []));
    const begun = await beginSends({ ...store, db: trx }, fresh);
    const taken = ready.flatMap((one) => {
      const message = one.begun ? begun.get(one.message.id) : one.message;
      return message ? { ...one, message } : [];
    });
    await writeResults(store, trx, aside);
    await returnLanes(store, trx, left(found, taken));
    return { taken, aside: aside.map(({ result }) => result.state), lanes: lanes.length };
  });
}

const byWaiting = (a: TakenLane, b: TakenLane) => (a.readyAt < b.readyAt ? -1 : 1);

/** The lanes in which nothing is sent now: the next round looks again, where there may be more. */
function left(found: readonly NextMessage[], taken: readonly Taken[]): ReturnedLane[] {
  const sending = new Set(taken.map(({ lane }) => lane));
  return found.flatMap(({ is, lane }) =>
    sending.has(lane) ? [] : { lane, change: { ready: is === "empty" ? "rest" : "as before" } },
  );
}

/** Why a message was not sent that a notice stands for. */
export const toldInNotice = (notice: string): string => `waited too long; told in one notice, ${notice}`;

/** Makes a message stand for all of its lane that are too old. @returns how many they are, itself included */
async function collect(
  store: Store,
  trx: Transaction<Tables>,
  { workspace, channel, id }: OpenMessage,
  seq: number,
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
