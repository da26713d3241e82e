import { RefusedError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type Metrics, timed } from "../operation/metrics.ts";
import { addDeliveries, type NewDelivery, receive, type Stored } from "../store/add-deliveries.ts";
import { batched } from "../store/batch.ts";
import { allHooks, type HookCopy } from "../store/hook-copy.ts";
import { findHook, findHookRow, type Hook, toHook } from "../store/hooks.ts";
import type { Spool } from "../store/spool.ts";
import { probeStore, type Store } from "../store/store.ts";
import { startLoop } from "../work/loop.ts";
import { drainSome } from "./drain.ts";
import { batch, type Inbox, type InboxStatus } from "./inbox.ts";
import { createPatience } from "./patience.ts";

export interface Parts {
  /** the database, which may be away */
  store: Store;
  /** this process' own spool, with the copy of the hooks in it */
  spool: Spool;
  copy: HookCopy;
  /** spools of processes that are gone; each is closed when it is drained */
  takeLeftovers: () => Promise<Spool[]>;
  /** false where the spool's disk goes away with the process */
  lasts: boolean;
  /** deliveries came into the store other than by `add` */
  onDrained: () => void;
  log: Pick<Log, "info" | "warn" | "error">;
  metrics: Metrics;
}

interface Arrived {
  delivery: NewDelivery;
  /** of performance.now() */
  since: number;
}

/** Milliseconds. A forge waits for 10 seconds: a question and a write fit into that, with the spool after them. */
export const patience = { find: 3_000, add: 3_000, turn: 1_000, least: 250, probe: 3_000, drain: 15_000, stop: 2_000 };
/** How often the database is looked at, and how old the copy of the hooks may become. */
export const pulse = { poll: 1_000, refresh: 60_000 };

/**
 * Takes deliveries also while the database is away: verified by a copy of the hooks, kept in the spool, moved to the
 * database in order when it is back. While anything waits there, whatever comes joins the queue, so that nothing
 * overtakes. The database counts as away from the first failure or silence, and then nothing waits for it any more.
 */
export async function createSpoolingInbox(parts: Parts, limits = patience, { poll, refresh } = pulse): Promise<Inbox> {
  const { store, spool, copy, log } = parts;
  const { within, lose } = createPatience();
  let state: InboxStatus["state"] = "away";
  const leftovers: Spool[] = [];
  const closing: Promise<void>[] = [];
  let settled = Promise.withResolvers<void>();
  let [spooling, refreshed] = [0, Number.NEGATIVE_INFINITY];

  function leave(error: unknown): void {
    // Whoever still waits for an answer goes on at once.
    lose(error);
    if (state !== "away") log.error({ error }, "the database is away; deliveries go to the spool");
    state = "away";
  }

  /** What is not an outage stays what it is: nobody may put the database away by what he sends. */
  function away(error: unknown): void {
    if (!store.engine.isAway(error)) throw error;
    leave(error);
  }

  async function find(id: string): Promise<Hook | undefined> {
    if (state !== "away") {
      const answer = await within(ask(id), limits.find).catch(away);
      if (answer) {
        await copy.note(id, answer.row).catch(warnOfCopy);
        return answer.row && toHook(store, answer.row);
      }
    }
    const hook = await findHook(spool.store, id);
    if (hook) return hook;
    throw new RefusedError(503, "the database is away, and the hook is not in the copy", 10);
  }

  const ask = async (id: string) => ({ row: await findHookRow(store, id) });
  const warnOfCopy = (error: unknown) => log.warn({ error }, "the copy of the hooks cannot be written");

  const add = batched(timed(parts.metrics, "store", write), {
    ...batch,
    sizeOf: ({ delivery }) => delivery.body.length,
  });

  async function write(items: Arrived[]): Promise<Stored[]> {
    const deliveries = items.map(({ delivery }) => delivery);
    // The last ones are about to leave the spool: who waits for that goes on directly. Otherwise the spool would never
    // be empty under a steady load. Not in time: into the spool, then.
    if (state === "draining" && waiting() <= batch.most.items)
      await within(settled.promise, limits.turn).catch(() => {});
    if (state === "here") {
      // What has waited for its turn has less time left: a slow database must not add up.
      const waited = performance.now() - Math.min(...items.map(({ since }) => since));
      const most = Math.max(limits.add - waited, limits.least);
      const stored = await within(addDeliveries(store, deliveries), most).catch((error: unknown) => {
        if (store.engine.isAway(error)) leave(error);
        else log.error({ error }, "the database did not take deliveries; they go to the spool");
        // Nothing may overtake them there.
        if (state === "here") state = "draining";
        spooling += 1;
      });
      if (stored) return stored;
    } else {
      spooling += 1;
    }
    try {
      return await spool.add(deliveries);
    } finally {
      spooling -= 1;
    }
  }

  /** One look at the database, and one batch for it. @returns when to look again */
  async function round(): Promise<number> {
    try {
      await look();
      if (waiting() > 0) await drain();
    } catch (error) {
      leave(error);
    }
    return state === "draining" ? 0 : poll;
  }

  async function look(): Promise<void> {
    await within(probeStore(store), limits.probe);
    if (state === "away" || performance.now() - refreshed >= refresh) {
      const hooks = await within(allHooks(store), limits.drain);
      await copy.refresh(hooks).catch(warnOfCopy);
      leftovers.push(...(await parts.takeLeftovers()));
      refreshed = performance.now();
    }
    settle();
  }

  async function drain(): Promise<void> {
    await drainSome({ store, most: batch.most, patient: (work) => within(work, limits.drain), log }, all());
    if (state === "away") log.info({ deliveries: waiting() }, "the database is back; the spool is drained");
    state = "draining";
    parts.onDrained();
    settle();
  }

  /** The database is here: whether it gets deliveries at once depends on what waits, or is on its way into the spool. */
  function settle(): void {
    if (waiting() > 0 || spooling > 0) {
      if (state === "here") state = "draining";
      return;
    }
    if (state !== "here") log.info({}, "deliveries go to the database");
    state = "here";
    settled.resolve();
    settled = Promise.withResolvers();
    for (const empty of leftovers.splice(0)) closing.push(empty.close());
  }

  const all = () => [spool, ...leftovers];
  const sizes = () => all().map((one) => one.size());
  const waiting = () => sum(sizes().map(({ deliveries }) => deliveries));

  await look().catch((error: unknown) => log.error({ error }, "the database is away; deliveries go to the spool"));
  const loop = startLoop(round, { poll, onError: (error) => log.error({ error }, "the spool is not drained") });

  return {
    find,
    add: (delivery) => add({ delivery: { ...delivery, received: receive(store) }, since: performance.now() }),
    status: () => ({
      state,
      deliveries: waiting(),
      bytes: sum(sizes().map(({ bytes }) => bytes)),
      oldest: sizes()
        .flatMap(({ oldest }) => oldest ?? [])
        .sort((a, b) => a.getTime() - b.getTime())[0],
      aside: sum(sizes().map(({ aside }) => aside)),
      lasts: parts.lasts,
    }),
    copied: copy.size,
    stop: async () => {
      const end = setTimeout(() => lose(new Error("stopping")), limits.stop);
      const stopBy = performance.now() + limits.stop;
      await loop.stop();
      // What is on its way goes on for a moment: a dyno's disk is gone after this.
      while (state === "draining" && performance.now() < stopBy) await round();
      clearTimeout(end);
      for (const one of all()) closing.push(one.close());
      await Promise.all(closing);
    },
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
