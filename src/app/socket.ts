import { setTimeout as sleep } from "node:timers/promises";
import { SocketModeReceiver } from "@slack/bolt";
import type { Log } from "../log.ts";
import { backoff } from "../send/failure.ts";
import { ChatError } from "../slack/errors.ts";
import { failure } from "../slack/failure.ts";
import { slackFetch } from "../slack/fetch.ts";
import { silent } from "../slack/silent.ts";
import { callOptions } from "../slack/web-client.ts";
import { within } from "../work/within.ts";

export interface SocketParts {
  appToken: string;
  /** another address of Slack's API */
  apiUrl: string | undefined;
  /** tells the operator */
  say: (text: string) => void;
  log: Log;
}

/** The socket over which Slack sends what it would else post to our address. https://docs.slack.dev/apis/events-api/using-socket-mode */
export interface Socket {
  receiver: SocketModeReceiver;
  /** Opens it, again and again until it is stopped. Waits for nothing: deliveries come in whether Slack is there or not. */
  start(): void;
  stop(): Promise<void>;
}

/** Milliseconds after which an open socket counts as one that works: Slack renews it every few hours. */
const settled = 10_000;
/** Milliseconds for the call that opens it. */
const opening = 10_000;
/** Milliseconds that a stop waits for the socket to close. */
const closing = 1_000;

/**
 * Bolt's receiver with an opening of our own. Its client's own would end the process: where Slack refuses to open the
 * socket again, it throws where nobody can catch.
 */
export function createSocket({ appToken, apiUrl, say, log }: SocketParts): Socket {
  const stopping = new AbortController();
  const untilStopped: typeof slackFetch = (url, init) =>
    slackFetch(url, { ...init, signal: AbortSignal.any([stopping.signal, ...(init?.signal ? [init.signal] : [])]) });
  const receiver = new SocketModeReceiver({
    appToken,
    autoReconnectEnabled: false,
    // Its errors are ours to tell; what it writes holds addresses that open the socket.
    logger: silent,
    installerOptions: {
      clientOptions: {
        ...callOptions,
        ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
        timeout: opening,
        fetch: untilStopped,
      },
    },
  });
  const { client } = receiver;
  let isTold = false;
  let ended = () => {};
  client.on("disconnected", () => ended());

  /** Opens it and waits until it is closed. @returns the milliseconds that it was open */
  async function stayOpen(): Promise<number> {
    // Node refuses such a header with an error that quotes it.
    if (!/^[\x21-\x7e]+$/.test(appToken)) throw new ChatError("workspace", "malformed_token");
    const end = new Promise<void>((done) => {
      ended = done;
    });
    await client.start();
    const opened = performance.now();
    log.info({}, "the socket to Slack is open");
    isTold = false;
    if (stopping.signal.aborted) await client.disconnect();
    await end;
    return performance.now() - opened;
  }

  async function keepOpen(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const open = await stayOpen().catch(told);
      failures = typeof open === "number" && open > settled ? 0 : failures + 1;
      const asked = typeof open === "number" ? 0 : (open.retryAfter ?? 0) * 1000;
      const wait = failures === 0 ? 0 : Math.max(asked, backoff(failures));
      // Cut short by a stop, which the loop then sees.
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** Why it could not be opened; told to the operator where waiting mends nothing. */
  function told(thrown: unknown): ChatError {
    // Nothing is thrown where Slack closes the socket before it greets.
    const error = thrown === undefined ? new ChatError("refused", "closed") : failure(thrown);
    if (stopping.signal.aborted) return error;
    log.warn({ reason: error.reason }, "the socket to Slack could not be opened; it is tried again");
    if (error.outcome !== "workspace" || isTold) return error;
    isTold = true;
    say(
      `Slack does not take SLACK_APP_TOKEN: ${error.reason}. Commands wait until you set the app-level token of your ` +
        "app, xapp-…, and start again. Everything else goes on.",
    );
    return error;
  }

  let running: Promise<void> | undefined;
  return {
    receiver,
    start: () => {
      running ??= keepOpen();
    },
    stop: async () => {
      stopping.abort();
      if (running) await within(closing, Promise.all([client.disconnect(), running]));
    },
  };
}
