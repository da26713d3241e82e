import { blockFaults, textLength } from "./blocks.ts";
import type { FakeChannel, FakeMessage, FakeTeam, World } from "./world.ts";

/** The arguments of a call, with the JSON fields (`blocks`, `metadata`) already parsed. */
export type Arguments = Record<string, unknown>;

export interface Call {
  world: World;
  team: FakeTeam;
  args: Arguments;
}

export type Answer = Record<string, unknown>;

const no = (error: string, more: Answer = {}): Answer => ({ ok: false, error, ...more });
const string = (value: unknown): string => (value === undefined ? "" : String(value));
const flag = (value: unknown): boolean => value === true || value === "true" || value === "1";

/** The bot's user in a team: all tokens of a team are one app's. */
const botOf = (team: FakeTeam): string => `U${team.id.slice(1)}BOT`;

/** The team's channel with this id or `#name`. */
export function findChannel(team: FakeTeam, name: unknown): FakeChannel | undefined {
  const wanted = string(name);
  return team.channels.find(
    (channel) => channel.id === wanted || `#${channel.name}` === wanted || channel.name === wanted,
  );
}

/** What everybody may see of a message. */
function shown({ metadata, ...message }: FakeMessage, withMetadata: boolean): Answer {
  return { type: "message", ...message, ...(withMetadata && metadata !== undefined && { metadata }) };
}

/** The fault of text, blocks or metadata of a post or an update, in Slack's shape. */
function contentFault({ text, blocks, metadata }: Arguments): Answer | undefined {
  if (!text && blocks === undefined) return no("no_text");
  const messages = blocks === undefined ? [] : blockFaults(blocks);
  if (messages.length > 0) return no("invalid_blocks", { errors: messages, response_metadata: { messages } });
  if (textLength(blocks) > 12_000) return no("msg_blocks_too_long");
  if (metadata === undefined) return undefined;
  const valid =
    typeof metadata === "object" && metadata !== null && "event_type" in metadata && "event_payload" in metadata;
  return valid ? undefined : no("invalid_metadata_format");
}

/** Slack keeps 40,000 characters of the text. */
function clipped(text: unknown): { text: string; warning: Answer } {
  const points = [...string(text)];
  if (points.length <= 40_000) return { text: string(text), warning: {} };
  return { text: points.slice(0, 40_000).join(""), warning: { warning: "message_truncated" } };
}

function postFault(channel: FakeChannel, thread: string): string | undefined {
  if (channel.error) return channel.error;
  if (channel.archived) return "is_archived";
  if (!channel.member) return channel.private ? "channel_not_found" : "not_in_channel";
  if (channel.readOnly) return "restricted_action_read_only_channel";
  if (channel.threadOnly && !thread) return "restricted_action_thread_only_channel";
  if (thread && !channel.messages.some((message) => message.ts === thread)) return "thread_not_found";
  return undefined;
}

function postMessage({ world, team, args }: Call): Answer {
  const channel = findChannel(team, args["channel"]);
  if (!channel) return no("channel_not_found");
  const thread = string(args["thread_ts"]);
  const error = postFault(channel, thread);
  const fault = error ? no(error) : contentFault(args);
  if (fault) return fault;
  const { text, warning } = clipped(args["text"]);
  const message: FakeMessage = {
    ts: world.nextTs(),
    text,
    user: botOf(team),
    bot_id: `B${team.id.slice(1)}`,
    ...(args["blocks"] !== undefined && { blocks: args["blocks"] as unknown[] }),
    ...(args["metadata"] !== undefined && { metadata: args["metadata"] }),
    ...(thread && { thread_ts: thread, reply_broadcast: flag(args["reply_broadcast"]) }),
  };
  channel.messages.push(message);
  return { ok: true, channel: channel.id, ts: message.ts, message: shown(message, false), ...warning };
}

/** The message that an update or a delete names, or why not. */
function own({ team, args }: Call): { channel: FakeChannel; message: FakeMessage } | string {
  const channel = team.channels.find((one) => one.id === args["channel"]);
  if (!channel) return "channel_not_found";
  if (channel.error) return channel.error;
  if (channel.archived) return "is_archived";
  const message = channel.messages.find((one) => one.ts === args["ts"]);
  if (!message) return "message_not_found";
  return message.user === botOf(team) ? { channel, message } : "cant_update_message";
}

