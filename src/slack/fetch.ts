import type { FetchFunction } from "@slack/web-api";
import { type Answer, type Asked, exchange } from "./exchange.ts";
import { retryAfter } from "./retry-after.ts";

/** Milliseconds to connect, TLS included. */
const connecting = 10_000;

/**
 * `fetch` for Slack's client: reads at most 1 MB of an answer, within the client's timeout, and follows no redirect.
 *
 * It is not Node's own `fetch` because that takes more than twice the CPU for each call. It uses Node's own agents, so
 * `NODE_USE_ENV_PROXY` is honoured all the same.
 *
 * Of an answer that is not 200 only the status counts, so its body is not read. A 429 always has a `Retry-After` that
 * is a number: without one the client throws an error that nothing tells from any other.
 * @param limits.connecting milliseconds to connect; whoever calls must wait longer to learn that nothing was sent
 */
export const createFetch =
  (limits = { connecting }): FetchFunction =>
  async (url, { method = "GET", headers = {}, body = "", signal } = {}) => {
    // Files would be a form: we upload none.
    if (typeof body !== "string") throw new TypeError("only text is sent to Slack");
    const asked: Asked = { method, headers, body, signal };
    return response(String(url), await exchange(new URL(url), asked, limits.connecting));
  };

export const slackFetch: FetchFunction = createFetch();

/** As much of a `Response` as Slack's libraries use: a true one would be a web stream for each answer. */
function response(url: string, { status, type, wait, text }: Answer): Awaited<ReturnType<FetchFunction>> {
  const headers = new Headers({ "content-type": type ?? "" });
  if (wait !== undefined || status === 429) headers.set("retry-after", String(retryAfter(wait)));
  return {
    ok: status === 200,
    status,
    statusText: "",
    url,
    headers,
    text: async () => text,
    json: async () => JSON.parse(text),
    arrayBuffer: async () => new TextEncoder().encode(text).buffer,
  };
}
