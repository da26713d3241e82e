import { type Metrics, noMetrics, timed } from "../operation/metrics.ts";
import { addDeliveries, type NewDelivery, type Stored } from "../store/add-deliveries.ts";
import { batched } from "../store/batch.ts";
import { findHook, type Hook } from "../store/hooks.ts";
import type { Store } from "../store/store.ts";

/** Where the receiver finds hooks and leaves deliveries. */
export interface Inbox {
  /**
   * The hook of an address; undefined where there is none.
   * @throws RefusedError 503 where nobody can say at the moment
   */
  find(id: string): Promise<Hook | undefined>;
  /** Resolves when the delivery is on disk. @throws when it cannot be stored */
  add(delivery: NewDelivery): Promise<Stored>;
  /** how it stands, for the metrics; undefined where nothing is ever spooled, as with SQLite */
  status(): InboxStatus | undefined;
  /** how many hooks are in the copy, so that their deliveries are taken while the database is away */
  copied(): number;
  /** Finishes what is under way and closes what it opened. */
  stop(): Promise<void>;
}

export interface InboxStatus {
  /** the database: `here`, `away`, or here again while the spool is being `draining`, when deliveries still go there */
  state: "here" | "away" | "draining";
  /** what waits in the spool */
  deliveries: number;
  bytes: number;
  /** when the oldest of them was received */
  oldest: Date | undefined;
  /** deliveries that the database refused for good: they are in the spool, for somebody to look at */
  aside: number;
  /** false where the spool's disk goes away with the process, as a dyno's does */
  lasts: boolean;
}

/** Deliveries that share a transaction, and that may wait for one. */
export const batch = { most: { items: 100, size: 8_000_000 }, waiting: 2_000 };

/** For a store in the same machine: either it works, or nothing does. */
export const createInbox = (store: Store, metrics: Metrics = noMetrics): Inbox => ({
  find: (id) => findHook(store, id),
  add: batched(
    timed(metrics, "store", (deliveries: NewDelivery[]) => addDeliveries(store, deliveries)),
    { ...batch, sizeOf: ({ body }) => body.length },
  ),
  status: () => undefined,
  copied: () => 0,
  stop: async () => {},
});
