import type { Log } from "../log.ts";
import { pausedBy } from "../send/failure.ts";
import { isChannelId } from "../slack/ids.ts";
import { namesOfOne } from "../store/channels.ts";
import { moveChannel } from "../store/move-channel.ts";
import { pauseRules, resumeRules } from "../store/pause-rules.ts";
import type { Store } from "../store/store.ts";
import type { Leave } from "./leave.ts";
import type { BotEvent } from "./manifest.ts";
import { type UnfurlParts, unfurlLinks } from "./unfurl.ts";
import type { Source, WorkspaceOf } from "./who.ts";

export interface EventParts extends UnfurlParts {
  store: Store;
  /** as of requests, and makes no workspace */
  eventWorkspaceOf: WorkspaceOf;
  leave: Leave;
  log: Log;
}

/** @param event as Slack sends it: nothing in it is sure to be there */
type Handler = (parts: EventParts, source: Source, event: object) => Promise<void>;

const archived = "the channel was archived";
const shared = "the channel is shared with another company now";

/**
 * What is done about each event of Slack's. The manifest asks for just these.
 * https://docs.slack.dev/reference/events
 */
export const handlers = {
  app_uninstalled: gone("Belfry was uninstalled"),
  tokens_revoked: async (parts, source, event) => {
    // A revoked token of a person is none of ours: we have none.
    if (listOf(event, "tokens", "bot").length > 0) await gone("Belfry's token was revoked")(parts, source, event);
  },
  team_access_revoked: async (parts, source, event) => {
    const teams = "team_ids" in event && Array.isArray(event.team_ids) ? event.team_ids : [];
    await gone("Belfry was removed from the workspace", teams)(parts, source, event);
  },
  channel_archive: paused(archived),
  group_archive: paused(archived),
  channel_unarchive: resumed(archived, pausedBy("is_archived")),
  group_unarchive: resumed(archived, pausedBy("is_archived")),
  channel_deleted: paused("the channel was deleted"),
  group_deleted: paused("the channel was deleted"),
  channel_left: paused("Belfry was removed from the channel"),
  group_left: paused("Belfry was removed from the channel"),
  channel_rename: renamed,
  group_rename: renamed,
  channel_shared: paused(shared),
  channel_unshared: async (parts, source, event) => {
    if ("is_ext_shared" in event && event.is_ext_shared === false) await resumed(shared)(parts, source, event);
  },
  channel_id_changed: moved,
  link_shared: async (parts, source, event) => {
    const workspace = await parts.eventWorkspaceOf(source);
    if (workspace !== undefined) await unfurlLinks(parts, workspace, event);
  },
} satisfies Record<BotEvent, Handler>;

/** @param teams of an organization that go, where not all of it does */
function gone(reason: string, teams?: readonly unknown[]): Handler {
  return async ({ leave, log }, source) =>
    log.info({ workspaces: await leave(source, reason, teams) }, "the Slack app is gone");
}

function paused(reason: string): Handler {
  return async ({ store, eventWorkspaceOf, log }, source, event) => {
    const workspace = await eventWorkspaceOf(source);
    const channel = channelOf(event);
    if (workspace === undefined || channel === undefined) return;
    const rules = await pauseRules(store, workspace, { channel: channel.id, byAnyName: true }, reason);
    if (rules > 0) log.info({ channel: channel.id, rules, reason }, "rules paused");
  };
}

function resumed(...reasons: string[]): Handler {
  return async ({ store, eventWorkspaceOf, log }, source, event) => {
    const workspace = await eventWorkspaceOf(source);
    const channel = channelOf(event);
    if (workspace === undefined || channel === undefined) return;
    const rules = await resumeRules(store, workspace, reasons, { channel: channel.id, byAnyName: true });
    if (rules > 0) log.info({ channel: channel.id, rules }, "rules resumed");
  };
}

/** Rules made in Slack know their channel by its id. Those of rules.yml name it, and Slack does not know the old name. */
async function renamed({ store, eventWorkspaceOf, log }: EventParts, source: Source, event: object): Promise<void> {
  const workspace = await eventWorkspaceOf(source);
  const channel = channelOf(event);
  if (workspace === undefined || channel?.name === undefined) return;
  const reason = `the channel is called #${channel.name} now: write that into rules.yml`;
  for (const name of await namesOfOne(store.db, workspace, channel.id)) {
    if (!name.startsWith("#") || name === `#${channel.name}`) continue;
    const rules = await pauseRules(store, workspace, { channel: name }, reason);
    if (rules > 0) log.info({ channel: name, rules }, "rules paused: their channel has another name");
  }
}

/** A private channel gets another id when somebody begins to share it: its rules wait, whatever comes of that. */
async function moved({ store, eventWorkspaceOf, log }: EventParts, source: Source, event: object): Promise<void> {
  const workspace = await eventWorkspaceOf(source);
  const from = channelId("old_channel_id" in event && event.old_channel_id);
  const to = channelId("new_channel_id" in event && event.new_channel_id);
  if (workspace === undefined || from === undefined || to === undefined || from === to) return;
  const rules = await moveChannel(store, workspace, { from, to }, shared);
  log.info({ channel: to, was: from, rules, reason: shared }, "a channel has another id, and its rules are paused");
}

const channelId = (id: unknown): string | undefined => (typeof id === "string" && isChannelId(id) ? id : undefined);

/** Most events tell the channel's id, some the channel. */
function channelOf(event: object): { id: string; name?: string } | undefined {
  const channel = "channel" in event ? event.channel : undefined;
  if (typeof channel === "string") return { id: channel };
  if (typeof channel !== "object" || channel === null || !("id" in channel) || typeof channel.id !== "string")
    return undefined;
  const name = "name" in channel && typeof channel.name === "string" ? channel.name.slice(0, 80) : undefined;
  return { id: channel.id, ...(name !== undefined && { name }) };
}

function listOf(event: object, outer: string, inner: string): unknown[] {
  const found: unknown = Object.entries(event).find(([name]) => name === outer)?.[1];
  if (typeof found !== "object" || found === null) return [];
  const list: unknown = Object.entries(found).find(([name]) => name === inner)?.[1];
  return Array.isArray(list) ? list : [];
}
