import { sql, type Transaction } from "kysely";
import type { Tables } from "./schema.ts";

const day = 86_400_000;

interface Expiry {
  table: "nonces" | "confirmations" | "waiting_replies" | "mutes" | "audit";
  /** the time that ends it; an index begins with it */
  at: string;
  /** milliseconds that it stays after that */
  stays: number;
  key: string;
}

const expiries: readonly Expiry[] = [
  { table: "nonces", at: "expires_at", stays: 0, key: "key" },
  { table: "confirmations", at: "expires_at", stays: 0, key: "workspace_id, id" },
  { table: "waiting_replies", at: "expires_at", stays: 0, key: "workspace_id, rule_id" },
  { table: "mutes", at: "until", stays: day, key: "workspace_id, id" },
  { table: "audit", at: "at", stays: 365 * day, key: "seq" },
];

/**
 * One step for each table of what ends by itself: what may be used once, mutes a day after their end, and what was done
 * a year ago.
 * @param most rows that one step removes
 */
export const expirySteps = (now: Date, most: number) =>
  expiries.map(({ table, at, stays, key }) => async (trx: Transaction<Tables>): Promise<number> => {
    const before = new Date(now.getTime() - stays).toISOString();
    const old = sql`${sql.ref(at)} < ${before}`;
    const keys = sql.join(key.split(", ").map((column) => sql.ref(column)));
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where ${old} and (${keys}) in (
        select ${keys} from ${sql.table(table)} where ${old} order by ${sql.ref(at)} limit ${most}
      )`.execute(trx);
    return Number(numAffectedRows);
  });
