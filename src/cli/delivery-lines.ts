import type { Decision } from "../rules/match.ts";

/** What `deliveries show` knows of a delivery. */
export interface ShownDelivery {
  state: string;
  reason: string | null;
  kind: string | null;
  action: string | null;
  project: string | null;
  bytes: number;
  hook_id: string;
  received_at: string;
  decisions: { count: number; rules: Decision[] } | undefined;
  /** that its body was removed, where it was */
  removed?: string | undefined;
  messages: readonly { rule_id: string; state: string; reason: string | null }[];
}

/** The reason names the command whose answer this is. */
const elsewhere = /; `deliveries show` tells why$/;

/** A delivery in a few lines for people: what it was, then each rule that was asked and what became of its message. */
export function deliveryLines(shown: ShownDelivery): string[] {
  const { state, reason, kind, action, project, bytes, hook_id, received_at, decisions, removed } = shown;
  const what = kind ? `${kind}:${action} of ${project}` : state;
  const rules = decisions?.rules ?? [];
  return [
    `${what}${reason ? `: ${reason.replace(elsewhere, "")}` : ""}`,
    `  received ${received_at}, ${bytes} bytes, hook ${hook_id}`,
    ...(removed ? [`  ${removed}`] : []),
    ...rules.map(
      (decision) => `  ${decision.post ? "→" : "·"} ${decision.channel}  ${decision.rule}: ${outcome(shown, decision)}`,
    ),
    ...(decisions && decisions.count > rules.length ? [`  and ${decisions.count - rules.length} more rules`] : []),
  ];
}

/** Messages are listed newest first: after a replay the newest counts. */
function outcome({ messages }: ShownDelivery, { post, rule, reason }: Decision): string {
  const message = messages.find(({ rule_id }) => rule_id === rule);
  if (!post || !message) return reason;
  return message.reason ? `${message.state}, ${message.reason}` : message.state;
}
