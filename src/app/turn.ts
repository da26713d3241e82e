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

/** Tells people who subscribed that it works, where something has arrived since; for as long as Slack takes an answer. */
export async function turnReplies({ store, respond, log }: TurnParts): Promise<void> {
  for (const waiting of await listWaitingReplies(store)) {
    const { workspace, rule: id, address } = waiting;
    const rule = await findRule(store, workspace, id);
    const seen = rule && rule.paused === undefined && (await lastSeen(store, workspace, rule.grammar));
    if (!rule || !seen || !(await takeWaitingReply(store, waiting))) continue;
    const message = await replyMessage(workingReply(rule, seen), () => Promise.reject(new Error("it has no buttons")));
    // Never in place of what is there: that may show a secret once. Slack makes a new message of it for a command anyway.
    await respond(address, message).catch((error: unknown) =>
      log.warn({ error, rule: id }, "nobody could be told that a rule works"),
    );
  }
}
