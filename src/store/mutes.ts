import { type ChannelMute, parseMute } from "../rules/mute.ts";
import type { MutesTable } from "./app-tables.ts";
import { type Doing, record } from "./audit.ts";
import { shortId } from "./short-id.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";

/** What a channel does not want to hear. */
export interface Mute extends ChannelMute {
  id: string;
  /** projects and kinds in canonical words, as `formatMute` writes them */
  words: string;
  /** who made it, as in the audit */
  createdBy: string;
}

export interface NewMute {
  /** Slack's id of the channel */
  channel: string;
  /** its name without `#`, where it has one: rules of rules.yml name it so */
  channelName?: string | undefined;
  words: string;
  /** ISO 8601; undefined: until it is unmuted */
  until: string | undefined;
}

/** Stores a mute. Its words must have been parsed before. */
export const addMute = (store: Store, workspace: string, mute: NewMute, doing: Doing): Promise<Mute> =>
  inTransaction(store, async (trx) => {
    const row = newRow(workspace, mute, doing, store.now());
    const made = toMute(row);
    await trx.insertInto("mutes").values(row).execute();
    await record(store, trx, workspace, { ...doing, action: "mute", object: made.id, words: mute.words });
    return made;
  });

/** Ends a mute. @returns false when there is no such mute in the channel */
export const removeMute = (
  store: Store,
  workspace: string,
  { channel, id }: Pick<Mute, "channel" | "id">,
  doing: Doing,
): Promise<boolean> =>
  inTransaction(store, async (trx) => {
    const row = await trx
      .deleteFrom("mutes")
      .where("workspace_id", "=", workspace)
      .where("channel", "=", channel)
      .where("id", "=", id)
      .returning("words")
      .executeTakeFirst();
    if (row) await record(store, trx, workspace, { ...doing, action: "unmute", object: id, words: row.words });
    return row !== undefined;
  });

/** The mutes of some channels that hold now, oldest first. @param channels ids and `#name`s */
export async function listMutes(store: Store, workspace: string, channels: readonly string[]): Promise<Mute[]> {
  if (channels.length === 0) return [];
  const rows = await store.db
    .selectFrom("mutes")
    .selectAll()
    .where("workspace_id", "=", workspace)
    .where(({ eb, or }) => or([eb("channel", "in", channels), eb("channel_name", "in", channels)]))
    .where(({ eb, or }) => or([eb("until", "is", null), eb("until", ">", store.now().toISOString())]))
    .orderBy("created_at")
    .execute();
  return rows.map(toMute);
}

const newRow = (
  workspace: string,
  { channel, channelName, words, until }: NewMute,
  { actor }: Doing,
  now: Date,
): MutesTable => ({
  workspace_id: workspace,
  id: shortId(),
  channel,
  channel_name: channelName === undefined ? null : `#${channelName}`,
  words,
  until: until ?? null,
  created_by: actor,
  created_at: now.toISOString(),
});

function toMute({ id, channel, channel_name, words, until, created_by }: MutesTable): Mute {
  const parsed = parseMute(words);
  return {
    id,
    channel,
    channelName: channel_name?.slice(1),
    words,
    until: until ?? undefined,
    createdBy: created_by,
    grammar: "mute" in parsed ? parsed.mute : undefined,
  };
}
