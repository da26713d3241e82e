import { type Answer, type Arguments, type Call, flag, no, string } from "./answer.ts";
import { shown } from "./content.ts";
import { type FakeChannel, type FakeMessage, findChannel, openDirect } from "./world.ts";

/** https://docs.slack.dev/reference/objects/conversation-object */
function describe(channel: FakeChannel): Answer {
  const { id, name, direct, shared } = channel;
  if (direct) return { id, user: direct, is_im: true, is_archived: channel.archived, is_org_shared: false };
  return {
    ...{ id, name, name_normalized: name, is_channel: true, is_group: false, is_im: false, is_mpim: false },
    is_private: channel.private,
    is_archived: channel.archived,
    is_member: channel.member,
    is_general: false,
    ...{ is_shared: shared, is_ext_shared: shared, is_org_shared: false, is_pending_ext_shared: false },
  };
}

const isVisible = (channel: FakeChannel) => !channel.private || channel.member;
const typeOf = (channel: FakeChannel) =>
  channel.direct ? "im" : channel.private ? "private_channel" : "public_channel";

function page<Item>(items: Item[], args: Arguments): { items: Item[]; response_metadata: Answer } {
  const start = Number(args["cursor"] || 0);
  const end = start + Number(args["limit"] || 100);
  return { items: items.slice(start, end), response_metadata: { next_cursor: end < items.length ? String(end) : "" } };
}

function list({ team, args }: Call): Answer {
  const types = string(args["types"] || "public_channel").split(",");
  const listed = team.channels
    .filter((channel) => isVisible(channel) && types.includes(typeOf(channel)))
    .filter((channel) => !(channel.archived && flag(args["exclude_archived"])));
  const { items, response_metadata } = page(listed, args);
  return { ok: true, channels: items.map(describe), response_metadata };
}

function open({ team, args }: Call): Answer {
  const person = team.users.find(({ id }) => id === args["users"]);
  if (!person) return no("user_not_found");
  if (person.deleted) return no("user_disabled");
  if (person.bot) return no("cannot_dm_bot");
  const channel = openDirect(team, person);
  return { ok: true, channel: flag(args["return_im"]) ? describe(channel) : { id: channel.id } };
}

function read({ team, args }: Call, pick: (channel: FakeChannel) => FakeMessage[] | undefined): Answer {
  const channel = findChannel(team, args["channel"]);
  if (!channel || !isVisible(channel)) return no("channel_not_found");
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

export const conversationMethods = {
  "conversations.info": ({ team, args }: Call): Answer => {
    // By id only: Slack takes names in chat.postMessage and nowhere else.
    const channel = team.channels.find(({ id }) => id === args["channel"]);
    return channel && isVisible(channel) ? { ok: true, channel: describe(channel) } : no("channel_not_found");
  },
  "conversations.list": list,
  "conversations.open": open,
  "conversations.history": (call: Call): Answer =>
    read(call, ({ messages }) =>
      messages
        .filter((one) => !one.thread_ts || one.reply_broadcast)
        .filter((one) => isBetween(one, call.args))
        .toReversed(),
    ),
  "conversations.replies": (call: Call): Answer =>
    read(call, ({ messages }) => {
      const { ts } = call.args;
      const thread = messages.filter((one) => one.ts === ts || one.thread_ts === ts);
      return thread.length > 0 ? thread : undefined;
    }),
};
