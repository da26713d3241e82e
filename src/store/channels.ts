import { sql, type Transaction } from "kysely";
import { isOpen } from "./lanes.ts";
import type { Tables } from "./schema.ts";
import type { Store } from "./store.ts";

// A channel has two names: `#name` in rules.yml and its id in Slack. That they are one is known from the lane of
// `#name` once something was posted there, or once somebody has named both.

type Names = ReadonlyMap<string, readonly string[]>;

/** Slack's ids of those channels that are named by `#name`, as far as they are known. */
export async function channelIds(
  { db }: Pick<Store, "db">,
  workspace: string,
  channels: readonly string[],
): Promise<Map<string, string>> {
  const names = channels.filter((channel) => channel.startsWith("#"));
  if (names.length === 0) return new Map();
  const rows = await db
    .selectFrom("lanes")
    .select(["channel", "channel_id"])
    .where("workspace_id", "=", workspace)
    .where("channel", "in", names)
    .execute();
  return new Map(rows.flatMap(({ channel, channel_id }) => (channel_id === null ? [] : [[channel, channel_id]])));
}

/** Each channel's own names: itself, its id, and every `#name` that is known to be it. */
export async function namesOf(db: Store["db"], workspace: string, channels: readonly string[]): Promise<Names> {
  if (channels.length === 0) return new Map();
  const known = await channelIds({ db }, workspace, channels);
  const idOf = (channel: string) => known.get(channel) ?? channel;
  const rows = await db
    .selectFrom("lanes")
    .select(["channel", "channel_id"])
    .where("workspace_id", "=", workspace)
    .where("channel_id", "in", [...new Set(channels.map(idOf))])
    .where(isNamed)
    .execute();
  const named = (id: string) => rows.filter(({ channel_id }) => channel_id === id).map(({ channel }) => channel);
  return new Map(channels.map((channel) => [channel, [...new Set([channel, idOf(channel), ...named(idOf(channel))])]]));
}

/** What rules may call one channel: what it is called here, its id, and every `#name` that is known to be it. */
export const namesOfOne = async (db: Store["db"], workspace: string, channel: string): Promise<readonly string[]> =>
  (await namesOf(db, workspace, [channel])).get(channel) ?? [channel];

/** In the words of the partial index `lanes_named`. */
const isNamed = sql<boolean>`channel_id <> channel`;

/**
 * Gives messages of one channel the same lane, whichever of its names their rules use: the lane of what waits there
 * already, so that they come after it, else that of the first of them. Inside the transaction that writes them.
 * @returns the messages, each with all names of its channel
 */
export async function inOneLane<Message extends { channel: string }>(
  store: Store,
  trx: Transaction<Tables>,
  workspace: string,
  messages: readonly Message[],
): Promise<(Message & { names: readonly string[] })[]> {
  const channels = [...new Set(messages.map(({ channel }) => channel))];
  const names = await namesOf(trx, workspace, channels);
  const several = channels.map((channel) => names.get(channel)?.toSorted() ?? []).filter(({ length }) => length > 1);
  const lanes = new Map<string, string>();
  // Two that write to one channel must not choose at the same moment: each would miss what the other writes.
  await store.engine.lockKeys(
    trx,
    several.map((same) => JSON.stringify(["channel", workspace, same.find((name) => !name.startsWith("#"))])),
  );
  for (const same of several) {
    const first = channels.find((channel) => same.includes(channel));
    const lane = lanes.get(first ?? "") ?? (await lastWaiting(trx, workspace, same)) ?? first;
    if (lane !== undefined) for (const name of same) lanes.set(name, lane);
  }
  return messages.map((message) => ({
    ...message,
    channel: lanes.get(message.channel) ?? message.channel,
    names: names.get(message.channel) ?? [message.channel],
  }));
}

/** Of these lanes the one in which the newest message waits. */
async function lastWaiting(trx: Transaction<Tables>, workspace: string, lanes: readonly string[]) {
  const newest: { seq: number; channel: string }[] = [];
  for (const channel of lanes) {
    const row = await trx
      .selectFrom("messages")
      .select(["seq", "channel"])
      .where("workspace_id", "=", workspace)
      .where("channel", "=", channel)
      .where(isOpen)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst();
    if (row) newest.push(row);
  }
  return newest.sort((a, b) => b.seq - a.seq)[0]?.channel;
}

/** Takes note that a `#name` is the channel of this id, before anything was posted there. */
export async function noteChannel(store: Store, workspace: string, name: string, id: string): Promise<void> {
  const known = { channel_id: id, paced_at: store.now().toISOString() };
  await store.db
    .insertInto("lanes")
    .values({ workspace_id: workspace, channel: name, failures: 0, ready_at: null, ...known })
    .onConflict((conflict) => conflict.columns(["workspace_id", "channel"]).doUpdateSet({ channel_id: id }))
    .execute();
}
