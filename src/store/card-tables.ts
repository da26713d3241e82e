import { sql } from "kysely";
import type { Sealed } from "./seal.ts";

// What live messages show, and where they are.

export const cardStates = ["live", "frozen", "gone"] as const;
export type CardState = (typeof cardStates)[number];

/** What is known of a merge request, a pipeline, a branch …: one row in a workspace, whatever channels hear of it. */
export interface ObjectsTable {
  workspace_id: string;
  /** its forge's host and its path */
  project: string;
  /** `!12`, `pipeline 31`, `branch ~2f1a…`: what is no number is a hash (cards/names.ts) */
  object: string;
  /** its facts as JSON (cards/facts.ts) */
  facts: Sealed;
  format: number;
  /** counts the changes */
  revision: number;
  updated_at: string;
}

/** The live message of an object in a channel. */
export interface CardsTable {
  workspace_id: string;
  id: string;
  channel: string;
  project: string;
  object: string;
  /** what part of the object it shows: the pipeline that broke a branch; empty: all of it */
  episode: string;
  /** the rule that posted it */
  rule_id: string;
  /** the message that posts it */
  message_id: string;
  /** the card in whose thread it is */
  thread_id: string | null;
  /** Slack's id of it, once it is posted */
  ts: string | null;
  /** Slack's id of its channel, once it is posted */
  channel_id: string | null;
  /** how often it was posted: twice where a person deleted it */
  posts: number;
  /** `frozen`: Slack does not let us edit it; `gone`: it was deleted twice */
  state: CardState;
  /** revision of the object that it shows */
  shown: number;
  /** when it is to be edited; null while it shows the newest state */
  edit_at: string | null;
  /** no edit before */
  rests_until: string | null;
  /** when it was posted or edited: a time long before `rests_until` tells of a clock that was set back */
  paced_at: string | null;
  /** id of the worker that edits; null while nobody does */
  owner: string | null;
  fence: number;
  /** failed edits in a row */
  failures: number;
  created_at: string;
  updated_at: string;
}

export interface CardTables {
  objects: ObjectsTable;
  cards: CardsTable;
}

/** Cards that are there and are to be edited, in the words of the partial index `cards_edit`. */
export const isDue = sql<boolean>`edit_at is not null and ts is not null`;
