import { sql } from "kysely";
import { type DeliveryRow, deliveryRow, groupsOf, type NewDelivery, receive, type Stored } from "./add-deliveries.ts";
import type { Store } from "./store.ts";

/** A delivery that waits in a spool. */
export interface Spooled {
  /** its place in the order of arrival, in this spool */
  seq: number;
  /** the row to write, encrypted for the place where it will be */
  row: DeliveryRow;
}

export interface SpoolSize {
  deliveries: number;
  /** of their bodies */
  bytes: number;
  /** when the oldest was received */
  oldest: Date | undefined;
  /** deliveries that were refused for good; not among the others */
  aside: number;
}

/**
 * Deliveries that wait for PostgreSQL, in a SQLite file of their own. One process owns a spool; what it holds is
 * counted in memory. Whose rows they are does not matter here: they leave as they came.
 */
export interface Spool {
  readonly store: Store;
  /** Resolves when they are on disk. Nothing is a duplicate here: only the store they are for can tell. */
  add(deliveries: readonly NewDelivery[]): Promise<Stored[]>;
  /** The oldest, in order; one that is larger than `most.size` comes alone. */
  head(most: { items: number; size: number }): Promise<Spooled[]>;
  /**
   * Forgets the first ones of `head`, which are stored elsewhere now. They do not come again from this object, even
   * where the disk does not take the removal and this rejects.
   */
  drop(drained: readonly Spooled[]): Promise<void>;
  /** Keeps one, and gets it out of the way. */
  setAside(refused: Spooled, reason: string): Promise<void>;
  size(): SpoolSize;
  close(): Promise<void>;
}

/** In the spool all rows have this state, which the unique index of keys leaves out. */
const state = "duplicate";

/** A file that grew beyond this is made small again when nothing waits in it, in bytes. */
const roomToKeep = 16_000_000;

/** What a spool needs of the disk. */
export interface SpoolDisk {
  /** Gives the spool some room for the moment, on a disk that is full. */
  makeRoom<T>(work: () => Promise<T>): Promise<T>;
  /** called when the spool is closed */
  release(): void;
}

/** @param store one that nothing else writes deliveries to */
export async function openSpool(store: Store, disk: SpoolDisk): Promise<Spool> {
  const { db } = store;
  let [drained, grown, size] = [0, 0, await measure(store)];

  return {
    store,
    add: async (deliveries) => {
      const received = deliveries.map((delivery) => ({ ...delivery, received: delivery.received ?? receive(store) }));
      await db.transaction().execute(async (trx) => {
        for (const group of groupsOf(received)) {
          const rows = group.map((delivery) => ({ ...deliveryRow(store, delivery), state }) as const);
          await trx.insertInto("deliveries").values(rows).execute();
        }
      });
      const bytes = received.reduce((sum, { body }) => sum + body.length, 0);
      const oldest = size.oldest ?? (received[0] && new Date(received[0].received.at));
      size = { ...size, deliveries: size.deliveries + received.length, bytes: size.bytes + bytes, oldest };
      grown += bytes;
      return received.map(({ received: { id } }) => ({ id, duplicate: false }));
    },
    head: async (most) => {
      const waiting = await waitingIn(store, drained).select(["seq", "bytes"]).limit(most.items).execute();
      let room = most.size;
      const fitting = waiting.filter(({ bytes }, index) => {
        room -= bytes;
        return index === 0 || room >= 0;
      });
      const last = fitting.at(-1)?.seq;
      if (last === undefined) return [];
      const rows = await waitingIn(store, drained).selectAll().where("seq", "<=", last).execute();
      return rows.map(({ seq, ...row }) => ({ seq, row: toDelivery(row) }));
    },
    drop: async (gone) => {
      forget(gone);
      if (size.deliveries > 0) {
        size = { ...size, oldest: await oldestIn(store, drained) };
        await remove();
        return;
      }
      try {
        await remove();
        if (grown > roomToKeep) await shrink();
      } catch {
        // To remove something takes room as well. What else is wrong with the disk comes again here.
        await disk.makeRoom(remove);
      }
    },
    setAside: async (refused, reason) => {
      await db.updateTable("deliveries").set({ reason }).where("seq", "=", refused.seq).execute();
      size = { ...size, aside: size.aside + 1 };
    },
    size: () => size,
    close: async () => {
      await store.close();
      disk.release();
    },
  };

  async function remove(): Promise<void> {
    await db.deleteFrom("deliveries").where("seq", "<=", drained).where("reason", "is", null).execute();
  }

  async function shrink(): Promise<void> {
    await sql`vacuum`.execute(db);
    grown = 0;
  }

  function forget(gone: readonly Spooled[]): void {
    const bytes = gone.reduce((sum, { row }) => sum + row.bytes, 0);
    const deliveries = size.deliveries - gone.length;
    drained = Math.max(drained, ...gone.map(({ seq }) => seq));
    size = { ...size, deliveries, bytes: size.bytes - bytes, oldest: deliveries > 0 ? size.oldest : undefined };
  }
}

const waitingIn = ({ db }: Store, after: number) =>
  db.selectFrom("deliveries").where("seq", ">", after).where("reason", "is", null).orderBy("seq");

async function measure(store: Store): Promise<SpoolSize> {
  const found = await store.db
    .selectFrom("deliveries")
    .select(({ fn }) => [
      sql<number>`coalesce(sum(reason is null), 0)`.as("deliveries"),
      sql<number>`coalesce(sum(case when reason is null then bytes end), 0)`.as("bytes"),
      fn.countAll<number>().as("all"),
    ])
    .executeTakeFirstOrThrow();
  const { deliveries, bytes, all } = found;
  return { deliveries, bytes, oldest: await oldestIn(store, 0), aside: all - deliveries };
}

async function oldestIn(store: Store, after: number): Promise<Date | undefined> {
  const first = await waitingIn(store, after).select("received_at").limit(1).executeTakeFirst();
  return first && new Date(first.received_at);
}

/** Only what a delivery came with: the rest is said where it is stored. */
const toDelivery = (row: Omit<DeliveryRow, "state">): DeliveryRow => ({
  workspace_id: row.workspace_id,
  id: row.id,
  hook_id: row.hook_id,
  forge: row.forge,
  brand: row.brand,
  key: row.key,
  state: "pending",
  headers: row.headers,
  body: row.body,
  body_hash: row.body_hash,
  bytes: row.bytes,
  received_at: row.received_at,
});
