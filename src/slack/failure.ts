import {
  type WebAPICallResult,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from "@slack/web-api";
import { ChatError, type Outcome, outcomeOf } from "./errors.ts";
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
  const cause = error.cause instanceof Error ? error.cause : error;
  const code =
    "code" in cause && typeof cause.code === "string" && /^\w{1,64}$/.test(cause.code) ? cause.code : undefined;
  return new ChatError(neverSent(cause, code) ? "refused" : "uncertain", code ?? "no_answer");
}

/** Errors of TLS and of Node's fetch that come before the request leaves us. */
const early = [
  /^(UND_ERR_CONNECT_TIMEOUT|ERR_INVALID_URL|ERR_TLS_CERT_ALTNAME_INVALID|SELF_SIGNED_CERT_IN_CHAIN)$/,
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|INVALID_CA$|HOSTNAME_MISMATCH$)/,
  /^ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|TLSV1_|SSLV3_ALERT_HANDSHAKE_FAILURE)/,
];

function neverSent(error: Error, code = ""): boolean {
  // Node collects the failures of a host's addresses in an AggregateError; it ends a connection that it made with another.
  if (error instanceof AggregateError) return true;
  if ("syscall" in error && (error.syscall === "connect" || error.syscall === "getaddrinfo")) return true;
  return early.some((pattern) => pattern.test(code));
}
