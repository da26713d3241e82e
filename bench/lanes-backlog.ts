import { sql } from "kysely";
import type { Event } from "../src/events.ts";
import { addMessages } from "../src/store/open-messages.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { inTransaction } from "../src/store/transaction.ts";
import { addWorker } from "../src/store/workers.ts";
import { ensureWorkspace } from "../src/store/workspaces.ts";
import { exampleEvents } from "./examples.ts";
import type { Run } from "./run.ts";
import { addRules } from "./town.ts";
import type { Place, StoreName } from "./workplace.ts";

const lanesOf = { workspaces: 10, channels: 100 };
/** Messages of one transaction while the backlog is written. */
const mostRows = 1_000;

/** A store in which messages wait. */
export interface Backlog {
  place: Place;
  store: Store;
  size: number;
  worker: string;
  event: Event;
  /** where the next messages go */
  next: number;
}

/** Makes a store with so many messages that wait. */
export async function fill(run: Run, name: StoreName, size: number): Promise<Backlog> {
  const place = await run.workplace.newPlace(name);
  const store = await openStore(place.options);
  const [event] = exampleEvents().filter(({ kind }) => kind === "issue");
  if (!event) throw new Error("there is no issue among the examples");
  for (let at = 0; at < lanesOf.workspaces; at++) {
    await ensureWorkspace(store, { id: `T${at}`, chat: "slack" });
    await addRules(store, `T${at}`, [{ channel: "C0", words: "** issue" }]);
  }
  const backlog: Backlog = { place, store, size, worker: await addWorker(store), event, next: 0 };
  for (let written = 0; written < size; written += mostRows) await add(backlog, Math.min(mostRows, size - written));
  // As they would be after a while: PostgreSQL does this by itself, at a time of its own.
  await sql`analyze`.execute(store.db);
  return backlog;
}

/** Adds messages, one lane after the other. */
export async function add(backlog: Backlog, count: number): Promise<void> {
  const { store, event } = backlog;
  const messages = Array.from({ length: count }, () => {
    const lane = backlog.next++ % (lanesOf.workspaces * lanesOf.channels);
    const workspace = `T${lane % lanesOf.workspaces}`;
    return { workspace, channel: `C${Math.floor(lane / lanesOf.workspaces)}`, delivery: "none", rule: "r0", event };
  });
  await inTransaction(store, (trx) => addMessages(store, trx, messages));
}
