import { sql, type Transaction } from "kysely";
import { openColumn, sealColumn } from "./delivery-seal.ts";
import { type Params, prepared } from "./prepared.ts";
import type { DeliveryState, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

export interface PendingDelivery {
  seq: number;
  id: string;
  forge: string;
  brand: string | undefined;
  /** a person wants it read again */
  isReplayed: boolean;
  headers: Record<string, string>;
  /** undefined where the row, its headers included, cannot be read any more */
  body: Buffer | undefined;
}

/** How reading a delivery ended. */
export interface ReadDelivery {
  id: string;
  state: Exclude<DeliveryState, "pending">;
  reason?: string | undefined;
  /** of an event: what is the same in all deliveries that tell it (same-events.ts) */
  eventKey?: string | undefined;
  /** of a duplicate: id of the delivery that told the event */
  duplicateOf?: string | undefined;
  kind?: string | undefined;
  action?: string | undefined;
  project?: string | undefined;
  decisions?: string | undefined;
}

/** The reason of a delivery that waits because a person wants it read again. */
export const replayed = "replayed by hand";

/** In the words of the partial index `deliveries_pending`, so that the plan does not hang on a bound value. */
const isPending = sql<boolean>`state = 'pending'`;

/**
 * Hooks that have deliveries to read and that nobody reads, the longest waiting first, at most `most`. It goes from
 * hook to hook along the index, so that it costs as much with one waiting delivery of each as with a million.
 * https://wiki.postgresql.org/wiki/Loose_indexscan
 */
export async function hooksWithPending(store: Store, most = 100): Promise<{ workspace: string; hook: string }[]> {
  return (await heads(store, { most })).rows;
}

const heads = prepared(
  ({ db }, param: Params<{ most: number }>) =>
    sql<{ workspace: string; hook: string }>`
    with recursive heads(workspace_id, hook_id, seq) as (
      select * from (
        select workspace_id, hook_id, seq from deliveries where ${isPending}
        order by workspace_id, hook_id, seq limit 1
      ) as first
      union all
      select next.workspace_id, next.hook_id, next.seq from heads join deliveries as next on next.seq = coalesce(
        (select seq from deliveries where ${isPending}
          and workspace_id = heads.workspace_id and hook_id > heads.hook_id order by hook_id, seq limit 1),
        (select seq from deliveries where ${isPending}
          and workspace_id > heads.workspace_id order by workspace_id, hook_id, seq limit 1)
      )
    )
    select workspace_id as workspace, hook_id as hook from heads
    where not exists (
      select 1 from hook_leases
      where hook_leases.workspace_id = heads.workspace_id and hook_leases.hook_id = heads.hook_id
        and hook_leases.owner is not null
    )
    order by seq limit ${param.value("most")} + 0`.compile(db), // "+ 0" as engine/sqlite.ts has it
);

/** The next unread deliveries of one hook in the order they arrived, at most `most` and about `bytes` in all. */
export async function pendingDeliveries(
  store: Store,
  { workspace, hook, most, bytes }: { workspace: string; hook: string; most: number; bytes: number },
): Promise<PendingDelivery[]> {
  const sizes = await pendingSizes(store, { workspace, hook, most });
  let sum = 0;
  const fitting = sizes.rows.filter((head, index) => {
    sum += head.bytes;
    return index === 0 || sum <= bytes;
  });
  const last = fitting.at(-1);
  if (!last) return [];
  const { rows } = await pendingUpTo(store, { workspace, hook, last: last.seq });
  return rows.map((row) => ({
    seq: row.seq,
    id: row.id,
    forge: row.forge,
    brand: row.brand ?? undefined,
    isReplayed: row.reason === replayed,
    ...openRow(store, workspace, row),
  }));
}

const pendingSizes = prepared(({ db }, param: Params<{ workspace: string; hook: string; most: number }>) =>
  db
    .selectFrom("deliveries")
    .select(["seq", "bytes"])
    .where("workspace_id", "=", param.value("workspace"))
    .where("hook_id", "=", param.value("hook"))
    .where(isPending)
    .orderBy("seq")
    .limit(param.value("most"))
    .compile(),
);

const pendingUpTo = prepared(({ db }, param: Params<{ workspace: string; hook: string; last: number }>) =>
  db
    .selectFrom("deliveries")
    .select(["seq", "id", "forge", "brand", "reason", "headers", "body"])
    .where("workspace_id", "=", param.value("workspace"))
    .where("hook_id", "=", param.value("hook"))
    .where(isPending)
    .where("seq", "<=", param.value("last"))
    .orderBy("seq")
    .compile(),
);

/** A damaged row must not stop its hook: it becomes unreadable. */
function openRow(
  store: Store,
  workspace: string,
  { id, headers, body }: { id: string; headers: string; body: Uint8Array | null },
): Pick<PendingDelivery, "headers" | "body"> {
  try {
    return {
      headers: JSON.parse(headers) as Record<string, string>,
      body: body === null ? undefined : openColumn(store, workspace, id, "body", body),
    };
  } catch {
    // The caller says so in the delivery's reason.
    return { headers: {}, body: undefined };
  }
}

/** Records how reading ended, inside the transaction that also writes the messages. */
export async function finishDeliveries(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  reads: readonly ReadDelivery[],
): Promise<void> {
  if (reads.length === 0) return;
  const now = store.now().toISOString();
  const rows = reads.map(({ id, state, reason, eventKey, duplicateOf, kind, action, project, decisions }) => ({
    ...{
      workspace_id: workspace,
      id,
      state,
      reason: reason ?? null,
      event_key: eventKey ?? null,
      duplicate_of: duplicateOf ?? null,
    },
    ...{ kind: kind ?? null, action: action ?? null, project: project ?? null },
    decisions: decisions === undefined ? null : sealColumn(store, workspace, id, "decisions", decisions),
  }));
  await finish({ ...store, db: trx }, { reads: rows, now });
}

interface ReadRow {
  workspace_id: string;
  id: string;
  state: DeliveryState;
  reason: string | null;
  event_key: string | null;
  duplicate_of: string | null;
  kind: string | null;
  action: string | null;
  project: string | null;
  decisions: Uint8Array | null;
}

const finish = prepared(({ db }, param: Params<{ reads: readonly ReadRow[]; now: string }>) =>
  db
    .updateTable("deliveries")
    .from(param.rows("reads", readColumns).as("given"))
    .set((set) => ({
      state: set.ref("given.state"),
      reason: set.ref("given.reason"),
      event_key: set.ref("given.event_key"),
      duplicate_of: set.ref("given.duplicate_of"),
      kind: set.ref("given.kind"),
      action: set.ref("given.action"),
      project: set.ref("given.project"),
      decisions: set.ref("given.decisions"),
      finished_at: param.value("now"),
    }))
    .whereRef("deliveries.workspace_id", "=", "given.workspace_id")
    .whereRef("deliveries.id", "=", "given.id")
    .compile(),
);

const readColumns = {
  workspace_id: "text" as const,
  ...({ id: "text", state: "text", reason: "text", event_key: "text", duplicate_of: "text" } as const),
  ...({ kind: "text", action: "text", project: "text", decisions: "binary" } as const),
};