function update(call: Call): Answer {
  const found = own(call);
  if (typeof found === "string") return no(found);
  const { channel, message } = found;
  const fault = contentFault(call.args);
  if (fault) return fault;
  if ([...string(call.args["text"])].length > 40_000) return no("msg_too_long");
  // Text without blocks removes the blocks; metadata stays where it is left out.
  // https://docs.slack.dev/reference/methods/chat.update
  message.blocks = call.args["blocks"] as unknown[] | undefined;
  message.text = string(call.args["text"]) || message.text;
  if (call.args["metadata"] !== undefined) message.metadata = call.args["metadata"];
  return { ok: true, channel: channel.id, ts: message.ts, text: message.text, message: shown(message, false) };
}

function remove(call: Call): Answer {
  const found = own(call);
  if (typeof found === "string") return no(found === "cant_update_message" ? "cant_delete_message" : found);
  found.channel.messages.splice(found.channel.messages.indexOf(found.message), 1);
  return { ok: true, channel: found.channel.id, ts: found.message.ts };
}

function describe({ id, name, private: isPrivate, archived, member }: FakeChannel): Answer {
  return { id, name, is_channel: !isPrivate, is_private: isPrivate, is_archived: archived, is_member: member };
}

const visible = (channel: FakeChannel) => !channel.private || channel.member;

function page<Item>(items: Item[], args: Arguments): { items: Item[]; response_metadata: Answer } {
  const start = Number(args["cursor"] || 0);
  const end = start + Number(args["limit"] || 100);
  return { items: items.slice(start, end), response_metadata: { next_cursor: end < items.length ? String(end) : "" } };
}

function read({ team, args }: Call, pick: (channel: FakeChannel) => FakeMessage[] | undefined): Answer {
  const channel = findChannel(team, args["channel"]);
  if (!channel || !visible(channel)) return no("channel_not_found");
  if (!channel.member) return no("not_in_channel");
  const messages = pick(channel);
  if (!messages) return no("thread_not_found");
  const { items, response_metadata } = page(messages, args);
  const all = items.map((message) => shown(message, flag(args["include_all_metadata"])));
  return { ok: true, messages: all, has_more: response_metadata["next_cursor"] !== "", response_metadata };
}

/** Slack compares `ts` as numbers of microseconds; the borders count with `inclusive` only. */
function isBetween({ ts }: FakeMessage, { oldest, latest, inclusive }: Arguments): boolean {
  const border = flag(inclusive) ? 0 : 1;
  const at = microseconds(ts);
  return (
    (oldest === undefined || at >= microseconds(oldest) + border) &&
    (latest === undefined || at <= microseconds(latest) - border)
  );
}

const microseconds = (ts: unknown) => Math.round(Number(ts) * 1e6);

/** Every method that the fake knows. */
export const methods: Record<string, (call: Call) => Answer> = {
  "auth.test": ({ team }) => ({
    ok: true,
    url: `https://${team.name}.slack.com/`,
    team: team.name,
    team_id: team.id,
    user: "belfry",
    user_id: botOf(team),
    bot_id: `B${team.id.slice(1)}`,
  }),
  "chat.postMessage": postMessage,
  "chat.update": update,
  "chat.delete": remove,
  "conversations.info": ({ team, args }) => {
    const channel = findChannel(team, args["channel"]);
    return channel && visible(channel) ? { ok: true, channel: describe(channel) } : no("channel_not_found");
  },
  "conversations.list": ({ team, args }) => {
    const types = string(args["types"] || "public_channel").split(",");
    const listed = team.channels
      .filter((channel) => visible(channel) && types.includes(channel.private ? "private_channel" : "public_channel"))
      .filter((channel) => !(channel.archived && flag(args["exclude_archived"])));
    const { items, response_metadata } = page(listed, args);
    return { ok: true, channels: items.map(describe), response_metadata };
  },
  "conversations.history": (call) =>
    read(call, ({ messages }) =>
      messages
        .filter((one) => !one.thread_ts || one.reply_broadcast)
        .filter((one) => isBetween(one, call.args))
        .toReversed(),
    ),
  "conversations.replies": (call) =>
    read(call, ({ messages }) => {
      const { ts } = call.args;
      const thread = messages.filter((one) => one.ts === ts || one.thread_ts === ts);
      return thread.length > 0 ? thread : undefined;
    }),
};
