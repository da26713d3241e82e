import type { Store } from "../store/store.ts";
import { createLook } from "./look.ts";
import type { Metrics } from "./metrics.ts";
import type { SpoolStatus } from "./readiness.ts";
import { createRoutes, type Routes } from "./routes.ts";
import { type SlackCalls, watchSlack } from "./slack-calls.ts";

export interface OperationOptions {
  store: Store;
  metricsToken: string | undefined;
  /** the names that labels may have */
  known: { forges: readonly string[]; kinds: readonly string[] };
  /** how the spool is, in a process that has one; asked whenever a page is */
  spool: () => SpoolStatus | undefined;
  onError: (error: unknown) => void;
}

/** What a process tells about itself: what its parts count, and the pages that show it. */
export async function createOperation({ store, metricsToken, known, spool, onError }: OperationOptions): Promise<{
  metrics: Metrics;
  routes: Routes;
  slackCalls: SlackCalls;
}> {
  // Commands, which are not watched, need not load it.
  const prometheus = (await import("./prometheus.ts")).createPrometheus(known);
  const slackCalls = watchSlack(prometheus.metrics);
  const routes = createRoutes({
    engine: store.engine.name,
    now: store.now,
    look: createLook(store),
    slack: slackCalls.isUp,
    spool,
    prometheus,
    metricsToken,
    onError,
  });
  return { metrics: prometheus.metrics, routes, slackCalls };
}
