import type { Config } from "../config.ts";
import { forges } from "../forges/index.ts";
import { serveHttp } from "../http-server.ts";
import { localUrl } from "../local-url.ts";
import type { Log } from "../log.ts";
import { type Metrics, noMetrics } from "../operation/metrics.ts";
import { noRoutes, type Routes } from "../operation/routes.ts";
import { watchRequest } from "../operation/watch-requests.ts";
import type { Store } from "../store/store.ts";
import { createBudget } from "./budget.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { createReceiver } from "./receiver.ts";

/** What a web process is made of. */
export interface WebParts {
  config: Config;
  store: Store;
  log: Log;
  metrics?: Metrics;
  /** stays open when the web stops */
  inbox?: Inbox;
}

export interface Running {
  /** Stops taking on work, finishes what is under way. */
  stop(): Promise<void>;
}

/** Bodies of all requests at once, in bytes: beyond it a request is refused with 503 and Retry-After. */
const mostMemory = 256_000_000;

/**
 * Listens for deliveries.
 * @param routes pages that are answered before the receiver is asked
 * @throws UserError when the address cannot be used
 */
export async function startWeb(
  { config, store, log, metrics = noMetrics, inbox = createInbox(store, metrics) }: WebParts,
  onStored: () => void,
  routes: Routes = noRoutes,
): Promise<Running & { url: string }> {
  const receiver = createReceiver({
    forges,
    findHook: inbox.find,
    add: inbox.add,
    onStored,
    budget: createBudget(mostMemory),
    log,
    metrics,
    trustProxy: config.trustProxy,
  });
  const { port, stop } = await serveHttp(
    (request, response) => {
      if (routes(request, response)) return;
      watchRequest(metrics, request, response);
      receiver(request, response);
    },
    { host: config.host, port: config.port, settings: "PORT or HOST" },
  );
  return { url: config.url ?? localUrl(config.host, port), stop };
}
