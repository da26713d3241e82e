import { createHash } from "node:crypto";
import { addNonce, hasNonce } from "../store/nonces.ts";
import type { Store } from "../store/store.ts";

/** Slack's signature holds for five minutes either way; events are sent again within an hour. */
const lasts = 2 * 3_600_000;

type Kind = "command" | "action" | "event";

/**
 * Whether a request is here for the first time: Bolt lets the same signed bytes pass again, and a command would be done
 * twice.
 * @param id what Slack makes anew for each request: a trigger id, the id of an event
 */
export const isFirst = (store: Store, kind: Kind, id: string): Promise<boolean> =>
  addNonce(store, keyOf(kind, id), expiry(store));

/**
 * Does the work unless it was done before. Only what succeeded counts as done: what failed is done when Slack sends it
 * again, and of two at once both are done, so work must bear that.
 */
export async function untilDone(store: Store, kind: Kind, id: string, work: () => Promise<void>): Promise<void> {
  const key = keyOf(kind, id);
  if (await hasNonce(store, key)) return;
  await work();
  await addNonce(store, key, expiry(store));
}

const expiry = (store: Store) => new Date(store.now().getTime() + lasts);

const keyOf = (kind: Kind, id: string) =>
  `slack:${createHash("sha256")
    .update(JSON.stringify([kind, id]))
    .digest("base64url")}`;
