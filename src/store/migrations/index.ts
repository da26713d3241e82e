import type { Migration } from "kysely/migration";
import * as first from "./0001-first.ts";
import * as manyProcesses from "./0002-many-processes.ts";
import * as slackApp from "./0003-slack-app.ts";
import * as cards from "./0004-cards.ts";

/**
 * All migrations in order; forward only: expand first, contract one release later. Each one that comes updates
 * `belfry_schema`: its own number as `version`, and as `readable_from` the oldest number whose code can still work with
 * the database, so that old and new processes run side by side during a rollout.
 */
export const migrations: Record<string, Migration> = {
  "0001-first": first,
  "0002-many-processes": manyProcesses,
  "0003-slack-app": slackApp,
  "0004-cards": cards,
};

/** The number of the newest migration. */
export const version = Object.keys(migrations).length;
