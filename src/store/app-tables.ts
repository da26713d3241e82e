import type { Generated } from "kysely";
import type { Sealed } from "./seal.ts";

// Where the Slack app is installed, and what people do with it; columns are written as in schema.ts.

/** One row for each workspace that has Belfry, or had it lately. */
export interface WorkspacesTable {
  id: string;
  /** where its messages go: the terminal of the local preview, or Slack */
  chat: "preview" | "slack";
  /** its own bot token; null where the environment or its organization has it */
  token: Sealed | null;
  /** as Slack calls it */
  name: string | null;
  /** the workspace of its organization, where the app is installed for all of that */
  parent: string | null;
  /** Slack's id of our bot in it */
  bot_user: string | null;
  /** Slack's id of who installed the app */
  installer: string | null;
  /** when the app was uninstalled; null while it is there */
  removed_at: string | null;
  created_at: string;
}

/** One row for each change that somebody made. */
export interface AuditTable {
  seq: Generated<number>;
  workspace_id: string;
  at: string;
  /** Slack's id of a person, else `terminal`, `rules.yml` or `Slack` */
  actor: string;
  /** such as `subscribe`, `pause`, `connect` */
  action: string;
  /** id of the rule, name of the hook */
  object: string;
  /** where it was done */
  channel: string | null;
  /** what it was changed to */
  words: string | null;
}

/** What a channel does not want to hear for a while. */
export interface MutesTable {
  workspace_id: string;
  id: string;
  /** Slack's id of the channel */
  channel: string;
  /** its `#name`, where it is known */
  channel_name: string | null;
  /** projects and kinds, in the words of a rule */
  words: string;
  /** null: until it is unmuted */
  until: string | null;
  created_by: string;
  created_at: string;
}

/** A command that waits for a click of whoever typed it. */
export interface ConfirmationsTable {
  workspace_id: string;
  id: string;
  channel: string;
  user_id: string;
  /** the command that is confirmed */
  line: string;
  expires_at: string;
}

/** An answer to `subscribe` that says “working” as soon as something arrives. */
export interface WaitingRepliesTable {
  workspace_id: string;
  rule_id: string;
  /** Slack's response_url: who knows it may post */
  address: Sealed;
  created_at: string;
  expires_at: string;
}

/** What may be used once: states of installs, requests of Slack. */
export interface NoncesTable {
  key: string;
  expires_at: string;
}

export interface AppTables {
  workspaces: WorkspacesTable;
  audit: AuditTable;
  mutes: MutesTable;
  confirmations: ConfirmationsTable;
  waiting_replies: WaitingRepliesTable;
  nonces: NoncesTable;
}
