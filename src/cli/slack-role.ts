import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Routes } from "../operation/routes.ts";
import { missing } from "../pages/missing.ts";
import { createPages } from "../pages/pages.ts";
import type { ChatOf } from "../send/chats.ts";
import type { Store } from "../store/store.ts";
import type { Templates } from "../templates/templates.ts";
import { hookUrl } from "./hook-url.ts";

interface Parts {
  config: Config;
  store: Store;
  templates: Templates;
  chatOf: ChatOf;
  /** tells the operator */
  say: (text: string) => void;
  log: Log;
}

/** What this process does for the Slack app, and the pages about it. */
export interface SlackRole {
  routes: Routes;
  start(): void;
  stop(): Promise<void>;
}

/** Where a browser finds nothing it gets a page. */
const withMissing =
  (routes: Routes): Routes =>
  (request, response) =>
    routes(request, response) || missing(request, response);

/** A process that receives takes commands; one that sends tells people what became of their rules. */
export async function createSlackRole(parts: Parts, roles: { web: boolean; worker: boolean }): Promise<SlackRole> {
  const { config, log, store, chatOf } = parts;
  const pages = createPages({
    canInstall: config.app?.oauth !== undefined,
    keep: config.keep,
    supportUrl: config.supportUrl,
  });
  if (!config.app) return { routes: withMissing(pages), start: () => {}, stop: async () => {} };
  const app = roles.web
    ? (await import("../app/site.ts")).createSite({
        ...parts,
        config: { ...config, app: config.app },
        hookUrl: (id) => hookUrl(config, id),
      })
    : undefined;
  const loops = roles.worker ? await import("../app/loops.ts") : undefined;
  const { createRespond } = await import("../app/respond.ts");
  let stopLoops: (() => Promise<void>) | undefined;
  return {
    routes: withMissing((request, response) => pages(request, response) || (app?.routes(request, response) ?? false)),
    start: () => {
      app?.start();
      stopLoops = loops?.startSlackLoops({ store, chatOf, log, respond: createRespond(config.slackApiUrl) });
    },
    stop: async () => void (await Promise.all([app?.stop(), stopLoops?.()])),
  };
}
