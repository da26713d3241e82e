import type { Migration } from "kysely/migration";
import * as first from "./0001-first.ts";

/** All migrations in order; forward only: expand first, contract one release later. */
export const migrations: Record<string, Migration> = {
  "0001-first": first,
};
