import { WebClient } from "@slack/web-api";
import type { Chat } from "./chat.ts";
import { ChatError } from "./errors.ts";
import { failure } from "./failure.ts";
import { slackFetch } from "./fetch.ts";
import { silent } from "./silent.ts";

export interface SlackOptions {
  /** the workspace's bot token */
  token: string;
  /** another address of Slack's API, with `/api/` */
  apiUrl?: string | undefined;
  /** milliseconds for one call, its answer included */
  timeout?: number | undefined;
}

/** The chat of one Slack workspace. Opens no connection before the first message. Throws only `ChatError`, when posting. */
export function createSlack({ token, apiUrl = "https://slack.com/api/", timeout = 12_000 }: SlackOptions): Chat {
  const client = new WebClient(token, {
    slackApiUrl: apiUrl,
    // The lanes own order, pace and retry: by itself the client would post twice, and one 429 would stall every channel.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // The lanes bound how many calls are under way; one that waits here would seem to be.
    maxRequestConcurrency: 100,
    // Longer than the 10 s that Node tries to connect: a call that never connected is then known not to have posted.
    timeout,
    allowAbsoluteUrls: false,
    fetch: slackFetch,
    logger: silent,
  });

  /** Node refuses such a header with an error that quotes it. */
  const refuseMalformed = () => {
    if (!/^[\x21-\x7e]+$/.test(token)) throw new ChatError("workspace", "malformed_token");
  };
  const call = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw failure(error);
    });

  return {
    async post(channel, message, { id, thread } = {}) {
      refuseMalformed();
      const answer = await call(
        client.chat.postMessage({
          channel,
          text: message.text,
          ...(message.blocks.length > 0 && { blocks: message.blocks }),
          ...(thread !== undefined && { thread_ts: thread }),
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
    async find(channel, id, since) {
      refuseMalformed();
      if (!isChannelId(channel)) throw new ChatError("refused", "channel_id_unknown");
      const oldest = String(since.getTime() / 1000);
      for (let page = 0, cursor = ""; page < mostPages; page++) {
        const answer = await call(
          client.conversations.history({
            channel,
            oldest,
            limit: 200,
            include_all_metadata: true,
            ...(cursor && { cursor }),
          }),
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

/** What our messages carry in Slack's metadata, with their id. */
const messageType = "belfry_message";
/** Pages of 200 messages that are looked through for a lost one: reading history is rationed. */
const mostPages = 3;

const isChannelId = (channel: string) => /^[CG][A-Z0-9]+$/.test(channel);

const isOurs = (metadata: { event_type?: string; event_payload?: object } | undefined, id: string) =>
  metadata?.event_type === messageType &&
  metadata.event_payload !== undefined &&
  "id" in metadata.event_payload &&
  metadata.event_payload.id === id;
