import { sql, type Transaction } from "kysely";
import { changingPace, type PaceKey, paceColumns, paceKey, type Turn } from "./paces.ts";
import { type Params, prepared } from "./prepared.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

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
  await notePassed(store, trx, [...passed.values()]);
}

async function endTurn(store: Store, trx: Transaction<Tables>, turn: Turn, end: TurnEnd): Promise<void> {
  const now = store.now();
  const time = now.toISOString();
  if (end.end === "limited") {
    const next_at = new Date(now.getTime() + end.wait).toISOString();
    // A shorter wait that Slack asked of a call before must not end a longer one.
    const later = turn.isProbe ? next_at : sql<string>`case when next_at > ${next_at} then next_at else ${next_at} end`;
    await changingPace(trx, turn)
      .set({ refusals: sql<number>`refusals + 1`, next_at: later, paced_at: time })
      .execute();
  } else if (turn.isProbe) {
    await changingPace(trx, turn).set({ refusals: 0, next_at: time, paced_at: time }).execute();
  }
}

async function notePassed(store: Store, trx: Transaction<Tables>, turns: readonly Turn[]): Promise<void> {
  if (turns.length === 0) return;
  const now = store.now();
  const time = now.toISOString();
  const longAgo = new Date(now.getTime() - noteEvery).toISOString();
  await noteSent({ ...store, db: trx }, { keys: turns.map(paceKey), time, longAgo });
}

interface Sent {
  keys: readonly PaceKey[];
  time: string;
  longAgo: string;
}

const noteSent = prepared(({ db, engine }, param: Params<Sent>) => {
  const [time, longAgo] = [param.value("time"), param.value("longAgo")];
  const stale = db
    .selectFrom("paces as pace")
    .innerJoin(param.rows("keys", paceColumns).as("given"), (join) =>
      join.onRef("pace.workspace_id", "=", "given.workspace_id").onRef("pace.method", "=", "given.method"),
    )
    .selectAll("given")
    .where((where) =>
      where.or([where("sent_at", "is", null), where("sent_at", "<", longAgo), where("sent_at", ">", time)]),
    )
    .orderBy("given.workspace_id");
  return db
    .updateTable("paces")
    .from(engine.lockInOrder(stale, "pace").as("stale"))
    .set({ sent_at: time })
    .whereRef("paces.workspace_id", "=", "stale.workspace_id")
    .whereRef("paces.method", "=", "stale.method")
    .compile();
});
