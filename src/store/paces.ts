import { sql, type Transaction } from "kysely";
import { nextToken, type Pace, takeToken } from "../pace.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** Which of Slack's methods: each has limits of its own. https://docs.slack.dev/apis/web-api/rate-limits */
export type Method = "post" | "update";

/** The permission for one call, counted in the store before the call. */
export interface Turn {
  workspace: string;
  method: Method;
  /** the first call after Slack asked us to wait: the others wait for how it ends */
  isProbe: boolean;
}

/** Milliseconds that the others wait at most for the first call after a refusal: longer than a call takes. */
const probeTime = 20_000;

/**
 * Takes the workspace's turn for one call, so that all workers together keep its pace.
 * @param pace undefined: as fast as Slack lets us
 * @returns undefined while it is not its turn
 */
export async function takeTurn(
  store: Store,
  trx: Transaction<Tables>,
  { workspace, method }: { workspace: string; method: Method },
  pace: Pace | undefined,
): Promise<Turn | undefined> {
  const turn: Turn = { workspace, method, isProbe: false };
  const now = store.now().getTime();
  const row = await rowsOf(trx, turn).select(["full_at", "next_at", "refusals", "paced_at"]).executeTakeFirst();
  if (!row) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto("paces")
      .values({ workspace_id: workspace, method, refusals: 0, ...after(0, now, pace) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n ? turn : undefined;
  }
  if (Date.parse(row.next_at) > now) return undefined;
  const isProbe = row.refusals > 0;
  if (!pace && !isProbe) return turn;
  const taken = after(Date.parse(row.full_at), now, pace);
  const { numUpdatedRows } = await changing(trx, turn)
    .set({ ...taken, ...(isProbe && { next_at: new Date(now + probeTime).toISOString() }) })
    // Whoever was faster has changed them.
    .where("full_at", "=", row.full_at)
    .where("next_at", "=", row.next_at)
    .where("paced_at", "=", row.paced_at)
    .executeTakeFirst();
  return numUpdatedRows > 0n ? { ...turn, isProbe } : undefined;
}

const after = (fullAt: number, now: number, pace: Pace | undefined) => {
  const full = pace ? takeToken(fullAt, now, pace) : now;
  return {
    full_at: new Date(full).toISOString(),
    next_at: new Date(pace ? Math.max(now, nextToken(full, pace)) : now).toISOString(),
    paced_at: new Date(now).toISOString(),
  };
};

/** How a call ended that had its turn. */
export type TurnEnd =
  | { end: "passed" }
  /** Slack asked to wait, in milliseconds */
  | { end: "limited"; wait: number }
  | { end: "failed" };

/** A success is noted once in this time, in milliseconds: often enough to tell that others pass. */
const noteEvery = 1_000;

/** Writes down how calls ended: whether a workspace waits as a whole, and that something passed. */
export async function endTurns(
  store: Store,
  trx: Transaction<Tables>,
  ended: readonly { turn: Turn; end: TurnEnd }[],
): Promise<void> {
  const passed = new Map<string, Turn>();
  for (const { turn, end } of ended.toSorted((a, b) => (a.turn.workspace < b.turn.workspace ? -1 : 1))) {
    await endTurn(store, trx, turn, end);
    if (end.end === "passed") passed.set(JSON.stringify([turn.workspace, turn.method]), turn);
  }
  for (const turn of passed.values()) await notePassed(store, trx, turn);
}

async function endTurn(store: Store, trx: Transaction<Tables>, turn: Turn, end: TurnEnd): Promise<void> {
  const now = store.now();
  const time = now.toISOString();
  if (end.end === "limited") {
    const next_at = new Date(now.getTime() + end.wait).toISOString();
    // A shorter wait that Slack asked of a call before must not end a longer one.
    const later = turn.isProbe ? next_at : sql<string>`case when next_at > ${next_at} then next_at else ${next_at} end`;
    await changing(trx, turn).set({ refusals: sql<number>`refusals + 1`, next_at: later, paced_at: time }).execute();
  } else if (turn.isProbe) {
    await changing(trx, turn).set({ refusals: 0, next_at: time, paced_at: time }).execute();
  }
}

async function notePassed(store: Store, trx: Transaction<Tables>, turn: Turn): Promise<void> {
  const now = store.now();
  const time = now.toISOString();
  const longAgo = new Date(now.getTime() - noteEvery).toISOString();
  await changing(trx, turn)
    .set({ sent_at: time })
    .where((where) =>
      where.or([where("sent_at", "is", null), where("sent_at", "<", longAgo), where("sent_at", ">", time)]),
    )
    .execute();
}

/** The last time at which a call of the workspace passed. */
export async function lastPassed(db: Store["db"], workspace: string, method: Method): Promise<string | undefined> {
  const row = await rowsOf(db, { workspace, method }).select("sent_at").executeTakeFirst();
  return row?.sent_at ?? undefined;
}

type Key = Pick<Turn, "workspace" | "method">;

const rowsOf = (db: Store["db"], { workspace, method }: Key) =>
  db.selectFrom("paces").where("workspace_id", "=", workspace).where("method", "=", method);

const changing = (trx: Transaction<Tables>, { workspace, method }: Key) =>
  trx.updateTable("paces").where("workspace_id", "=", workspace).where("method", "=", method);
