import { type Selectable, sql, type Transaction } from "kysely";
import { isKeyOfBody } from "../forges/delivery.ts";
import { replayed } from "./pending-deliveries.ts";
import { type Params, prepared } from "./prepared.ts";
import type { DeliveriesTable, Tables } from "./schema.ts";
import type { Store } from "./store.ts";

/** An event that a delivery of the batch tells. */
export interface ReadEvent {
  /** id of the delivery */
  delivery: string;
  /** what tells the event from others: `eventKey` */
  key: string;
  /** the same body can only be the same event: `tellsTime` */
  timed: boolean;
}

/** Why a delivery tells nothing new. */
export interface Repeat {
  /** id of the delivery that told it */
  of: string;
  /** in words for people */
  reason: string;
  /** the key to keep with it; undefined where its own hook sent it again, which is not the event once more */
  key: string | undefined;
}

/** Milliseconds within which the same event is looked for. */
const window = 86_400_000;

/** Of its own hook an hour more is counted: at the edge of the window an event is said twice rather than lost. */
const edge = 3_600_000;

/** Deliveries that share keys with a batch are few: those of another hook or two, and pushes that go back and forth. */
const mostRows = 5_000;

/**
 * Finds the deliveries of a batch whose events were told before, inside the transaction that finishes them; other
 * readers of the same events wait for its end. The n-th event of a key through this hook is news only while no other
 * hook of the workspace has brought n of them within a day: what happens twice is said twice. What a person replays is
 * always news.
 * @param events of one hook, in the order they arrived
 * @returns by the id of the delivery; those that are not in it are news
 */
export async function repeatedEvents(
  store: Store,
  trx: Transaction<Tables>,
  { workspace, hook, events }: { workspace: string; hook: string; events: readonly ReadEvent[] },
): Promise<Map<string, Repeat>> {
  const repeats = new Map<string, Repeat>();
  if (events.length === 0) return repeats;
  await store.engine.lockKeys(
    trx,
    events.map(({ key }) => JSON.stringify(["event", workspace, key])),
  );
  const arrivals = await arrivalsOf(store, trx, workspace, events);
  const told = await toldBefore(store, trx, workspace, [...arrivals.values()]);
  const names = await hookNames(trx, workspace, told);
  for (const { delivery, key, timed } of events) {
    const row = arrivals.get(delivery);
    if (!row) continue;
    const arrival = { ...row, event_key: key, hook_id: hook };
    const same = told.filter((one) => one.event_key === key && one.id !== delivery);
    const isNews = row.reason === replayed;
    const repeat = isNews ? undefined : (timed && sentAgain(arrival, same)) || toldByOther(arrival, same, names);
    if (repeat) repeats.set(delivery, repeat);
    const counts = !repeat || repeat.key !== undefined;
    if (counts && !told.some(({ id }) => id === delivery)) told.push({ ...arrival, duplicate_of: repeat?.of ?? null });
  }
  return repeats;
}

type Row = Pick<
  Selectable<DeliveriesTable>,
  "id" | "hook_id" | "event_key" | "key" | "body_hash" | "received_at" | "duplicate_of"
>;

async function arrivalsOf(
  store: Pick<Store, "engine">,
  trx: Transaction<Tables>,
  workspace: string,
  events: readonly ReadEvent[],
) {
  const keys = new Map(events.map(({ delivery, key }) => [delivery, key]));
  const ids = [...keys.keys()].map((id) => ({ workspace_id: workspace, id }));
  const { rows } = await deliveriesOf({ ...store, db: trx }, { ids });
  return new Map(rows.map((row) => [row.id, { ...row, event_key: keys.get(row.id) ?? null }]));
}

interface Id {
  workspace_id: string;
  id: string;
}

const deliveriesOf = prepared(({ db }, param: Params<{ ids: readonly Id[] }>) =>
  db
    .selectFrom(param.rows("ids", { workspace_id: "text", id: "text" }).as("given"))
    .innerJoin("deliveries", (join) =>
      join.onRef("deliveries.workspace_id", "=", "given.workspace_id").onRef("deliveries.id", "=", "given.id"),
    )
    .select(["deliveries.id", "hook_id", "event_key", "key", "body_hash", "received_at", "duplicate_of", "reason"])
    .compile(),
);

