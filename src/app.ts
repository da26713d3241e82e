import { createServer, type Server, type ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { createBudget } from "./budget.ts";
import type { Config } from "./config.ts";
import { UserError } from "./errors.ts";
import { forges } from "./forges/index.ts";
import { parseLarge } from "./forges/parse-large.ts";
import { createKeyed } from "./keyed.ts";
import { localUrl } from "./local-url.ts";
import type { Log } from "./log.ts";
import { startLoop } from "./loop.ts";
import { readPending } from "./reader.ts";
import { createReceiver } from "./receiver.ts";
import { type Sender, sendReady } from "./sender.ts";
import type { Chat } from "./slack/chat.ts";
import { addDeliveries, type NewDelivery } from "./store/add-deliveries.ts";
import { batched } from "./store/batch.ts";
import { findHook } from "./store/hooks.ts";
import type { Store } from "./store/store.ts";
import { render, type Templates } from "./templates/templates.ts";

/** What the parts of a running Belfry are made of. */
export interface Parts {
  config: Config;
  store: Store;
  templates: Templates;
  chatOf: (workspace: string) => Chat | undefined;
  log: Log;
}

export interface Running {
  /** Stops taking on work, finishes what is under way. */
  stop(): Promise<void>;
}

/** How often the store is looked at for what other processes wrote, in milliseconds. */
const poll = 1_000;
const hooksAtOnce = 8;
const lanesAtOnce = 64;

/** Reads deliveries and sends messages. `wake` tells it that a delivery was stored. */
export function startWorker({ store, templates, chatOf, log }: Parts): Running & { wake: () => void } {
  const onError = (error: unknown) => log.error({ error }, "work failed; it will be tried again");

  const stopping = new AbortController();
  const lanes = createKeyed(lanesAtOnce, () => sending.wake(), onError);
  const sender: Sender = {
    store,
    chatOf,
    render: (event, { grammar }) => render(templates, event, { template: grammar.options.template }),
    log,
    now: () => new Date(),
    stopping: stopping.signal,
  };
  const sending = startLoop(() => sendReady(sender, lanes), { poll, onError });

  const hooks = createKeyed(hooksAtOnce, () => reading.wake(), onError);
  const reader = { store, forges, parseLarge, onMessages: () => sending.wake(), log };
  const reading = startLoop(async () => readPending(reader, hooks).then(() => undefined), { poll, onError });

  return {
    wake: reading.wake,
    stop: async () => {
      await reading.stop();
      await hooks.settle();
      stopping.abort();
      await sending.stop();
      await lanes.settle();
    },
  };
}

/** Deliveries that share a transaction, and that may wait for one. */
const batch = {
  most: { items: 100, size: 8_000_000 },
  waiting: 2_000,
  sizeOf: ({ body }: NewDelivery) => body.length,
};

/** Bodies of all requests at once, in bytes: beyond it a request is refused with 503 and Retry-After. */
const mostMemory = 256_000_000;

/**
 * Listens for deliveries.
 * @throws UserError when the address cannot be used
 */
export async function startWeb(
  { config, store, log }: Parts,
  onStored: () => void,
): Promise<Running & { url: string }> {
  const receiver = createReceiver({
    forges,
    findHook: (id) => findHook(store, id),
    add: batched((deliveries) => addDeliveries(store, deliveries), batch),
    onStored,
    budget: createBudget(mostMemory),
    log,
    trustProxy: config.trustProxy,
  });
  const server = createServer(httpLimits, receiver);
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  return {
    url: config.url ?? localUrl(config.host, port),
    stop: () => close(server),
  };
}

/** Slow clients are cut: Node's own limits are 60 and 300 seconds. */
export const httpLimits: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
};

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new UserError(
          `Cannot listen on ${host}:${port} (${"code" in cause ? cause.code : cause.message}). Set PORT or HOST.`,
          { cause },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

/** Requests under way may finish for a while; a client that is too slow for that is cut. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const grace = 5_000;
