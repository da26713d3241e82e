import type { Store } from "./store.ts";

/** Pauses the active rules of a channel, or of the whole workspace, with the reason that users see. @returns how many */
export async function pauseRules(
  store: Store,
  workspace: string,
  { channel }: { channel?: string | undefined },
  reason: string,
): Promise<number> {
  let query = store.db
    .updateTable("rules")
    .set({ paused: reason })
    .where("workspace_id", "=", workspace)
    .where("paused", "is", null);
  if (channel !== undefined) query = query.where("channel", "=", channel);
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Resumes the workspace's rules that were paused for one of these reasons. @returns how many */
export async function resumeRules(store: Store, workspace: string, reasons: readonly string[]): Promise<number> {
  const { numUpdatedRows } = await store.db
    .updateTable("rules")
    .set({ paused: null })
    .where("workspace_id", "=", workspace)
    .where("paused", "in", reasons)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
