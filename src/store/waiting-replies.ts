import type { Store } from "./store.ts";

/** An answer to `subscribe` that is changed as soon as something of its rule's projects arrives. */
export interface WaitingReply {
  workspace: string;
  rule: string;
  /** Slack's response_url */
  address: string;
  createdAt: string;
}

const place = (workspace: string, rule: string) => ({ table: "waiting_replies", workspace, row: rule });

/** @param expiresAt until when Slack takes an answer at the address */
export async function addWaitingReply(
  store: Store,
  { workspace, rule, address }: Omit<WaitingReply, "createdAt">,
  expiresAt: Date,
): Promise<void> {
  const row = {
    address: store.sealer.seal(place(workspace, rule), address),
    created_at: store.now().toISOString(),
    expires_at: expiresAt.toISOString(),
  };
  await store.db
    .insertInto("waiting_replies")
    .values({ workspace_id: workspace, rule_id: rule, ...row })
    .onConflict((conflict) => conflict.columns(["workspace_id", "rule_id"]).doUpdateSet(row))
    .execute();
}

/** Those that can still be answered, of all workspaces. One whose row is damaged cannot, and stops no other. */
export async function listWaitingReplies(store: Store): Promise<WaitingReply[]> {
  const rows = await store.db
    .selectFrom("waiting_replies")
    .selectAll()
    .where("expires_at", ">", store.now().toISOString())
    .execute();
  return rows.flatMap(({ workspace_id: workspace, rule_id: rule, created_at: createdAt, address: sealed }) => {
    const address = openAddress(store, { workspace, rule }, sealed);
    return address === undefined ? [] : { workspace, rule, address, createdAt };
  });
}

function openAddress(store: Store, { workspace, rule }: Pick<WaitingReply, "workspace" | "rule">, sealed: Uint8Array) {
  try {
    return store.sealer.open(place(workspace, rule), sealed).toString();
  } catch {
    // Nothing is lost but the note that it works; the row goes when it expires.
    return undefined;
  }
}

/** Of several processes that would answer one does. @returns whether it is this one */
export async function takeWaitingReply(
  store: Store,
  { workspace, rule, createdAt }: Pick<WaitingReply, "workspace" | "rule" | "createdAt">,
): Promise<boolean> {
  const { numDeletedRows } = await store.db
    .deleteFrom("waiting_replies")
    .where("workspace_id", "=", workspace)
    .where("rule_id", "=", rule)
    // The rule may have got another reply meanwhile.
    .where("created_at", "=", createdAt)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
