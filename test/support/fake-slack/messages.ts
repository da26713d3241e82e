import { type Answer, type Call, flag, no, string } from "./answer.ts";
import { clipped, compose, contentFault, shown } from "./content.ts";
import { type FakeChannel, type FakeMessage, type FakeTeam, findChannel, openDirect } from "./world.ts";

function postFault(channel: FakeChannel, thread: string): string | undefined {
  if (channel.error) return channel.error;
  if (channel.archived) return "is_archived";
  if (!channel.member) return channel.private ? "channel_not_found" : "not_in_channel";
  if (channel.readOnly) return "restricted_action_read_only_channel";
  if (channel.threadOnly && !thread) return "restricted_action_thread_only_channel";
  if (thread && !channel.messages.some((message) => message.ts === thread)) return "thread_not_found";
  return undefined;
}

/** A post to a person's id goes to the bot's direct message with them. */
function channelFor(team: FakeTeam, name: unknown): FakeChannel | undefined {
  const person = team.users.find(({ id }) => id === name);
  if (!person) return findChannel(team, name);
  return person.deleted || person.bot ? undefined : openDirect(team, person);
}

function postMessage({ world, team, args }: Call): Answer {
  const channel = channelFor(team, args["channel"]);
  if (!channel) return no("channel_not_found");
  const thread = string(args["thread_ts"]);
  const error = postFault(channel, thread);
  const fault = error ? no(error) : contentFault(args);
  if (fault) return fault;
  const message: FakeMessage = {
    ...compose(world, team, args),
    ...(thread && { thread_ts: thread, reply_broadcast: flag(args["reply_broadcast"]) }),
  };
  channel.messages.push(message);
  const { warning } = clipped(args["text"]);
  return { ok: true, channel: channel.id, ts: message.ts, message: shown(message, false), ...warning };
}

function postEphemeral({ world, team, args }: Call): Answer {
  const channel = findChannel(team, args["channel"]);
  if (!channel) return no("channel_not_found");
  const error = postFault(channel, string(args["thread_ts"]));
  if (error) return no(error);
  const to = string(args["user"]);
  const isIn = (channel.members ?? team.users.map(({ id }) => id)).includes(to);
  const fault = isIn ? contentFault(args) : no("user_not_in_channel");
  if (fault) return fault;
  const message = compose(world, team, args);
  team.ephemerals.push({ ...message, channel: channel.id, to });
  return { ok: true, message_ts: message.ts };
}

/** The message that an update or a delete names, or why not. */
function own({ team, args }: Call): { channel: FakeChannel; message: FakeMessage } | string {
  const channel = team.channels.find((one) => one.id === args["channel"]);
  if (!channel) return "channel_not_found";
  if (channel.error) return channel.error;
  if (channel.archived) return "is_archived";
  const message = channel.messages.find((one) => one.ts === args["ts"]);
  if (!message || message.subtype === "tombstone") return "message_not_found";
  return message.user === team.bot ? { channel, message } : "cant_update_message";
}

function update(call: Call): Answer {
  const found = own(call);
  if (typeof found === "string") return no(found);
  const { channel, message } = found;
  const fault = contentFault(call.args);
  if (fault) return fault;
  if ([...string(call.args["text"])].length > 40_000) return no("msg_too_long");
  // Text without blocks removes the blocks; attachments and metadata stay where they are left out, and go with an empty
  // list. https://docs.slack.dev/reference/methods/chat.update
  const { text, blocks, attachments, metadata } = call.args;
  if (text !== undefined || blocks !== undefined) message.blocks = blocks as unknown[] | undefined;
  message.text = string(text) || message.text;
  if (attachments !== undefined) message.attachments = attachments as unknown[];
  if (metadata !== undefined) message.metadata = metadata;
  return { ok: true, channel: channel.id, ts: message.ts, text: message.text, message: shown(message, false) };
}

function remove(call: Call): Answer {
  const found = own(call);
  if (typeof found === "string") return no(found === "cant_update_message" ? "cant_delete_message" : found);
  removeFrom(found.channel, found.message);
  return { ok: true, channel: found.channel.id, ts: found.message.ts };
}

/** What is deleted goes; where it has replies, Slack leaves a line in its place that says so. */
export function removeFrom(channel: FakeChannel, message: FakeMessage): void {
  const at = channel.messages.indexOf(message);
  const isRoot = channel.messages.some(({ thread_ts }) => thread_ts === message.ts);
  const { ts } = message;
  const left = { ts, text: "This message was deleted.", subtype: "tombstone", user: "USLACKBOT", bot_id: "" };
  channel.messages.splice(at, 1, ...(isRoot ? [left] : []));
}

function permalink({ team, args }: Call): Answer {
  const channel = team.channels.find(({ id }) => id === args["channel"]);
  if (!channel) return no("channel_not_found");
  const message = channel.messages.find(({ ts }) => ts === args["message_ts"]);
  if (!message) return no("message_not_found");
  const path = `archives/${channel.id}/p${message.ts.replace(".", "")}`;
  return { ok: true, channel: channel.id, permalink: `https://${team.name}.slack.com/${path}` };
}

export const messageMethods = {
  "chat.postMessage": postMessage,
  "chat.postEphemeral": postEphemeral,
  "chat.update": update,
  "chat.delete": remove,
  "chat.getPermalink": permalink,
  "chat.unfurl": unfurl,
};

/** What was shown below links is in the log of calls. https://docs.slack.dev/reference/methods/chat.unfurl */
function unfurl({ args }: Call): Answer {
  if (typeof args["unfurls"] !== "object" || args["unfurls"] === null) return no("missing_unfurls");
  const isNamed = (args["unfurl_id"] && args["source"]) || (args["channel"] && args["ts"]);
  return isNamed ? { ok: true } : no("cannot_find_message");
}
