import type { Command } from "commander";
import { type Parts, type Running, startWeb, startWorker } from "../app.ts";
import type { Config } from "../config.ts";
import { newSecret } from "../forges/secrets.ts";
import { createLog } from "../log.ts";
import { createPreview } from "../preview.ts";
import type { Chat } from "../slack/chat.ts";
import { createSlack } from "../slack/client.ts";
import { addHook, listHooks } from "../store/hooks.ts";
import { lockFolder } from "../store/lock.ts";
import { addRule, listRules } from "../store/rules.ts";
import { openStore, type Store } from "../store/store.ts";
import { ensureWorkspace, previewWorkspace, slackWorkspace } from "../store/workspaces.ts";
import { loadTemplates } from "../templates/load.ts";
import type { Io } from "./io.ts";
import { hookUrl, ownWorkspace, templatesFolder } from "./open.ts";
import { followRulesFile } from "./rules-file.ts";

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
      const store = await openStore(config.data, config.keys);
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
  const store = await openStore(config.data, config.keys);
  const parts: Parts = { config, store, templates, chatOf: connectChats(io, config), log };
  const stops: (() => Promise<void> | void)[] = [];
  try {
    await ensureWorkspace(store, ownWorkspace(config));
    stops.push(await followRulesFile({ io, config, store, log }));
    const worker = roles.worker ? startWorker(parts) : undefined;
    if (worker) stops.unshift(worker.stop);
    if (roles.web) stops.unshift(await listen(io, parts, worker));
    else io.out(`Belfry's worker is ready (data in ${config.data}).`);
    await stopped;
    log.info("stopping");
  } finally {
    for (const stop of stops) await stop();
    await store.close();
    unlock();
  }
}

async function listen(io: Io, parts: Parts, worker: { wake: () => void } | undefined): Promise<Running["stop"]> {
  const web = await startWeb(parts, () => worker?.wake());
  io.out(`Belfry listens on ${web.url} (data in ${parts.config.data}).`);
  if (!worker)
    io.out("This process only receives. To post too, stop it and run `start`: SQLite takes one server at a time.");
  if (worker && !parts.config.slack)
    io.out("No SLACK_BOT_TOKEN is set: messages are shown here, in the local preview workspace.");
  await welcome(io, parts, web.url);
  return web.stop;
}

const everything = "** push tag_push merge_request pipeline deployment release";
const example = "test/forges/gitlab/merge_request_hook__open.json";

/** The first start makes a hook, and in the preview a rule for everything, so that there is something to try. */
async function welcome(io: Io, { config, store }: Parts, url: string): Promise<void> {
  const workspace = ownWorkspace(config).id;
  if ((await listHooks(store, workspace)).length > 0) return;
  const secret = newSecret.token();
  const made = {
    workspace,
    name: "gitlab",
    forge: "gitlab",
    brand: undefined,
    scheme: "token",
    secrets: [secret],
    origin: "start",
  } as const;
  const hook = await addHook(store, { ...made, secrets: [secret] });
  io.out("\nYour first hook, for GitLab (the secret is shown only now; later: hook show gitlab --secret):");
  io.out(`  address  ${hookUrl(config, hook.id, url)}`);
  io.out(`  secret   ${secret}`);
  await firstRule(io, store, config, workspace);
  io.out("\nTry it, in a second terminal:");
  io.out(
    `  npm run -s belfry -- send --hook ${hookUrl(config, hook.id, url)} --secret ${secret} --event "Merge Request Hook" ${example}\n`,
  );
}

async function firstRule(io: Io, store: Store, config: Config, workspace: string): Promise<void> {
  if ((await listRules(store, workspace)).length > 0) return;
  if (config.slack) {
    io.out(`\nThere is no rule yet. Write rules into ${config.rules}, such as:`);
    io.out('  rules:\n    - "#general  group/**"');
    return;
  }
  const rule = await addRule(store, workspace, "start", { channel: "#preview", words: everything });
  io.out(`\nYour first rule, ${rule.id}: everything of every project goes to ${rule.channel}.`);
}

/** Each workspace's way to post: the preview always prints, Slack needs its token. */
function connectChats(io: Io, { slack }: Config): (workspace: string) => Chat | undefined {
  const chats: Record<string, Chat | undefined> = {
    [previewWorkspace.id]: createPreview(io.out, io.colour),
    [slackWorkspace.id]: slack && createSlack(slack),
  };
  return (workspace) => (Object.hasOwn(chats, workspace) ? chats[workspace] : undefined);
}
