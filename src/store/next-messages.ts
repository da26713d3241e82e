import { type CardPlace, findPlaces } from "./card-places.ts";
import type { SendResult } from "./finish-sends.ts";
import { isOpen, type TakenLane } from "./lanes.ts";
import { type OpenMessage, openEvent } from "./open-messages.ts";
import { type Params, prepared } from "./prepared.ts";
import { findRules, type StoredRule } from "./rules.ts";
import type { Store } from "./store.ts";

/** What stands first in a taken lane: nothing, what must not be sent and why, or what is to be sent. */
export type NextMessage =
  | { is: "empty"; lane: TakenLane }
  | { is: "aside"; lane: TakenLane; message: Pick<OpenMessage, "workspace" | "id" | "attempts">; result: SendResult }
  | { is: "next"; lane: TakenLane; message: OpenMessage; seq: number; rule: StoredRule };

/** The next message of each of these lanes, with its rule and where it goes. */
export async function nextMessages(store: Store, lanes: readonly TakenLane[]): Promise<NextMessage[]> {
  const keys = lanes.map(({ workspace, channel }) => ({ workspace_id: workspace, channel }));
  const { rows } = await nextRows(store, { lanes: keys });
  const rules = await findRules(
    store,
    rows.map((row) => ({ workspace: row.workspace_id, id: row.rule_id })),
  );
  const places = await findPlaces(
    store,
    rows.map((row) => ({ workspace: row.workspace_id, card: row.card_id, thread: row.thread_id })),
  );
  const found = new Map(rows.map((row, at) => [keyOf(row.workspace_id, row.channel), { row, at }]));
  return lanes.map((lane) => {
    const { row, at = -1 } = found.get(keyOf(lane.workspace, lane.channel)) ?? {};
    return row ? judge(store, lane, row, { rule: rules[at], place: places[at] }) : { is: "empty", lane };
  });
}

const keyOf = (workspace: string, channel: string) => JSON.stringify([workspace, channel]);

interface LaneKey {
  workspace_id: string;
  channel: string;
}

const nextRows = prepared(({ db }, param: Params<{ lanes: readonly LaneKey[] }>) => {
  const heads = db
    .selectFrom(param.rows("lanes", { workspace_id: "text", channel: "text" }).as("given"))
    .select("given.workspace_id")
    .select((select) =>
      select
        .selectFrom("messages")
        .select("seq")
        .whereRef("messages.workspace_id", "=", "given.workspace_id")
        .whereRef("messages.channel", "=", "given.channel")
        .where(isOpen)
        .orderBy("seq")
        .limit(1)
        .as("seq"),
    );
  return db
    .selectFrom(heads.as("head"))
    .innerJoin("messages", (join) =>
      join.onRef("messages.seq", "=", "head.seq").onRef("messages.workspace_id", "=", "head.workspace_id"),
    )
    .select(["messages.seq", "messages.workspace_id", "channel", "id", "rule_id", "delivery_id", "state", "attempts"])
    .select(["lost_answers", "failures", "failed_at", "queued_at", "created_at", "collected", "event", "event_format"])
    .select(["card_id", "thread_id", "broadcast"])
    .compile();
});

type Row = Awaited<ReturnType<typeof nextRows>>["rows"][number];
interface About {
  rule: StoredRule | undefined;
  place: CardPlace | undefined;
}

function judge(store: Store, lane: TakenLane, row: Row, { rule, place }: About): NextMessage {
  const { workspace } = lane;
  const event = openEvent(store, workspace, row);
  const aside = (state: "suppressed" | "dead", reason: string): NextMessage => ({
    is: "aside",
    lane,
    message: { workspace, id: row.id, attempts: row.attempts },
    result: { state, reason },
  });
  if (place?.card?.isPosted) return aside("suppressed", "its card is there already");
  if (!rule) return aside("suppressed", "its rule was removed");
  if (rule.paused !== undefined) return aside("suppressed", `its rule is paused: ${rule.paused}`);
  if (!event) return aside("dead", "its row in the database cannot be read");
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
    queuedAt: row.queued_at ?? row.created_at,
    collected: row.collected ?? undefined,
    event,
    card: place?.card,
    thread: place?.thread,
    above: place?.above,
    broadcast: row.broadcast === 1,
  };
  return { is: "next", lane, message, seq: row.seq, rule };
}
