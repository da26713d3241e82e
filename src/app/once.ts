import { createHash } from "node:crypto";
import { addNonce } from "../store/nonces.ts";
import type { Store } from "../store/store.ts";

/** Slack's signature holds for five minutes either way; events are sent again within an hour. */
const lasts = 2 * 3_600_000;

/**
 * Whether a request is here for the first time: Bolt lets the same signed bytes pass again, and a command would be done
 * twice.
 * @param id what Slack makes anew for each request: a trigger id, the id of an event
 */
export function isFirst(store: Store, kind: "command" | "action" | "event", id: string): Promise<boolean> {
  const key = createHash("sha256")
    .update(JSON.stringify([kind, id]))
    .digest("base64url");
  return addNonce(store, `slack:${key}`, new Date(store.now().getTime() + lasts));
}
