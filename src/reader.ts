import type { Event } from "./events.ts";
import type { Delivery, Forge, Reading } from "./forges/forge.ts";
import type { Keyed } from "./keyed.ts";
import type { Log } from "./log.ts";
import { type Decision, match } from "./rules/match.ts";
import { addMessage } from "./store/open-messages.ts";
import {
  finishDelivery,
  hooksWithPending,
  type PendingDelivery,
  pendingDeliveries,
  type ReadDelivery,
} from "./store/pending-deliveries.ts";
import { rulesNaming } from "./store/rules.ts";
import type { Store } from "./store/store.ts";

const batch = { most: 100, bytes: 8_000_000 };
const mostDecisions = 200;

export interface Reader {
  store: Store;
  forges: Readonly<Record<string, Forge>>;
  /** parses large bodies away from the event loop */
  parseLarge: (forge: string, delivery: Delivery, brand: string | undefined) => Promise<Reading>;
  /** messages were written */
  onMessages: () => void;
  log: Log;
}

/** Bodies above this are parsed in a worker thread, so that nothing else waits for them. */
const largeBytes = 1_000_000;

interface Read {
  delivery: ReadDelivery;
  event?: Event;
  posts: Decision[];
}

/** One round: begins to read every hook that has something pending; a hook's deliveries in the order they arrived. */
export async function readPending(reader: Reader, hooks: Keyed): Promise<void> {
  for (const { workspace, hook } of await hooksWithPending(reader.store)) {
    if (!hooks.busy(hook)) hooks.begin(hook, () => readHook(reader, workspace, hook));
  }
}

async function readHook(reader: Reader, workspace: string, hook: string): Promise<void> {
  const { store, log, onMessages } = reader;
  const reads: Read[] = [];
  for (const delivery of await pendingDeliveries(store, { workspace, hook, ...batch })) {
    reads.push(await decide(store, workspace, delivery.id, await parse(reader, delivery)));
  }
  await write(store, workspace, reads);
  for (const { delivery, posts } of reads) {
    const { id, state, reason } = delivery;
    log.info({ delivery: id, hook, state, reason, messages: posts.length }, "delivery read");
  }
  if (reads.some(({ posts }) => posts.length > 0)) onMessages();
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

/** Asks the rules about one delivery. */
async function decide(store: Store, workspace: string, id: string, reading: Reading): Promise<Read> {
  if (reading.state !== "event") return { delivery: { id, ...reading }, posts: [] };
  const { event } = reading;
  const decisions = match(event, await rulesNaming(store, workspace, event.project));
  return { delivery: describe(id, event, decisions), event, posts: decisions.filter(({ post }) => post) };
}

const describe = (id: string, event: Event, decisions: Decision[]): ReadDelivery => ({
  id,
  state: "event",
  kind: event.kind,
  action: plain(event.action),
  project: plain(event.project.path),
  reason: silence(decisions),
  decisions: JSON.stringify({ count: decisions.length, rules: decisions.toSorted(postsFirst).slice(0, mostDecisions) }),
});

/** Why nothing is said. The rules' own reasons quote the payload, so they stay in the encrypted decisions. */
function silence(decisions: Decision[]): string | undefined {
  if (decisions.length === 0) return "no rule names the project";
  return decisions.some(({ post }) => post) ? undefined : "no rule posts it; `deliveries show` tells why";
}

/** The list may be cut: what posted is never cut off. */
const postsFirst = (a: Decision, b: Decision) => Number(b.post) - Number(a.post);

/** Text for a column: databases refuse NUL, and a list stays readable. */
const plain = (text: string) => text.replace(/\p{Cc}/gu, "").slice(0, 300);

/** Messages are written in the transaction that finishes their delivery: both or neither. */
async function write(store: Store, workspace: string, reads: readonly Read[]): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    for (const { delivery, event, posts } of reads) {
      await finishDelivery(store, trx, workspace, delivery);
      if (!event) continue;
      for (const { channel, rule } of posts) {
        await addMessage(store, trx, { workspace, channel, delivery: delivery.id, rule, event });
      }
    }
  });
}
