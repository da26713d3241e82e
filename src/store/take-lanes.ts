import { sql, type Transaction } from "kysely";
import { type Pace, takeToken } from "../pace.ts";
import { type TakenLane, waits } from "./lanes.ts";
import { type Params, prepared } from "./prepared.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

export interface TakeLimits {
  most: number;
  /** workspaces of which none is taken */
  without: readonly string[];
}

/**
 * Takes lanes that nobody sends in and that may send now: the longest waiting of each workspace first, so that a
 * workspace with many does not keep the others waiting. Workspaces that must wait as a whole are left out.
 */
export async function takeLanes(
  store: Store,
  trx: Transaction<Tables>,
  worker: string,
  method: string,
  { most, without }: TakeLimits,
): Promise<TakenLane[]> {
  const values = { worker, method, now: store.now().toISOString(), most };
  const left = without.map((workspace) => ({ workspace_id: workspace }));
  const { rows } = await take({ ...store, db: trx }, { ...values, without: left });
  return rows.map((row) => ({
    workspace: row.workspace_id,
    channel: row.channel,
    worker,
    fence: row.fence,
    failures: row.failures,
    fullAt: row.full_at === null ? 0 : Date.parse(row.full_at),
    channelId: row.channel_id ?? undefined,
    readyAt: row.ready_at ?? "",
  }));
}

interface Taking {
  worker: string;
  method: string;
  now: string;
  most: number;
  without: readonly { workspace_id: string }[];
}

const take = prepared(({ db, engine }, param: Params<Taking>) => {
  const ready = db
    .selectFrom("lanes")
    .select(["workspace_id", "channel", "ready_at"])
    .select(sql<number>`row_number() over (partition by workspace_id order by ready_at)`.as("turn"))
    .where(waits)
    .where("owner", "is", null)
    .where("ready_at", "<=", param.value("now"))
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("paces")
            .select("next_at")
            .whereRef("paces.workspace_id", "=", "lanes.workspace_id")
            .where("method", "=", param.value("method"))
            .where("next_at", ">", param.value("now")),
        ),
      ),
    )
    .where("workspace_id", "not in", (where) =>
      where.selectFrom(param.rows("without", { workspace_id: "text" }).as("without")).select("without.workspace_id"),
    );
  const chosen = db
    .selectFrom(ready.as("ready"))
    .select(["workspace_id", "channel"])
    .orderBy("turn")
    .orderBy("ready_at")
    .limit(param.value("most"));
  const free = db
    .selectFrom("lanes as lane")
    .innerJoin(chosen.as("chosen"), (join) =>
      join.onRef("chosen.workspace_id", "=", "lane.workspace_id").onRef("chosen.channel", "=", "lane.channel"),
    )
    .select(["lane.workspace_id", "lane.channel"])
    .where("lane.owner", "is", null)
    // Asked once more of the row as it is when it is locked: another worker may have taken it and given it back.
    .where("lane.ready_at", "<=", param.value("now"));
  return db
    .updateTable("lanes")
    .from(engine.skipLocked(free, "lane").as("free"))
    .set((set) => ({ owner: param.value("worker"), fence: set("lanes.fence", "+", 1) }))
    .whereRef("lanes.workspace_id", "=", "free.workspace_id")
    .whereRef("lanes.channel", "=", "free.channel")
    .returning(["lanes.workspace_id", "lanes.channel", "lanes.ready_at", "fence", "failures", "full_at", "channel_id"])
    .compile();
});

/** Writes down that lanes' tokens are taken, before they are used: also what a crash cuts off has been counted. */
export async function spendTokens(
  store: Store,
  trx: Transaction<Tables>,
  lanes: readonly TakenLane[],
  pace: Pace,
): Promise<void> {
  if (lanes.length === 0) return;
  const now = store.now().getTime();
  const rows = lanes.map(({ workspace, channel, fullAt }) => ({
    ...{ workspace_id: workspace, channel, full_at: new Date(takeToken(fullAt, now, pace)).toISOString() },
  }));
  await spend({ ...store, db: trx }, { lanes: rows });
}

interface Spent {
  workspace_id: string;
  channel: string;
  full_at: string;
}

const spend = prepared(({ db }, param: Params<{ lanes: readonly Spent[] }>) =>
  db
    .updateTable("lanes")
    .from(param.rows("lanes", { workspace_id: "text", channel: "text", full_at: "text" }).as("given"))
    .set((set) => ({ full_at: set.ref("given.full_at") }))
    .whereRef("lanes.workspace_id", "=", "given.workspace_id")
    .whereRef("lanes.channel", "=", "given.channel")
    .compile(),
);
