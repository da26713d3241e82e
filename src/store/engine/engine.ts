import type { Dialect, Kysely, RawBuilder, SelectQueryBuilder, Transaction } from "kysely";
import type { GivenType } from "../given.ts";
import type { Tables } from "../schema.ts";

/** What processes that share a store tell each other. */
export type Topic = "deliveries" | "messages";

/** What differs between SQLite (sqlite.ts) and PostgreSQL (postgres.ts); everything else is the same on both. */
export interface Engine {
  readonly name: "sqlite" | "postgres";
  /** where it is, without credentials: for people */
  readonly place: string;
  readonly dialect: Dialect;
  /** true where one server owns the store: nobody else's work is under way when it starts */
  readonly alone: boolean;
  /** the clock that all processes of the store share */
  now(): Date;
  hasTable(db: Kysely<Tables>, name: string): Promise<boolean>;
  /** true when a commit is on disk before it returns */
  isDurable(db: Kysely<Tables>): Promise<boolean>;
  /** The rows of a query on the table of this alias that no other transaction has locked, locked for this one. */
  skipLocked<DB, TB extends keyof DB, O>(
    query: SelectQueryBuilder<DB, TB, O>,
    alias: string,
  ): SelectQueryBuilder<DB, TB, O>;
  /** The rows of a query on the table of this alias, locked one after the other in the query's order. */
  lockInOrder<DB, TB extends keyof DB, O>(
    query: SelectQueryBuilder<DB, TB, O>,
    alias: string,
  ): SelectQueryBuilder<DB, TB, O>;
  /** Rows of a JSON text as a table (given.ts): an array of arrays, in which binary values are hexadecimal. */
  given<Row>(columns: readonly (readonly [name: string, type: GivenType])[], json: RawBuilder<string>): RawBuilder<Row>;
  /** how many lanes one transaction takes or gives back: few where each statement is a round trip */
  readonly together: number;
  /** Makes transactions that name the same key wait for each other; the locks go with the transaction. */
  lockKeys(trx: Transaction<Tables>, keys: readonly string[]): Promise<void>;
  /** Tells the other processes that there is work. Never fails: who misses it finds the work by looking now and then. */
  notify(topic: Topic): void;
  /** Calls back when another process notifies. @returns a function that ends it */
  listen(onTopic: (topic: Topic) => void): () => Promise<void>;
  /** true where the same transaction, tried again, is likely to pass: a deadlock, a conflict */
  isPassing(error: unknown): boolean;
  /** true where the database, not the query, is what failed: it may pass later, without anybody's doing */
  isAway(error: unknown): boolean;
  /** true where the same row would be refused again */
  isRefusal(error: unknown): boolean;
  /** what a failure to open means, and what to do about it; undefined where nothing better is known than the error */
  problemOf(error: unknown): string | undefined;
  /** Ends what the engine holds beside the connections of the dialect. */
  close(): Promise<void>;
}
