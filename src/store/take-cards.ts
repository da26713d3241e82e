import { sql, type Transaction } from "kysely";
import type { Pace } from "../pace.ts";
import type { Message } from "../slack/message.ts";
import { type CardState, isDue } from "./card-tables.ts";
import { editEvery } from "./edit-every.ts";
import { findObjects, type KnownObject } from "./objects.ts";
import { openSent } from "./open-messages.ts";
import { type Turn, takeTurn } from "./paces.ts";
import { findRule, type StoredRule } from "./rules.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";
import type { TakeLimits } from "./take-lanes.ts";
import { inTransaction } from "./transaction.ts";

/** Milliseconds after which an edit is begun again whose worker says nothing: longer than a call takes. */
const mostEditing = 20_000;

/** A card that this worker, and nobody else, is to edit now. */
export interface TakenCard {
  workspace: string;
  id: string;
  worker: string;
  fence: number;
  /** the name of its lane */
  channel: string;
  episode: string;
  /** where it is in Slack */
  posted: { ts: string; channel: string };
  state: CardState;
  posts: number;
  failures: number;
  /** what the card tells of in whose thread it is; undefined where it is in none */
  above: string | undefined;
  rule: StoredRule;
  known: KnownObject;
  /** the message that posted it, and what it shows; undefined where the retention removed that, or an answer was lost */
  message: { id: string; delivery: string; sent: Message | undefined };
  turn: Turn;
  /** `edit_at` as it was written when it was taken: another one tells of something newer to show */
  taken: string;
}

/**
 * Takes cards that are to be edited now, the longest waiting first, with the workspace's turn for an edit. What must
 * not be edited any more is left as it is.
 * @returns the cards, and of how many something became: as long as there are any, there may be more
 */
export async function takeCards(
  store: Store,
  { most, without }: TakeLimits,
  { worker, pace }: { worker: string; pace: Pace | undefined },
): Promise<{ taken: TakenCard[]; found: number }> {
  return inTransaction(store, async (trx) => {
    const inside = { ...store, db: trx };
    const rows = await lockDue(store, trx, worker, { most, without });
    const taken: TakenCard[] = [];
    const waiting = new Set<string>();
    let settled = 0;
    for (const row of rows.toSorted((a, b) => (a.workspace_id < b.workspace_id ? -1 : 1))) {
      const next = waiting.has(row.workspace_id) ? "not its turn" : await takeOne(inside, trx, row, worker, pace);
      if (next === "not its turn") waiting.add(row.workspace_id);
      if (typeof next === "object") taken.push(next);
      else await leave(store, trx, row, next);
      if (next !== "not its turn") settled++;
    }
    return { taken, found: settled };
  });
}

type Row = Awaited<ReturnType<typeof lockDue>>[number];

async function lockDue(store: Store, trx: Transaction<Tables>, worker: string, { most, without }: TakeLimits) {
  const now = store.now().toISOString();
  let due = trx
    .selectFrom("cards as card")
    .select(["workspace_id", "id"])
    .where(isDue)
    .where("owner", "is", null)
    .where("edit_at", "<=", now)
    .where((where) => where.or([where("rests_until", "is", null), where("rests_until", "<=", now)]))
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("paces")
            .select("next_at")
            .whereRef("paces.workspace_id", "=", "card.workspace_id")
            .where("method", "=", "update")
            .where("next_at", ">", now),
        ),
      ),
    );
  if (without.length > 0) due = due.where("workspace_id", "not in", without);
  const free = store.engine.skipLocked(due.orderBy("edit_at").limit(most), "card");
  return trx
    .updateTable("cards")
    .from(free.as("free"))
    .set((set) => ({ owner: worker, fence: set("cards.fence", "+", 1) }))
    .whereRef("cards.workspace_id", "=", "free.workspace_id")
    .whereRef("cards.id", "=", "free.id")
    .where("owner", "is", null)
    .returning(["cards.workspace_id", "cards.id", "channel", "channel_id", "project", "object", "episode"])
    .returning(["rule_id", "message_id", "thread_id", "ts", "posts", "state", "shown", "fence", "failures"])
    .execute();
}

async function takeOne(
  store: Store,
  trx: Transaction<Tables>,
  row: Row,
  worker: string,
  pace: Pace | undefined,
): Promise<TakenCard | Left> {
  const workspace = row.workspace_id;
  const rule = await findRule(store, workspace, row.rule_id);
  if (!rule || row.ts === null) return "nothing to do";
  if (rule.paused !== undefined) return "paused";
  const [known] = await findObjects(store, workspace, [{ project: row.project, object: row.object }]);
  if (!known || known.revision === row.shown) return "nothing to do";
  const turn = await takeTurn(store, trx, { workspace, method: "update" }, pace);
  if (!turn) return "not its turn";
  const again = later(store, mostEditing);
  await trx
    .updateTable("cards")
    // Until the answer is there nobody knows what it shows.
    .set({ shown: 0, edit_at: again, rests_until: later(store, editEvery), paced_at: store.now().toISOString() })
    .where("workspace_id", "=", workspace)
    .where("id", "=", row.id)
    .execute();
  const message = await trx
    .selectFrom("messages")
    .leftJoin("cards", (join) =>
      join.onRef("cards.workspace_id", "=", "messages.workspace_id").onRef("cards.id", "=", "messages.thread_id"),
    )
    .select(["messages.id", "delivery_id", "sent", "thread_ts", "object as above"])
    .where("messages.workspace_id", "=", workspace)
    .where("messages.id", "=", row.message_id)
    .executeTakeFirst();
  const sent = row.shown > 0 && message?.sent ? openSent(store, workspace, message.id, message.sent) : undefined;
  return {
    workspace,
    id: row.id,
    worker,
    fence: row.fence,
    channel: row.channel,
    episode: row.episode,
    posted: { ts: row.ts, channel: row.channel_id ?? row.channel },
    state: row.state,
    posts: row.posts,
    failures: row.failures,
    above: message?.thread_ts ? (message.above ?? undefined) : undefined,
    rule,
    known,
    message: { id: row.message_id, delivery: message?.delivery_id ?? "", sent },
    turn,
    taken: again,
  };
}

const later = (store: Store, milliseconds: number) => new Date(store.now().getTime() + milliseconds).toISOString();

/** Why a card is not edited. */
type Left = "not its turn" | "nothing to do" | "paused";

/** Milliseconds after which a card is looked at again whose rule is paused. */
const pausedFor = 300_000;

/** Gives a card back without an edit. */
async function leave(store: Store, trx: Transaction<Tables>, row: Row, why: Left): Promise<void> {
  await trx
    .updateTable("cards")
    .set({
      owner: null,
      ...(why === "nothing to do" && { edit_at: null }),
      ...(why === "paused" && { edit_at: later(store, pausedFor) }),
    })
    .where("workspace_id", "=", row.workspace_id)
    .where("id", "=", row.id)
    .execute();
}

/** Milliseconds until a card may be edited; undefined while none waits. @param since as for lanes (lanes.ts) */
export async function untilNextCard(store: Store, since: Date): Promise<number | undefined> {
  const at = sql<string>`case when rests_until > edit_at then rests_until else edit_at end`;
  const card = await store.db
    .selectFrom("cards")
    .select(sql<string | null>`min(${at})`.as("at"))
    .where(isDue)
    .where("owner", "is", null)
    .where(at, ">", since.toISOString())
    .executeTakeFirst();
  return card?.at ? Math.max(0, Date.parse(card.at) - store.now().getTime()) : undefined;
}
