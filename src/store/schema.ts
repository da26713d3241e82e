import type { Generated } from "kysely";

/** Times are ISO 8601 text in UTC, flags are 0 or 1, `Sealed` columns are encrypted (seal.ts). `seq` is the order of arrival. */
export type Sealed = Uint8Array;

export const deliveryStates = ["pending", "event", "unsupported", "unreadable", "ignored", "duplicate"] as const;
export type DeliveryState = (typeof deliveryStates)[number];
export const messageStates = ["pending", "sent", "retry", "uncertain", "suppressed", "dead"] as const;
export type MessageState = (typeof messageStates)[number];
/** Who made a row: the first start, a command, or rules.yml. Commands do not edit what the file made. */
export type Origin = "start" | "command" | "file";

export interface WorkspacesTable {
  id: string;
  /** where its messages go: the terminal of the local preview, or Slack */
  chat: "preview" | "slack";
  created_at: string;
}

export interface HooksTable {
  workspace_id: string;
  /** 128 random bits in hexadecimal: the last part of the hook's address */
  id: string;
  name: string;
  forge: string;
  brand: string | null;
  scheme: string;
  secrets: Sealed;
  origin: Origin;
  created_at: string;
}

export interface DeliveriesTable {
  seq: Generated<number>;
  workspace_id: string;
  id: string;
  hook_id: string;
  /** the hook's forge and brand when it arrived: what it was sent as, also after the hook is gone */
  forge: string;
  brand: string | null;
  /** the forge's own delivery id, else a hash of event header and body */
  key: string;
  state: DeliveryState;
  reason: string | null;
  duplicate_of: string | null;
  /** allow-listed headers as JSON */
  headers: string;
  /** null in a duplicate with the same body */
  body: Sealed | null;
  body_hash: string;
  bytes: number;
  kind: string | null;
  action: string | null;
  project: string | null;
  /** which rules were asked and what they said, as JSON; the reasons quote the payload */
  decisions: Sealed | null;
  received_at: string;
  finished_at: string | null;
}

export interface RulesTable {
  workspace_id: string;
  id: string;
  channel: string;
  /** the rule in canonical words */
  words: string;
  origin: Origin;
  /** why it is paused; null while it is active */
  paused: string | null;
  created_at: string;
}

/** One row for each project pattern of a rule: how rules are found by project without a scan. */
export interface RuleAnchorsTable {
  workspace_id: string;
  anchor: string;
  rule_id: string;
}

export interface MessagesTable {
  seq: Generated<number>;
  workspace_id: string;
  id: string;
  channel: string;
  delivery_id: string;
  rule_id: string;
  state: MessageState;
  reason: string | null;
  /** sends begun; written before the send */
  attempts: number;
  /** sends whose answer was lost: each may have posted */
  lost_answers: number;
  event: Sealed;
  event_format: number;
  /** what was sent: text and blocks */
  sent: Sealed | null;
  /** Slack's id of the posted message */
  ts: string | null;
  created_at: string;
  finished_at: string | null;
}

/** One row for each channel that ever got a message: the ordered queue's clock. */
export interface LanesTable {
  workspace_id: string;
  channel: string;
  /** when the next message may go; null while nothing waits */
  ready_at: string | null;
  /** failures in a row */
  failures: number;
}

export interface Tables {
  workspaces: WorkspacesTable;
  hooks: HooksTable;
  deliveries: DeliveriesTable;
  rules: RulesTable;
  rule_anchors: RuleAnchorsTable;
  messages: MessagesTable;
  lanes: LanesTable;
}
