import { workingReply } from "../commands/working.ts";
import type { Log } from "../log.ts";
import { findRule } from "../store/rules.ts";
import { lastSeen } from "../store/seen.ts";
import type { Store } from "../store/store.ts";
import { listWaitingReplies, takeWaitingReply } from "../store/waiting-replies.ts";
import { replyMessage } from "./reply-message.ts";
import type { Respond } from "./respond.ts";

export interface TurnParts {
  store: Store;
  respond: Respond;
  log: Log;
}

/** Turns the answers to `subscribe` that wait to “working”, where something has arrived since. */
export async function turnReplies({ store, respond, log }: TurnParts): Promise<void> {
  for (const waiting of await listWaitingReplies(store)) {
    const { workspace, rule: id, address, createdAt } = waiting;
    const rule = await findRule(store, workspace, id);
    const seen = rule && (await lastSeen(store, workspace, rule.grammar, createdAt));
    if (!rule || !seen || !(await takeWaitingReply(store, waiting))) continue;
    const message = await replyMessage(workingReply(rule, seen), () => Promise.reject(new Error("it has no buttons")));
    await respond(address, message, { replace: true }).catch((error: unknown) =>
      log.warn({ error, rule: id }, "an answer could not be turned to working"),
    );
  }
}
