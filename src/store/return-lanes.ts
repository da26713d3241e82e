import { sql, type Transaction } from "kysely";
import { isOpen, type TakenLane } from "./lanes.ts";
import { type Params, prepared } from "./prepared.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** How a lane goes on. */
export interface LaneChange {
  /** when it may send again, in milliseconds since 1970; `rest`: when something is written to it; `as before`: nothing was sent */
  ready: number | "rest" | "as before";
  /** failures in a row; none where it is not said */
  failures?: number;
  fullAt?: number;
  channelId?: string | undefined;
}

export interface ReturnedLane {
  lane: TakenLane;
  change: LaneChange;
}

/** Gives lanes back, in one order for all who do. Nothing happens to one that is another worker's by now. */
export async function returnLanes(
  store: Store,
  trx: Transaction<Tables>,
  returned: readonly ReturnedLane[],
): Promise<void> {
  if (returned.length === 0) return;
  const now = store.now().toISOString();
  const rows = returned.map(({ lane, change }) => {
    const { ready, failures = 0, fullAt = lane.fullAt, channelId = lane.channelId } = change;
    return {
      ...keyOf(lane),
      full_at: new Date(fullAt).toISOString(),
      channel_id: channelId ?? null,
      is_as_before: Number(ready === "as before"),
      ready_at: typeof ready === "number" ? new Date(ready).toISOString() : null,
      failures,
    };
  });
  await giveBack({ ...store, db: trx }, { now, lanes: rows });
}

type LaneKey = ReturnType<typeof keyOf>;
interface Given extends LaneKey {
  full_at: string;
  channel_id: string | null;
  is_as_before: number;
  ready_at: string | null;
  failures: number;
}

const giveBack = prepared(({ db, engine }, param: Params<{ now: string; lanes: readonly Given[] }>) => {
  const held = db
    .selectFrom("lanes as lane")
    .innerJoin(param.rows("lanes", laneColumns).as("given"), (join) =>
      join
        .onRef("lane.workspace_id", "=", "given.workspace_id")
        .onRef("lane.channel", "=", "given.channel")
        .onRef("lane.owner", "=", "given.owner")
        .onRef("lane.fence", "=", "given.fence"),
    )
    .selectAll("given")
    .orderBy("lane.workspace_id")
    .orderBy("lane.channel");
  const now = param.value("now");
  const unless = (value: string, before: string) =>
    sql<never>`case when held.is_as_before = 1 then ${sql.ref(before)} else ${sql.ref(value)} end`;
  return db
    .updateTable("lanes")
    .from(engine.lockInOrder(held, "lane").as("held"))
    .set((set) => ({
      owner: null,
      full_at: set.ref("held.full_at"),
      channel_id: set.ref("held.channel_id"),
      ready_at: unless("held.ready_at", "lanes.ready_at"),
      paced_at: sql<string>`case when held.is_as_before = 1 then lanes.paced_at else ${now} end`,
      failures: unless("held.failures", "lanes.failures"),
    }))
    .whereRef("lanes.workspace_id", "=", "held.workspace_id")
    .whereRef("lanes.channel", "=", "held.channel")
    .compile();
});

/**
 * Lets lanes rest that were given back in this transaction and in which nothing waits: they need not be looked into
 * again. A statement of its own after the one that locked them, so that it sees what was written to them meanwhile.
 */
export async function restEmpty(store: Store, trx: Transaction<Tables>, lanes: readonly TakenLane[]): Promise<void> {
  if (lanes.length === 0) return;
  await rest({ ...store, db: trx }, { lanes: lanes.map(keyOf) });
}

const rest = prepared(({ db }, param: Params<{ lanes: readonly LaneKey[] }>) =>
  db
    .updateTable("lanes")
    .from(param.rows("lanes", keyColumns).as("given"))
    .set({ ready_at: null })
    .whereRef("lanes.workspace_id", "=", "given.workspace_id")
    .whereRef("lanes.channel", "=", "given.channel")
    .whereRef("lanes.fence", "=", "given.fence")
    .where("lanes.owner", "is", null)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("messages")
            .select("seq")
            .whereRef("messages.workspace_id", "=", "lanes.workspace_id")
            .whereRef("messages.channel", "=", "lanes.channel")
            .where(isOpen),
        ),
      ),
    )
    .compile(),
);

/** What a taken lane is known by, as a given row. */
const keyOf = ({ workspace, channel, worker, fence }: TakenLane) => ({
  ...{ workspace_id: workspace, channel, owner: worker, fence },
});
const keyColumns = { workspace_id: "text", channel: "text", owner: "text", fence: "integer" } as const;
const laneColumns = {
  ...keyColumns,
  ...({ full_at: "text", channel_id: "text", is_as_before: "integer" } as const),
  ...({ ready_at: "text", failures: "integer" } as const),
};
