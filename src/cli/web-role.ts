import type { Metrics } from "../operation/metrics.ts";
import type { Routes } from "../operation/routes.ts";
import type { Inbox, InboxStatus } from "../receive/inbox.ts";
import { openInbox } from "../receive/open-inbox.ts";
import { type Running, startWeb, type WebParts } from "../receive/web.ts";
import type { Io } from "./io.ts";

interface Parts extends Omit<WebParts, "inbox"> {
  io: Pick<Io, "out">;
  metrics: Metrics;
  routes: Routes;
  /** deliveries wait to be read */
  wake: () => void;
}

/** What a process that receives does. */
export interface WebRole {
  /** Listens, unless it does already. @returns its address */
  listen(): Promise<string>;
  /** Listens although the database is away: hooks that are in the copy get their 202, others 503. */
  listenAway(): Promise<void>;
  spool(): InboxStatus | undefined;
  stop(): Promise<void>;
}

export function createWebRole({ io, routes, wake, ...parts }: Parts): WebRole {
  const { config, store, log, metrics } = parts;
  let inbox: Inbox | undefined;
  let web: (Running & { url: string }) | undefined;

  // What goes into the spool is told of when it comes out.
  const onStored = () => {
    if ((inbox?.status()?.state ?? "here") === "here") wake();
  };

  async function listen(): Promise<string> {
    if (web) return web.url;
    inbox ??= await openInbox({ config, store, onDrained: wake, log, metrics });
    web = await startWeb({ ...parts, inbox }, onStored, routes);
    io.out(`Belfry listens on ${web.url} (data in ${config.data}).`);
    if (inbox.status()?.lasts === false)
      io.out("While the database is away, deliveries wait on this dyno's disk: they last as long as the dyno.");
    return web.url;
  }

  async function stop(): Promise<void> {
    await web?.stop();
    await inbox?.stop();
  }

  return {
    listen,
    listenAway: async () => {
      await listen();
      io.out(
        inbox?.copied()
          ? "Deliveries are taken, and wait in the data folder until the database is back."
          : "Deliveries get 503 until the database is back: this data folder has no copy of the hooks yet.",
      );
    },
    spool: () => inbox?.status(),
    stop,
  };
}
