import { existsSync } from "node:fs";
import type { Command } from "commander";
import { slackPaths } from "../app/manifest.ts";
import type { Config } from "../config.ts";
import { kinds } from "../events.ts";
import { forges } from "../forges/index.ts";
import { createLog } from "../log.ts";
import { createOperation } from "../operation/operation.ts";
import type { Routes } from "../operation/routes.ts";
import { servePages } from "../operation/serve-pages.ts";
import type { SlackCalls } from "../operation/slack-calls.ts";
import { type ChatOf, createChats } from "../send/chats.ts";
import { createPreview } from "../send/preview.ts";
import { lockFolder } from "../store/lock.ts";
import { connectStore, openStore, prepareStore, type Store } from "../store/store.ts";
import { ensureWorkspace, hasTokens, hasWorkspace, previewWorkspace, slackWorkspace } from "../store/workspaces.ts";
import { loadTemplates } from "../templates/load.ts";
import { startWorker, type WorkerParts } from "../work/worker.ts";
import { checkSlack } from "./check-slack.ts";
import type { Io } from "./io.ts";
import { createPreviewRole } from "./preview-role.ts";
import { followRulesFile } from "./rules-file.ts";
import { createSlackRole } from "./slack-role.ts";
import { endLater, stopAll } from "./stop.ts";
import { templatesFolder } from "./templates-folder.ts";
import { untilThere } from "./until-there.ts";
import { createWebRole, type WebRole } from "./web-role.ts";
import { welcome } from "./welcome.ts";
import { chooseWorkspace } from "./workspace.ts";

/** `start`, `web`, `worker`, `migrate` */
export function addStartCommands(program: Command, io: Io): void {
  program
    .command("start")
    .description("Receive deliveries and send messages, in one process")
    .option("--preview", "show the preview workspace at /preview, to whoever reaches this server by its name")
    .action((options: { preview?: boolean }) => serve(io, { web: true, worker: true, ...options }));
  program
    .command("web")
    .description("Only receive deliveries")
    .action(() => serve(io, { web: true, worker: false }));
  program
    .command("worker")
    .description("Only read deliveries and send messages")
    .action(() => serve(io, { web: false, worker: true }));
  program
    .command("migrate")
    .description("Bring the database up to date and end")
    .action(async () => {
      const config = io.config();
      const store = await openStore(config);
      await store.close();
      io.out("The database is up to date.");
    });
}

interface Roles {
  web: boolean;
  worker: boolean;
  /** the page of the preview workspace is asked for */
  preview?: boolean;
}

async function serve(io: Io, roles: Roles): Promise<void> {
  const config = io.config();
  const log = createLog(config.logLevel);
  const templates = loadTemplates(templatesFolder);
  // Before anything is printed: who reads “listens on” may send a signal at once.
  const stopped = io.untilStopped();
  void stopped.then(() => endLater(io.end));
  // Any number of servers share a database; each takes a spool of its own in the folder.
  const unlock = config.database ? () => {} : lockFolder(config.data);
  const store = await connectStore(config);
  let web: WebRole | undefined;
  const { metrics, routes, slackCalls } = await createOperation({
    store,
    metricsToken: config.metricsToken,
    known: { forges: Object.keys(forges), kinds: Object.keys(kinds) },
    spool: () => web?.spool(),
    onError: (error) => log.error({ error }, "a page could not be made"),
  });
  const chatOf = await connectChats(io, config, store, slackCalls);
  const parts = { config, store, templates, chatOf, log, metrics };
  const slack = await createSlackRole({ ...parts, say: io.out }, roles);
  const preview = createPreviewRole({ config, store, log, isAsked: roles.preview === true });
  const stops: (() => Promise<void>)[] = [];
  let worker: Awaited<ReturnType<typeof startWorker>> | undefined;
  const wake = () => {
    worker?.wake();
    store.engine.notify("deliveries");
  };
  try {
    if (roles.web) {
      const all: Routes = (request, response) =>
        routes(request, response) || preview.routes(request, response) || slack.routes(request, response);
      web = createWebRole({ ...parts, io, routes: all, wake });
      stops.unshift(web.stop);
    } else if (config.metricsPort !== undefined) {
      const address = { host: config.host, port: config.metricsPort, settings: "BELFRY_METRICS_PORT or HOST" };
      stops.push((await servePages(routes, address)).stop);
    }
    const onAway = async (error: unknown) => {
      io.out(`${error instanceof Error ? error.message : error} Waiting for it.`);
      await web?.listenAway();
    };
    const workspace = await untilThere({ store, stopped, onAway }, async () => {
      await prepareStore(store);
      if (config.app?.oauth) {
        if (existsSync(config.rules))
          io.out(`${config.rules} is left aside: with SLACK_CLIENT_ID people subscribe in Slack.`);
        return { own: undefined };
      }
      const own = await chooseWorkspace(io, store, config);
      await ensureWorkspace(store, own);
      stops.push(await followRulesFile({ io, config, store, workspace: own.id, log }));
      return { own };
    });
    if (!workspace) return;
    // It may go away again at any moment of a start.
    const whenThere = <T>(work: () => Promise<T>) =>
      untilThere(
        { store, stopped, onAway: async (error) => log.warn({ error }, "the start waits for the database") },
        work,
      );
    if (roles.worker) {
      // Loaded before anything is taken to be posted, so that the first posts are in time.
      if (await whenThere(() => hasTokens(store))) await loadSlack();
      worker = await whenThere(() => startWorker(parts));
    }
    if (worker) {
      stops.unshift(worker.stop);
      void checkSlack({ io, store, chatOf, log });
    }
    slack.start();
    stops.unshift(slack.stop);
    const url = await web?.listen();
    if (!web) io.out(`Belfry's worker is ready (data in ${config.data}).`);
    if (!worker && !config.database)
      io.out("This process only receives. To post too, stop it and run `start`: SQLite takes one server at a time.");
    await whenThere(() => sayWithoutToken(io, parts, roles));
    const { own } = workspace;
    const shown = url === undefined ? undefined : preview.open(own?.id, url);
    if (shown !== undefined) io.out(`Messages of the preview workspace, as Slack would show them: ${shown}`);
    if (url !== undefined && own) await whenThere(() => welcome({ io, config, store, workspace: own }, url));
    if (url !== undefined && !own) io.out(`Add it to a Slack workspace: ${url}${slackPaths.install}`);
    await stopped;
    log.info("stopping");
  } finally {
    await stopAll({ stops, close: store.close, log });
    unlock();
  }
}

async function sayWithoutToken(io: Io, { config, store }: WorkerParts, { web, worker }: Roles): Promise<void> {
  if (config.slack || config.app) return;
  if (await hasWorkspace(store, slackWorkspace.id)) {
    io.out("Messages for Slack wait until SLACK_BOT_TOKEN is set.");
  } else if (web && worker) {
    io.out("No SLACK_BOT_TOKEN is set: messages are shown here, in the local preview workspace.");
  }
}

/** Slack's client takes memory that a preview does not need. */
const loadSlack = () => import("../slack/client.ts");

/** Each workspace's way to post: the preview always prints, Slack needs a token. */
async function connectChats(
  io: Io,
  { slack, slackApiUrl }: Config,
  store: Store,
  slackCalls: SlackCalls,
): Promise<ChatOf> {
  const connect = async (token: string) =>
    slackCalls.watched((await loadSlack()).createSlack({ token, apiUrl: slackApiUrl }));
  const fixed = {
    [previewWorkspace.id]: createPreview(io.out, io.colour),
    [slackWorkspace.id]: slack && (await connect(slack.token)),
  };
  return createChats(store, fixed, connect);
}