/** In the words of the partial index `deliveries_event`. */
const hasKey = sql<boolean>`deliveries.event_key is not null`;

/** The deliveries of all hooks that told events with these keys, oldest first. */
async function toldBefore(
  store: Pick<Store, "engine">,
  trx: Transaction<Tables>,
  workspace: string,
  arrivals: readonly Row[],
): Promise<Row[]> {
  const times = arrivals.map(({ received_at }) => Date.parse(received_at));
  const keys = distinct(arrivals.map(({ event_key }) => event_key));
  const wanted = keys.map((key) => ({ workspace_id: workspace, event_key: key }));
  const { rows } = await tellers(
    { ...store, db: trx },
    {
      keys: wanted,
      from: new Date(Math.min(...times) - window - edge).toISOString(),
      until: new Date(Math.max(...times) + window + edge).toISOString(),
    },
  );
  return rows.reverse();
}

interface Telling {
  keys: readonly { workspace_id: string; event_key: string | null }[];
  from: string;
  until: string;
}

// Key by key: for a list of keys SQLite would rather go through all that the workspace ever got, to spare the sorting.
const tellers = prepared(({ db }, param: Params<Telling>) =>
  db
    .selectFrom(param.rows("keys", { workspace_id: "text", event_key: "text" }).as("given"))
    .innerJoin("deliveries", (join) =>
      join
        .onRef("deliveries.workspace_id", "=", "given.workspace_id")
        .onRef("deliveries.event_key", "=", "given.event_key"),
    )
    .select(["id", "hook_id", "deliveries.event_key", "key", "body_hash", "received_at", "duplicate_of"])
    .where(hasKey)
    .where("received_at", ">=", param.value("from"))
    .where("received_at", "<=", param.value("until"))
    .orderBy("seq", "desc")
    .limit(mostRows)
    .compile(),
);

async function hookNames(trx: Transaction<Tables>, workspace: string, told: readonly Row[]) {
  const ids = distinct(told.map(({ hook_id }) => hook_id));
  const hooks =
    ids.length === 0
      ? []
      : await trx
          .selectFrom("hooks")
          .select(["id", "name"])
          .where("workspace_id", "=", workspace)
          .where("id", "in", ids)
          .execute();
  return new Map(hooks.map(({ id, name }) => [id, name]));
}

const isWithin = (arrival: Row, row: Row, most: number) =>
  Math.abs(Date.parse(arrival.received_at) - Date.parse(row.received_at)) <= most;

/** A forge that sends no ids sent the very same body before. With ids they tell: `Test` sends the same body each time. */
function sentAgain(arrival: Row, same: readonly Row[]): Repeat | undefined {
  if (!isKeyOfBody(arrival.key)) return undefined;
  const first = same.find(
    (row) => row.hook_id === arrival.hook_id && row.body_hash === arrival.body_hash && isWithin(arrival, row, window),
  );
  return first && { of: first.duplicate_of ?? first.id, reason: "sent again by the forge", key: undefined };
}

function toldByOther(arrival: Row, same: readonly Row[], names: ReadonlyMap<string, string>): Repeat | undefined {
  const before = same.filter((row) => row.hook_id === arrival.hook_id && isWithin(arrival, row, window + edge)).length;
  const others = same.filter((row) => row.hook_id !== arrival.hook_id && isWithin(arrival, row, window));
  const ofHooks = distinct(others.map(({ hook_id }) => hook_id)).map((hook) =>
    others.filter(({ hook_id }) => hook_id === hook),
  );
  const matching = ofHooks.flatMap((rows) => rows[before] ?? []);
  const first = matching.find(({ duplicate_of }) => duplicate_of === null) ?? matching[0];
  if (!first) return undefined;
  const name = names.get(first.hook_id);
  const reason = `the same event came through ${name === undefined ? "a hook that was removed" : `hook “${name}”`}`;
  return { of: first.duplicate_of ?? first.id, reason, key: arrival.event_key ?? undefined };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
