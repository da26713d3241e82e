import type { Transaction } from "kysely";
import { nextToken, type Pace, takeToken } from "../pace.ts";
import { type Params, prepared } from "./prepared.ts";
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
  const [turn] = await takeTurns(store, trx, { workspaces: [workspace], method }, pace);
  return turn;
}

/**
 * The same for many calls at once.
 * @param wanted.workspaces one for each call, in the order in which they are to have their turns
 * @returns for each of them its turn, undefined while it is not its workspace's
 */
export async function takeTurns(
  store: Store,
  trx: Transaction<Tables>,
  { workspaces, method }: { workspaces: readonly string[]; method: Method },
  pace: Pace | undefined,
): Promise<(Turn | undefined)[]> {
  const now = store.now().getTime();
  const calls = new Map<string, number>();
  for (const workspace of workspaces) calls.set(workspace, (calls.get(workspace) ?? 0) + 1);
  const rows = await pacesOf(store, trx, [...calls.keys()], method);
  const granted = new Map<string, Turn[]>();
  // In one order for all workers, because each waits for the rows of others.
  for (const [workspace, count] of [...calls].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const turn: Turn = { workspace, method, isProbe: false };
    granted.set(workspace, await grant(trx, turn, count, { row: rows.get(workspace), now, pace }));
  }
  return workspaces.map((workspace) => granted.get(workspace)?.pop());
}

interface Bucket {
  row: PaceRow | undefined;
  now: number;
  pace: Pace | undefined;
}

async function grant(trx: Transaction<Tables>, turn: Turn, count: number, { row, now, pace }: Bucket): Promise<Turn[]> {
  if (row && Date.parse(row.next_at) > now) return [];
  const isProbe = row !== undefined && row.refusals > 0;
  const { turns, taken } = draw(row ? Date.parse(row.full_at) : 0, now, pace, isProbe ? 1 : count);
  const granted: Turn[] = Array.from({ length: turns }, () => ({ ...turn, isProbe }));
  if (!row) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto("paces")
      .values({ workspace_id: turn.workspace, method: turn.method, refusals: 0, ...taken })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n ? granted : [];
  }
  if (!pace && !isProbe) return granted;
  const { numUpdatedRows } = await changingPace(trx, turn)
    .set({ ...taken, ...(isProbe && { next_at: new Date(now + probeTime).toISOString() }) })
    // Whoever was faster has changed them.
    .where("full_at", "=", row.full_at)
    .where("next_at", "=", row.next_at)
    .where("paced_at", "=", row.paced_at)
    .executeTakeFirst();
  return numUpdatedRows > 0n ? granted : [];
}

/** How many of the wanted turns there are at this moment, and what the bucket is after them. */
function draw(fullAt: number, now: number, pace: Pace | undefined, wanted: number) {
  if (!pace) return { turns: wanted, taken: after(fullAt, now, pace) };
  let taken = after(fullAt, now, pace);
  let turns = 1;
  for (; turns < wanted && Date.parse(taken.next_at) <= now; turns++)
    taken = after(Date.parse(taken.full_at), now, pace);
  return { turns, taken };
}

const after = (fullAt: number, now: number, pace: Pace | undefined) => {
  const full = pace ? takeToken(fullAt, now, pace) : now;
  return {
    full_at: new Date(full).toISOString(),
    next_at: new Date(pace ? Math.max(now, nextToken(full, pace)) : now).toISOString(),
    paced_at: new Date(now).toISOString(),
  };
};

type PaceRow = Awaited<ReturnType<typeof pacesOf>> extends Map<string, infer Row> ? Row : never;

async function pacesOf(store: Store, trx: Transaction<Tables>, workspaces: readonly string[], method: Method) {
  if (workspaces.length === 0) return new Map<string, never>();
  const keys = workspaces.map((workspace) => paceKey({ workspace, method }));
  const { rows } = await pacesOfKeys({ ...store, db: trx }, { keys });
  return new Map(rows.map((row) => [row.workspace_id, row]));
}

const pacesOfKeys = prepared(({ db }, param: Params<{ keys: readonly PaceKey[] }>) =>
  db
    .selectFrom(param.rows("keys", paceColumns).as("given"))
    .innerJoin("paces", (join) =>
      join.onRef("paces.workspace_id", "=", "given.workspace_id").onRef("paces.method", "=", "given.method"),
    )
    .select(["paces.workspace_id", "full_at", "next_at", "refusals", "paced_at"])
    .compile(),
);

export type PaceKey = ReturnType<typeof paceKey>;
/** What a workspace's pace is known by, as a given row. */
export const paceKey = ({ workspace, method }: Key) => ({ workspace_id: workspace, method });
export const paceColumns = { workspace_id: "text", method: "text" } as const;

/** The last time at which a call of the workspace passed. */
export async function lastPassed(db: Store["db"], workspace: string, method: Method): Promise<string | undefined> {
  const row = await rowsOf(db, { workspace, method }).select("sent_at").executeTakeFirst();
  return row?.sent_at ?? undefined;
}

type Key = Pick<Turn, "workspace" | "method">;

const rowsOf = (db: Store["db"], { workspace, method }: Key) =>
  db.selectFrom("paces").where("workspace_id", "=", workspace).where("method", "=", method);

/** The row of a turn, to be changed. */
export const changingPace = (trx: Transaction<Tables>, { workspace, method }: Key) =>
  trx.updateTable("paces").where("workspace_id", "=", workspace).where("method", "=", method);
