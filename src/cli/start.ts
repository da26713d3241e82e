import type { Command } from "commander";
import { type Parts, startWeb, startWorker } from "../app.ts";
import type { Config } from "../config.ts";
import { createLog } from "../log.ts";
import { createPreview } from "../preview.ts";
import type { Chat } from "../slack/chat.ts";
import { lockFolder } from "../store/lock.ts";
import { openStore } from "../store/store.ts";
import { ensureWorkspace, hasWorkspace, previewWorkspace, slackWorkspace } from "../store/workspaces.ts";
import { loadTemplates } from "../templates/load.ts";
import type { Io } from "./io.ts";
import { followRulesFile } from "./rules-file.ts";
import { templatesFolder } from "./templates-folder.ts";
import { welcome } from "./welcome.ts";
import { chooseWorkspace } from "./workspace.ts";

/** `start`, `web`, `worker`, `migrate` */
export function addStartCommands(program: Command, io: Io): void {
  program
    .command("start")
    .description("Receive deliveries and send messages, in one process")
    .action(() => serve(io, { web: true, worker: true }));
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
}

async function serve(io: Io, roles: Roles): Promise<void> {
  const config = io.config();
  const log = createLog(config.logLevel);
  const templates = loadTemplates(templatesFolder);
  // Before anything is printed: who reads “listens on” may send a signal at once.
  const stopped = io.untilStopped();
  const unlock = lockFolder(config.data);
  const store = await openStore(config);
  const parts: Parts = { config, store, templates, chatOf: await connectChats(io, config), log };
  const stops: (() => Promise<void>)[] = [];
  try {
    const workspace = await chooseWorkspace(io, store, config);
    await ensureWorkspace(store, workspace);
    stops.push(await followRulesFile({ io, config, store, workspace: workspace.id, log }));
    const worker = roles.worker ? startWorker(parts) : undefined;
    if (worker) stops.unshift(worker.stop);
    const web = roles.web ? await startWeb(parts, () => worker?.wake()) : undefined;
    if (web) stops.unshift(web.stop);
    io.out(
      web
        ? `Belfry listens on ${web.url} (data in ${config.data}).`
        : `Belfry's worker is ready (data in ${config.data}).`,
    );
    if (!worker)
      io.out("This process only receives. To post too, stop it and run `start`: SQLite takes one server at a time.");
    await sayWithoutToken(io, parts, roles);
    if (web) await welcome({ io, config, store, workspace }, web.url);
    await stopped;
    log.info("stopping");
  } finally {
    for (const stop of stops) await stop();
    await store.close();
    unlock();
  }
}

async function sayWithoutToken(io: Io, { config, store }: Parts, { web, worker }: Roles): Promise<void> {
  if (config.slack) return;
  if (await hasWorkspace(store, slackWorkspace.id)) {
    io.out("Messages for Slack wait until SLACK_BOT_TOKEN is set.");
  } else if (web && worker) {
    io.out("No SLACK_BOT_TOKEN is set: messages are shown here, in the local preview workspace.");
  }
}

/** Each workspace's way to post: the preview always prints, Slack needs its token. */
async function connectChats(io: Io, { slack }: Config): Promise<(workspace: string) => Chat | undefined> {
  // Slack's client takes memory that a preview does not need.
  const createSlack = slack && (await import("../slack/client.ts")).createSlack;
  const chats: Record<string, Chat | undefined> = {
    [previewWorkspace.id]: createPreview(io.out, io.colour),
    [slackWorkspace.id]: slack && createSlack?.(slack),
  };
  return (workspace) => (Object.hasOwn(chats, workspace) ? chats[workspace] : undefined);
}
