import type { KnownBlock, MessageAttachment } from "@slack/web-api";
import type { Chat } from "./chat.ts";
import { ChatError } from "./errors.ts";
import { failure } from "./failure.ts";
import { isChannelId } from "./ids.ts";
import type { Message } from "./message.ts";
import { createWebClient } from "./web-client.ts";

export interface SlackOptions {
  /** the workspace's bot token */
  token: string;
  /** another address of Slack's API, with `/api/` */
  apiUrl?: string | undefined;
  /** milliseconds for one call, its answer included */
  timeout?: number | undefined;
}

/** The chat of one Slack workspace. Opens no connection before the first message. Throws only `ChatError`, when posting. */
export function createSlack({ token, apiUrl, timeout = 12_000 }: SlackOptions): Chat {
  // Longer than the 10 s that we try to connect: a call that never connected is then known not to have posted.
  const client = createWebClient(token, { apiUrl, timeout });

  /** Node refuses such a header with an error that quotes it. */
  const refuseMalformed = () => {
    if (!/^[\x21-\x7e]+$/.test(token)) throw new ChatError("workspace", "malformed_token");
  };
  const call = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw failure(error);
    });

  return {
    async post(channel, message, { id, thread, broadcast } = {}) {
      refuseMalformed();
      const { text, blocks, attachments } = bodyOf(message);
      const answer = await call(
        client.chat.postMessage({
          channel,
          text,
          ...(blocks.length > 0 && { blocks }),
          ...(attachments.length > 0 && { attachments }),
          ...(thread !== undefined &&
            (broadcast ? { thread_ts: thread, reply_broadcast: true } : { thread_ts: thread })),
          ...(id !== undefined && { metadata: { event_type: messageType, event_payload: { id } } }),
          // Nothing that a forge sent may call people or fetch pages, whatever the workspace's defaults are.
          parse: "none",
          link_names: false,
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      if (!answer.ts || !answer.channel) throw new ChatError("uncertain", "no_ts");
      if (isChannelId(channel) && answer.channel !== channel) throw new ChatError("uncertain", "other_channel");
      return { ts: answer.ts, channel: answer.channel };
    },
    async update({ channel, ts }, message) {
      refuseMalformed();
      // What is not said stays as it was, so no blocks are said, too. https://docs.slack.dev/reference/methods/chat.update
      await call(client.chat.update({ channel, ts, ...bodyOf(message), parse: "none", link_names: false }));
    },
    async find(channel, id, since, thread) {
      refuseMalformed();
      if (!isChannelId(channel)) throw new ChatError("refused", "channel_id_unknown");
      const oldest = String(since.getTime() / 1000);
      for (let page = 0, cursor = ""; page < mostPages; page++) {
        const wanted = { channel, oldest, limit: 200, include_all_metadata: true, ...(cursor && { cursor }) };
        // The history of a channel has no replies.
        const answer = await call(
          thread === undefined
            ? client.conversations.history(wanted)
            : client.conversations.replies({ ...wanted, ts: thread }),
        );
        const found = answer.messages?.find(({ metadata }) => isOurs(metadata, id));
        if (found?.ts) return { ts: found.ts, channel };
        cursor = answer.response_metadata?.next_cursor ?? "";
        if (!cursor) return undefined;
      }
      throw new ChatError("refused", "history_too_long");
    },
    async isOpen(channel) {
      refuseMalformed();
      if (!isChannelId(channel)) throw new ChatError("refused", "channel_id_unknown");
      const { channel: found } = await call(client.conversations.info({ channel }));
      if (!found) throw new ChatError("uncertain", "no_channel");
      return !found.is_private || Boolean(found.is_ext_shared);
    },
    async check() {
      refuseMalformed();
      await call(client.auth.test());
    },
  };
}

interface Body {
  text: string;
  blocks: KnownBlock[];
  attachments: MessageAttachment[];
}

/**
 * A message in Slack's words. A colour is a bar beside an attachment: the headline stands above it as a block, so that
 * `text` remains what notifications read and is not shown a second time.
 */
function bodyOf({ text, blocks, color }: Message): Body {
  const [headline, ...details] = blocks;
  if (!headline || color === undefined || details.length === 0) return { text, blocks, attachments: [] };
  return { text, blocks: [headline], attachments: [{ color, fallback: text, blocks: details }] };
}

/** What our messages carry in Slack's metadata, with their id. */
const messageType = "belfry_message";
/** Pages of 200 messages that are looked through for a lost one: reading history is rationed. */
const mostPages = 3;

const isOurs = (metadata: { event_type?: string; event_payload?: object } | undefined, id: string) =>
  metadata?.event_type === messageType &&
  metadata.event_payload !== undefined &&
  "id" in metadata.event_payload &&
  metadata.event_payload.id === id;
