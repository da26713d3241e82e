import type { Generated } from "kysely";
import type { AppTables } from "./app-tables.ts";
import type { CardTables } from "./card-tables.ts";
import type { Sealed } from "./seal.ts";

// Times are ISO 8601 text in UTC, flags are 0 or 1, `Sealed` columns are encrypted. `seq` is the order of arrival.

export const deliveryStates = ["pending", "event", "unsupported", "unreadable", "ignored", "duplicate"] as const;
export type DeliveryState = (typeof deliveryStates)[number];
export const messageStates = ["pending", "sent", "retry", "uncertain", "suppressed", "dead"] as const;
export type MessageState = (typeof messageStates)[number];
/** Who made a row: the first start, a command, or rules.yml. Commands do not edit what the file made. */
export type Origin = "start" | "command" | "file";

/** Which version of the code the database needs; one row. */
export interface SchemaTable {
  version: number;
  readable_from: number;
}

/** One row for each process that reads and sends. */
export interface WorkersTable {
  id: string;
  started_at: string;
  /** its last heartbeat: who is silent too long loses what it holds */
  seen_at: string;
}

/** Which worker reads a hook's deliveries. */
export interface HookLeasesTable {
  workspace_id: string;
  hook_id: string;
  /** id of the worker; null while nobody reads */
  owner: string | null;
  /** counts the takings: who took it before writes nothing any more */
  fence: number;
}

/** What all workers together have sent of a workspace's calls of one method of Slack's (pace.ts). */
export interface PacesTable {
  workspace_id: string;
  method: string;
  /** when the bucket of tokens is full again */
  full_at: string;
  /** no call before */
  next_at: string;
  /** when this was written: a time long before it tells of a clock that was set back */
  paced_at: string;
  /** answers in a row that asked us to wait */
  refusals: number;
  /** the last call that went well */
  sent_at: string | null;
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
  /** who made it, as in the audit; null: before that was kept */
  created_by: string | null;
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
  /** null in what the forge sent again with the same body, and once the retention has removed it */
  body: Sealed | null;
  body_hash: string;
  bytes: number;
  kind: string | null;
  action: string | null;
  project: string | null;
  /** the same for one event that comes through several hooks */
  event_key: string | null;
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
  /** who made it, as in the audit; null: before that was kept */
  created_by: string | null;
  /** when Slack made us pause it, while nobody has been told */
  untold_since: string | null;
  /** 1: it may post confidential things because only the members of a private channel of one company read them */
  is_private: number | null;
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
  /** sends that failed while others of the workspace passed */
  failures: Generated<number>;
  /** the last send that failed */
  failed_at: string | null;
  /** when it came into its lane, the last time */
  queued_at: string | null;
  /** where it became the notice for messages that are too old: how many, itself included */
  collected: number | null;
  /** no bytes once the retention has removed it */
  event: Sealed;
  event_format: number;
  /** what was sent: text and blocks */
  sent: Sealed | null;
  /** Slack's id of the posted message */
  ts: string | null;
  /** the card that it posts; null: it stays as it was sent */
  card_id: string | null;
  /** the card in whose thread it goes, where that card was posted */
  thread_id: string | null;
  /** Slack's id of the message in whose thread it was posted */
  thread_ts: string | null;
  /** 1: a reply that the channel gets as well */
  broadcast: Generated<number>;
  /** edits: `sent` is what it shows since the last one */
  edits: Generated<number>;
  edited_at: string | null;
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
  /** id of the worker that sends; null while nobody does */
  owner: string | null;
  /** counts the takings: who took it before writes nothing any more */
  fence: Generated<number>;
  /** when its bucket of tokens is full again (pace.ts) */
  full_at: string | null;
  /** when `ready_at` was written: a time long before it tells of a clock that was set back */
  paced_at: string | null;
  /** Slack's id of a channel that is named by `#name`, once it is known */
  channel_id: string | null;
}

export interface Tables extends AppTables, CardTables {
  belfry_schema: SchemaTable;
  workers: WorkersTable;
  hook_leases: HookLeasesTable;
  paces: PacesTable;
  hooks: HooksTable;
  deliveries: DeliveriesTable;
  rules: RulesTable;
  rule_anchors: RuleAnchorsTable;
  messages: MessagesTable;
  lanes: LanesTable;
}
