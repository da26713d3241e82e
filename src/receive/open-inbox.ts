import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../operation/metrics.ts";
import { openHookCopy } from "../store/hook-copy.ts";
import { takeLeftovers, takeSpool } from "../store/spool-files.ts";
import type { Store } from "../store/store.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { createSpoolingInbox } from "./spooling-inbox.ts";

interface Parts {
  config: Pick<Config, "data" | "keys" | "database">;
  store: Store;
  /** deliveries came out of the spool into the store */
  onDrained: () => void;
  log: Log;
  metrics: Metrics;
}

/**
 * The inbox of a web process: with a spool in the data folder where the store is PostgreSQL.
 * @throws UserError when the data folder cannot be written, or the spool is damaged
 */
export async function openInbox({ config, store, onDrained, log, metrics }: Parts): Promise<Inbox> {
  const { data, keys, database } = config;
  if (!database) return createInbox(store, metrics);
  const onError = (error: unknown) => log.error({ error }, "a spool that was left behind cannot be opened");
  const spool = await takeSpool({ data, keys });
  return createSpoolingInbox({
    store,
    spool,
    copy: await openHookCopy(spool.store),
    takeLeftovers: () => takeLeftovers({ data, keys }, onError),
    lasts: !database.isDyno,
    onDrained,
    log,
    metrics,
  });
}
