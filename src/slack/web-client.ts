import { WebClient, type WebClientOptions } from "@slack/web-api";
import { slackFetch } from "./fetch.ts";
import { silent } from "./silent.ts";

/** How all of our clients call Slack: once, at once, and without a word. */
export const callOptions = {
  // The lanes own order, pace and retry: by itself the client would post twice, and one 429 would stall every channel.
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  // The lanes bound how many calls are under way; one that waits here would seem to be.
  maxRequestConcurrency: 100,
  allowAbsoluteUrls: false,
  fetch: slackFetch,
  logger: silent,
} satisfies WebClientOptions;

export interface WebClientSettings {
  /** another address of Slack's API, with `/api/` */
  apiUrl?: string | undefined;
  /** milliseconds for one call, its answer included */
  timeout: number;
}

/** Slack's client. @param token none where each call brings its own */
export const createWebClient = (
  token: string | undefined,
  { apiUrl = "https://slack.com/api/", timeout }: WebClientSettings,
): WebClient => new WebClient(token, { ...callOptions, slackApiUrl: apiUrl, timeout });
