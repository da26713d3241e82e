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
    maxRequestConcurrency: 10,
    // Longer than the 10 s that Node tries to connect: a call that never connected is then known not to have posted.
    timeout,
    allowAbsoluteUrls: false,
    fetch: slackFetch,
    logger: silent,
  });

  return {
    async post(channel, message, { id, thread } = {}) {
      // Node refuses such a header with an error that quotes it.
      if (!/^[\x21-\x7e]+$/.test(token)) throw new ChatError("workspace", "malformed_token");
      const answer = await client.chat
        .postMessage({
          channel,
          text: message.text,
          ...(message.blocks.length > 0 && { blocks: message.blocks }),
          ...(thread !== undefined && { thread_ts: thread }),
          ...(id !== undefined && { metadata: { event_type: "belfry_message", event_payload: { id } } }),
          // Nothing that a forge sent may call people or fetch pages, whatever the workspace's defaults are.
          parse: "none",
          link_names: false,
          unfurl_links: false,
          unfurl_media: false,
        })
        .catch((error: unknown) => {
          throw failure(error);
        });
      if (!answer.ts || !answer.channel) throw new ChatError("uncertain", "no_ts");
      if (/^[CG][A-Z0-9]+$/.test(channel) && answer.channel !== channel)
        throw new ChatError("uncertain", "other_channel");
      return { ts: answer.ts, channel: answer.channel };
    },
  };
}
