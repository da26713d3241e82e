import {
  type WebAPICallResult,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from "@slack/web-api";
import { ChatError, type Outcome, outcomeOf } from "./errors.ts";
import { NotConnected } from "./exchange.ts";
import { retryAfter } from "./retry-after.ts";

/**
 * The `ChatError` for anything that Slack's client throws.
 *
 * The client's errors carry requests, headers and answers, so none is kept as a cause: only words of a known form are copied.
 */
export function failure(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof WebAPIRateLimitedError) return rateLimited(error.retryAfter);
  if (error instanceof WebAPIPlatformError) return said(error.data);
  if (error instanceof WebAPIHTTPError) return answered(error.statusCode);
  if (error instanceof WebAPIRequestError) return unanswered(error.original);
  return new ChatError("uncertain", "unreadable_answer");
}

function rateLimited(seconds: unknown): ChatError {
  return new ChatError("rate_limited", "ratelimited", { retryAfter: retryAfter(seconds) });
}

function said(data: WebAPICallResult & { error: unknown; needed?: unknown }): ChatError {
  // Where an answer is not JSON the client passes all of it as the error word: a proxy's page says nothing about the message.
  if (typeof data.error !== "string" || !/^[a-z][a-z0-9_]{0,63}$/.test(data.error)) {
    return new ChatError("uncertain", "unreadable_answer");
  }
  const outcome = outcomeOf(data.error);
  if (outcome === "rate_limited") return rateLimited(data.response_metadata?.["retryAfter"]);
  return new ChatError(outcome, data.error, {
    detail: pointers(data.response_metadata?.messages) ?? scopes(data.needed),
  });
}

function pointers(messages: unknown): string | undefined {
  if (!Array.isArray(messages)) return undefined;
  const found = messages.flatMap((message) => /\[json-pointer:(\/[\w/]{1,100})\]/.exec(String(message))?.[1] ?? []);
  return found.slice(0, 5).join(", ") || undefined;
}

function scopes(needed: unknown): string | undefined {
  return typeof needed === "string" && /^[a-z:._, ]{1,200}$/.test(needed) ? needed : undefined;
}

const statuses: Record<number, Outcome> = { 408: "uncertain", 413: "invalid", 501: "refused", 503: "refused" };

function answered(status: number): ChatError {
  return new ChatError(statuses[status] ?? (status >= 500 ? "uncertain" : "refused"), `http_${status}`);
}

function unanswered(error: Error): ChatError {
  if (error.name === "TimeoutError") return new ChatError("uncertain", "timeout");
  const code =
    "code" in error && typeof error.code === "string" && /^\w{1,64}$/.test(error.code) ? error.code : undefined;
  const neverSent = error instanceof NotConnected || code === "ERR_INVALID_URL";
  return new ChatError(neverSent ? "refused" : "uncertain", code ?? "no_answer");
}
