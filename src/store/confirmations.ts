import { randomBytes } from "node:crypto";
import type { Store } from "./store.ts";

/** Milliseconds in which a click confirms. */
const lasts = 10 * 60_000;

/** Who may confirm, and where. */
export interface Confirmer {
  workspace: string;
  channel: string;
  user: string;
}

/** Keeps a command until it is confirmed. @returns the id that the button carries: it says nothing by itself */
export async function askFirst(store: Store, { workspace, channel, user }: Confirmer, line: string): Promise<string> {
  const id = randomBytes(16).toString("base64url");
  const expires = new Date(store.now().getTime() + lasts).toISOString();
  await store.db
    .insertInto("confirmations")
    .values({ workspace_id: workspace, id, channel, user_id: user, line, expires_at: expires })
    .execute();
  return id;
}

/** Takes a command that waits, once. @returns undefined when it is not this person's in this channel, was taken, or is too old */
export async function takeConfirmed(
  store: Store,
  { workspace, channel, user }: Confirmer,
  id: string,
): Promise<string | undefined> {
  const row = await store.db
    .deleteFrom("confirmations")
    .where("workspace_id", "=", workspace)
    .where("id", "=", id)
    .where("channel", "=", channel)
    .where("user_id", "=", user)
    .where("expires_at", ">", store.now().toISOString())
    .returning("line")
    .executeTakeFirst();
  return row?.line;
}
