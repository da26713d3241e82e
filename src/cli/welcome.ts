import type { Config } from "../config.ts";
import { kinds } from "../events.ts";
import { newSecret } from "../forges/secrets.ts";
import { addRule } from "../store/change-rules.ts";
import { addHook, listHooks } from "../store/hooks.ts";
import { listRules } from "../store/rules.ts";
import type { Store } from "../store/store.ts";
import { slackWorkspace, type Workspace } from "../store/workspaces.ts";
import { hookUrl } from "./hook-url.ts";
import type { Io } from "./io.ts";

/** The preview is the local terminal: nobody else reads along. */
const everything = `** ${Object.keys(kinds).join(" ")} confidential:yes`;
const example = "test/forges/gitlab/merge_request_hook__open.json";

interface Parts {
  io: Io;
  config: Config;
  store: Store;
  workspace: Workspace;
}

/**
 * The first start on this machine's own store makes a hook, and in the preview a rule for everything, so that there is something to try.
 * @param url where the server is reached
 */
export async function welcome(parts: Parts, url: string): Promise<void> {
  const { io, config, store, workspace } = parts;
  if ((await listHooks(store, workspace.id)).length > 0) return;
  // People make hooks and rules in Slack, and a hook that nobody uses would be in their way.
  if (config.app) return io.out("In a channel type: /belfry connect gitlab, then: /belfry subscribe group/project");
  // What servers that share a database print is collected and kept by others: no place for a secret.
  if (config.database) return io.out("There is no hook yet. Make one: npm run -s belfry -- hook add --name gitlab");
  const secret = newSecret.token();
  const hook = await addHook(store, {
    workspace: workspace.id,
    name: "gitlab",
    forge: "gitlab",
    brand: undefined,
    scheme: "token",
    secrets: [secret],
    origin: "start",
  });
  const address = hookUrl(config, hook.id, url);
  io.out("\nYour first hook, for GitLab:");
  io.out(`  address  ${address}`);
  io.out(`  secret   ${secret}`);
  io.out("The secret is not shown again by itself. To see it: npm run -s belfry -- hook show gitlab --secret");
  await firstRule(parts);
  io.out("\nTry it, in a second terminal:");
  io.out(`  npm run -s belfry -- send --hook ${address} --secret ${secret} --event "Merge Request Hook" ${example}\n`);
}

async function firstRule({ io, config, store, workspace }: Parts): Promise<void> {
  if ((await listRules(store, workspace.id)).length > 0) return;
  if (workspace.id === slackWorkspace.id) {
    io.out(`\nThere is no rule yet. Write rules into ${config.rules}, such as:`);
    io.out('  rules:\n    - "#general  group/**"');
    return;
  }
  const rule = await addRule(store, workspace.id, "start", { channel: "#preview", words: everything });
  io.out(`\nYour first rule, ${rule.id}: everything of every project goes to ${rule.channel}.`);
}
