import type { Command } from "commander";
import { forgeNamed, refuseScheme } from "../forges/index.ts";
import { secretField } from "../forges/secret-field.ts";
import { newSecret } from "../forges/secrets.ts";
import type { Scheme } from "../forges/verify.ts";
import { hookName } from "../rules/file-names.ts";
import { addHook, type Hook } from "../store/hooks.ts";
import type { Store } from "../store/store.ts";
import { ensureWorkspace } from "../store/workspaces.ts";
import { brandOption, forgeOption, schemeOption } from "./forge-options.ts";
import { hookUrl } from "./hook-url.ts";
import { type Io, json } from "./io.ts";
import { secretFrom } from "./secret.ts";
import { formed } from "./values.ts";
import { withStore } from "./with-store.ts";
import { commandWorkspace } from "./workspace.ts";

/** `hook add` */
export function addHookAdd(hook: Command, io: Io): void {
  hook
    .command("add")
    .description("Make a hook and print its address and secret")
    .requiredOption("--name <name>", "what you call it", formed(hookName))
    .addOption(forgeOption())
    .addOption(schemeOption())
    .addOption(brandOption())
    .option("--secret-env <variable>", "take the secret from this variable instead of making one")
    .option("--json", "print JSON")
    .action((options: AddOptions) => withStore(io, (store) => add(io, store, options)));
}

interface AddOptions {
  name: string;
  forge: string;
  scheme: Scheme;
  brand?: string;
  secretEnv?: string;
  json?: boolean;
}

async function add(io: Io, store: Store, { name, brand, scheme, secretEnv, ...options }: AddOptions): Promise<void> {
  const config = io.config();
  const forge = forgeNamed(options.forge);
  refuseScheme(forge, scheme);
  const secret =
    secretEnv === undefined ? newSecret[scheme]() : secretFrom(secretEnv, scheme, io.environment[secretEnv]);
  const workspace = await commandWorkspace(io, store, config);
  await ensureWorkspace(store, workspace);
  const hook = await addHook(store, {
    workspace: workspace.id,
    name,
    forge: forge.name,
    brand,
    scheme,
    secrets: [secret],
    origin: "command",
  });
  const url = hookUrl(config, hook.id);
  if (options.json) return io.out(json({ ...withoutSecrets(hook), url, secret }));
  io.out(`  address  ${url}`);
  io.out(`  secret   ${secret}    (${secretField(forge, scheme)} in ${forge.title})`);
}

/** What of a hook may be shown without being asked for. */
export const withoutSecrets = ({ secrets: _, workspace: __, ...rest }: Hook) => rest;
