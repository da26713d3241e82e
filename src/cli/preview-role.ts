import type { Config } from "../config.ts";
import { localUrl } from "../local-url.ts";
import type { Log } from "../log.ts";
import { mayRead } from "../operation/may-read.ts";
import { noRoutes, type Routes } from "../operation/routes.ts";
import { createPreviewPages, type PreviewOptions } from "../pages/preview.ts";
import { listShown, listShownChannels, openShown, postsOf } from "../store/shown-messages.ts";
import type { Store } from "../store/store.ts";
import { previewWorkspace } from "../store/workspaces.ts";

type MayLook = PreviewOptions["mayLook"];

interface Parts {
  config: Config;
  store: Store;
  log: Log;
  /** `start --preview`: asked for by name */
  isAsked: boolean;
}

/** The page that draws the preview workspace's messages. */
export interface PreviewRole {
  /** says no to everything until the page is opened */
  routes: Routes;
  /**
   * Opens the page where it is asked for, or where the server is about the preview workspace and stands in front of nobody
   * else. Whoever opens it needs no password: so without `--preview` only this machine may, and only where no proxy is
   * said to pass on requests of others as if they were its own.
   * @param url where the server is reached
   * @returns its address; undefined where there is none
   */
  open(workspace: string | undefined, url: string): string | undefined;
}

export function createPreviewRole({ config, store, log, isAsked }: Parts): PreviewRole {
  let routes: Routes = noRoutes;
  return {
    routes: (request, response) => routes(request, response),
    open(workspace, url) {
      const isAlone = isLoopback(config.host) && config.trustProxy === undefined;
      if (!isAsked && !(workspace === previewWorkspace.id && isAlone)) return undefined;
      routes = createPreviewPages({
        source: sourceOf(store),
        mayLook: isAsked ? hasOurName(config.url) : isOwnMachine,
        onError: (error) => log.error({ error }, "the preview could not be made"),
      });
      const isReached = isAsked || config.url === undefined;
      return `${isReached ? url : localUrl(config.host, config.port)}/preview`;
    },
  };
}

const isLoopback = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);

/** The client is on this machine, came by itself and by a local name. */
const isOwnMachine: MayLook = (request) => mayRead(request, undefined);

/**
 * The request names this machine or BELFRY_URL: a page of somebody else's that leads here by a name of its own does not.
 * https://en.wikipedia.org/wiki/DNS_rebinding
 */
function hasOurName(url: string | undefined): MayLook {
  const names = ["localhost", "127.0.0.1", "[::1]", ...(url === undefined ? [] : [new URL(url).hostname])];
  return ({ headers }) => names.includes(URL.parse(`http://${headers.host ?? ""}`)?.hostname ?? "");
}

const sourceOf = (store: Store) => ({
  look: async () => {
    const rows = await listShown(store, previewWorkspace.id);
    return {
      channels: await listShownChannels(store, previewWorkspace.id, rows),
      postsOf: (channel: string) => postsOf(rows, channel),
    };
  },
  open: (ids: readonly string[]) => openShown(store, previewWorkspace.id, ids),
});
