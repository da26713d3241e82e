import { setImmediate } from "node:timers/promises";
import type { Delivery, Forge, Reading } from "../forges/forge.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../operation/metrics.ts";
import { inOneLane } from "../store/channels.ts";
import { type HookLease, LeaseLost, returnHook, takeHook } from "../store/hook-leases.ts";
import { addMessages } from "../store/open-messages.ts";
import {
  finishDelivery,
  hooksWithPending,
  type PendingDelivery,
  pendingDeliveries,
} from "../store/pending-deliveries.ts";
import { type Repeat, repeatedEvents } from "../store/same-events.ts";
import type { Store } from "../store/store.ts";
import { inTransaction } from "../store/transaction.ts";
import type { Keyed } from "../work/keyed.ts";
import { type Decided, decide } from "./decide.ts";
import { eventKey, tellsTime } from "./event-key.ts";

/** Few: what is written in one transaction holds up whoever sends deliveries meanwhile. */
const batch = { most: 25, bytes: 8_000_000 };
/** Messages of one transaction, or those of one delivery where they are more. */
const mostPosts = 1_000;

export interface Reader {
  store: Store;
  /** id of this worker */
  worker: () => string;
  forges: Readonly<Record<string, Forge>>;
  /** parses large bodies away from the event loop */
  parseLarge: (forge: string, delivery: Delivery, brand: string | undefined) => Promise<Reading>;
  /** messages were written */
  onMessages: () => void;
  log: Log;
  metrics: Metrics;
}

/** Bodies above this are parsed in a worker thread, so that nothing else waits for them. */
const largeBytes = 1_000_000;

interface Read extends Decided {
  /** the delivery's forge */
  forge: string;
}

/** One round: begins to read every hook that has something pending; a hook's deliveries in the order they arrived. */
export async function readPending(reader: Reader, hooks: Keyed): Promise<void> {
  for (const { workspace, hook } of await hooksWithPending(reader.store)) {
    if (hooks.room() > 0 && !hooks.has(hook)) hooks.begin(hook, () => takeAndRead(reader, { workspace, hook }));
  }
}

/**
 * Reads a hook unless another worker does: whoever reads it looks again when it is done. Where that fails the hook
 * stays taken until the next look at what nobody works on (worker.ts), as a pause.
 */
async function takeAndRead(reader: Reader, { workspace, hook }: { workspace: string; hook: string }): Promise<void> {
  const lease = await takeHook(reader.store, reader.worker(), { workspace, hook });
  if (lease) await readHook(reader, lease);
}

async function readHook(reader: Reader, lease: HookLease): Promise<void> {
  const { store, log, metrics, onMessages } = reader;
  const { workspace, hook } = lease;
  const reads: Read[] = [];
  let posts = 0;
  for (const delivery of await pendingDeliveries(store, { workspace, hook, ...batch })) {
    const began = performance.now();
    reads.push({
      forge: delivery.forge,
      ...(await decide(store, workspace, delivery.id, await parse(reader, delivery))),
    });
    metrics.took("read", (performance.now() - began) / 1000);
    posts += reads.at(-1)?.posts.length ?? 0;
    if (posts >= mostPosts) break;
    // A forge that sends the next delivery meanwhile does not wait for all of these.
    await setImmediate();
  }
  const written = await writeSome(reader, lease, reads);
  for (const { forge, delivery, posts } of written) {
    const { id, state, reason, kind } = delivery;
    metrics.read(forge, state, kind);
    log.info({ delivery: id, hook, state, reason, messages: posts.length }, "delivery read");
  }
  if (written.some(({ posts }) => posts.length > 0)) onMessages();
}

async function parse(
  { forges, parseLarge, log }: Reader,
  { id, headers, body, ...sent }: PendingDelivery,
): Promise<Reading> {
  if (body === undefined) return { state: "unreadable", reason: "its body is damaged in the database" };
  const forge = forges[sent.forge];
  if (!forge) return { state: "ignored", reason: `forge ${sent.forge} is not known any more` };
  try {
    if (body.length > largeBytes) return await parseLarge(sent.forge, { headers, body }, sent.brand);
    return forge.parse({ headers, body }, sent.brand);
  } catch (error) {
    // `parse` never throws by its contract. Should it, one delivery is kept as unreadable and the hook goes on.
    log.error({ error, delivery: id }, "delivery could not be parsed");
    return { state: "unreadable", reason: "Belfry failed to read it; this is a mistake of ours" };
  }
}

/**
 * Writes what was read. Where the store does not take all of it, it takes less: at last one delivery alone that cannot be
 * written is kept as unreadable, so that its hook goes on.
 */
async function writeSome(reader: Reader, lease: HookLease, reads: readonly Read[]): Promise<Read[]> {
  const { store, log } = reader;
  const [first] = reads;
  try {
    return await write(store, lease, reads);
  } catch (error) {
    if (!first || error instanceof LeaseLost || store.engine.isAway(error)) throw error;
    log.error({ error, delivery: first.delivery.id, deliveries: reads.length }, "what was read could not be written");
    if (reads.length > 1) return writeSome(reader, lease, reads.slice(0, Math.ceil(reads.length / 2)));
    if (!store.engine.isRefusal(error)) throw error;
    const reason = "Belfry failed to write down what it says; this is a mistake of ours";
    return write(store, lease, [
      { forge: first.forge, delivery: { id: first.delivery.id, state: "unreadable", reason }, posts: [] },
    ]);
  }
}

/**
 * Messages are written in the transaction that finishes their delivery: both or neither. An event that another hook of
 * the workspace has told writes none.
 * @returns what was written
 */
async function write(store: Store, lease: HookLease, reads: readonly Read[]): Promise<Read[]> {
  const { workspace, hook } = lease;
  const events = reads.flatMap(({ delivery, event }) => {
    const key = event && eventKey(event);
    return event === undefined || key === undefined ? [] : [{ delivery: delivery.id, key, timed: tellsTime(event) }];
  });
  const keys = new Map(events.map(({ delivery, key }) => [delivery, key]));
  return inTransaction(store, async (trx) => {
    await returnHook(store, trx, lease);
    const repeats = await repeatedEvents(store, trx, { workspace, hook, events });
    const written = reads.map((read) => settle(read, keys.get(read.delivery.id), repeats.get(read.delivery.id)));
    for (const { delivery } of written) await finishDelivery(store, trx, workspace, delivery);
    const messages = written.flatMap(({ delivery, event, posts }) =>
      event ? posts.map(({ channel, rule }) => ({ workspace, channel, delivery: delivery.id, rule, event })) : [],
    );
    await addMessages(store, trx, await inOneLane(store, trx, workspace, messages));
    return written;
  });
}

function settle({ delivery, posts, ...read }: Read, key: string | undefined, repeat: Repeat | undefined): Read {
  if (!repeat) return { ...read, delivery: { ...delivery, eventKey: key }, posts };
  const { of, reason } = repeat;
  return {
    ...read,
    delivery: { ...delivery, state: "duplicate", reason, duplicateOf: of, eventKey: repeat.key, decisions: undefined },
    posts: [],
  };
}
