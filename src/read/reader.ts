import { setImmediate } from "node:timers/promises";
import type { Delivery, Forge, Reading } from "../forges/forge.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../operation/metrics.ts";
import { type HookLease, takeHook } from "../store/hook-leases.ts";
import { ObjectChanged } from "../store/objects.ts";
import { hooksWithPending, type PendingDelivery, pendingDeliveries } from "../store/pending-deliveries.ts";
import type { Store } from "../store/store.ts";
import type { Keyed } from "../work/keyed.ts";
import { decide, isShownBy } from "./decide.ts";
import { createKnowledge } from "./knowledge.ts";
import { openRulebook } from "./rulebook.ts";
import { type Read, writeSome } from "./write.ts";

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

interface Parsed {
  id: string;
  /** the delivery's forge */
  forge: string;
  isReplayed: boolean;
  reading: Reading;
}

/** How often what was read is decided anew because another reader learned something about the same objects. */
const mostTries = 5;

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
  const parsed: Parsed[] = [];
  for (const delivery of await pendingDeliveries(store, { workspace, hook, ...batch })) {
    const began = performance.now();
    const { id, forge, isReplayed } = delivery;
    parsed.push({ id, forge, isReplayed, reading: await parse(reader, delivery) });
    metrics.took("read", (performance.now() - began) / 1000);
    // A forge that sends the next delivery meanwhile does not wait for all of these.
    await setImmediate();
  }
  const written = await decideAndWrite(reader, lease, parsed);
  for (const { forge, delivery, posts } of written) {
    const { id, state, reason, kind } = delivery;
    metrics.read(forge, state, kind);
    log.info({ delivery: id, hook, state, reason, messages: posts.length }, "delivery read");
  }
  if (written.some(({ posts }) => posts.length > 0)) onMessages();
}

async function decideAndWrite(reader: Reader, lease: HookLease, parsed: readonly Parsed[]): Promise<Read[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await writeSome(reader, lease, await decideAll(reader, lease, parsed));
    } catch (error) {
      if (!(error instanceof ObjectChanged) || tries >= mostTries) throw error;
      reader.log.debug({ hook: lease.hook }, "another reader was faster: decided anew");
    }
  }
}

/** What is thrown by mistakes in our own code, and not by the store. */
const ourMistakes = [TypeError, RangeError, ReferenceError];

/** In the order they arrived: each event is judged by what the ones before it told. */
async function decideAll({ store, log }: Reader, { workspace }: HookLease, parsed: readonly Parsed[]): Promise<Read[]> {
  const events = parsed.flatMap(({ reading }) => (reading.state === "event" ? reading.event : []));
  const book = await openRulebook(store, workspace, events);
  const knowledge = createKnowledge(store, workspace);
  await knowledge.load(events.filter((event) => isShownBy(book.rulesOf(event), event)));
  const reads: Read[] = [];
  let posts = 0;
  for (const { id, forge, isReplayed, reading } of parsed) {
    const decided = await decide(book, knowledge, id, reading).catch((error: unknown) => {
      if (!ourMistakes.some((kind) => error instanceof kind)) throw error;
      // Told without a card beats a hook that stands still.
      log.error({ error, delivery: id }, "what the event means for its card could not be told");
      return decide(book, undefined, id, reading);
    });
    reads.push({ forge, isReplayed, ...decided });
    posts += decided.posts.length;
    if (posts >= mostPosts) break;
    await setImmediate();
  }
  return reads;
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
