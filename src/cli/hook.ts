import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { forgeNamed, forges } from "../forges/index.ts";
import { newSecret } from "../forges/secrets.ts";
import { type Scheme, schemes } from "../forges/verify.ts";
import { addHook, findHookByName, type Hook, listHooks, putHook, removeHook } from "../store/hooks.ts";
import type { Store } from "../store/store.ts";
import { ensureWorkspace } from "../store/workspaces.ts";
import { type Io, json, table } from "./io.ts";
import { hookUrl, ownWorkspace, withStore } from "./open.ts";
import { secretFrom } from "./secret.ts";

/** `hook add|list|show|rotate|remove` */
export function addHookCommands(program: Command, io: Io): void {
  const hook = program.command("hook").description("The addresses to which forges send their webhooks");

  hook
    .command("add")
    .description("Make a hook and print its address and secret")
    .requiredOption("--name <name>", "what you call it")
    .option("--forge <forge>", `which forge sends: ${Object.keys(forges).join(", ")}`, "gitlab")
    .option("--scheme <scheme>", `how it proves who it is: ${schemes.join(", ")}`, "token")
    .option("--brand <brand>", "the name in the headers of a rebranded GitLab: X-<Brand>-Event")
    .option("--secret-env <variable>", "take the secret from this variable instead of making one")
    .option("--json", "print JSON")
    .action((options: AddOptions) => withStore(io, (store) => add(io, store, options)));

  hook
    .command("list")
    .description("List the hooks")
    .option("--json", "print JSON")
    .action((options: { json?: boolean }) =>
      withStore(io, async (store, workspace, config) => {
        const hooks = await listHooks(store, workspace);
        const shown = hooks.map((one) => ({ ...withoutSecrets(one), url: hookUrl(config, one.id) }));
        if (options.json) return io.out(json(shown));
        if (hooks.length === 0) return io.out("There is no hook yet. Make one with: hook add --name gitlab");
        io.out(
          table(
            ["NAME", "FORGE", "SCHEME", "ADDRESS", "FROM"],
            shown.map((one) => [one.name, one.forge, one.scheme, one.url, one.origin]),
          ),
        );
      }),
    );

  hook
    .command("show <hook>")
    .description("Show one hook, by name or id")
    .option("--secret", "with its secrets, the newest first")
    .option("--json", "print JSON")
    .action((name: string, options: { secret?: boolean; json?: boolean }) =>
      withStore(io, async (store, workspace, config) => {
        const found = await findNamed(store, workspace, name);
        const shown = {
          ...withoutSecrets(found),
          url: hookUrl(config, found.id),
          ...(options.secret && { secrets: found.secrets }),
        };
        if (options.json) return io.out(json(shown));
        for (const [key, value] of Object.entries(shown)) if (value !== undefined) io.out(`${key.padEnd(10)} ${value}`);
      }),
    );

  hook
    .command("rotate <hook>")
    .description("Give a hook a new secret; the old one stays valid until --finish")
    .option("--finish", "drop all secrets but the newest")
    .action((name: string, options: { finish?: boolean }) =>
      withStore(io, async (store, workspace) => {
        const found = await findNamed(store, workspace, name);
        refuseFile(found);
        if (options.finish) {
          await putHook(store, { ...found, secrets: found.secrets.slice(0, 1) });
          return io.out(`Only the newest secret of “${found.name}” is valid now.`);
        }
        const secret = newSecret[found.scheme]();
        await putHook(store, { ...found, secrets: [secret, ...found.secrets] });
        io.out(`New secret: ${secret}`);
        io.out(`Put it into the forge, then run: hook rotate ${found.name} --finish`);
      }),
    );

  hook
    .command("remove <hook>")
    .description("Remove a hook; what it received stays")
    .option("--yes", "do it without asking")
    .action((name: string, options: { yes?: boolean }) =>
      withStore(io, async (store, workspace) => {
        const found = await findNamed(store, workspace, name);
        refuseFile(found);
        if (!options.yes)
          throw new UserError(
            `This cannot be undone: the address of “${found.name}” stops working. Repeat with --yes.`,
          );
        await removeHook(store, workspace, found.id);
        io.out(`Removed “${found.name}”.`);
      }),
    );
}

interface AddOptions {
  name: string;
  forge: string;
  scheme: string;
  brand?: string;
  secretEnv?: string;
  json?: boolean;
}

async function add(io: Io, store: Store, options: AddOptions): Promise<void> {
  const config = io.config();
  const forge = forgeNamed(options.forge);
  const scheme = toScheme(options.scheme);
  if (options.brand !== undefined && !/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(options.brand)) {
    throw new UserError(`“${options.brand}” cannot be part of a header's name. Write the brand as in X-<Brand>-Event.`);
  }
  const workspace = ownWorkspace(config);
  await ensureWorkspace(store, workspace);
  const { name, brand, secretEnv } = options;
  if (!hookName.test(name)) throw new UserError("A name has a-z, 0-9, _ and -, at most 40.");
  const secret =
    secretEnv === undefined ? newSecret[scheme]() : secretFrom(secretEnv, scheme, io.environment[secretEnv]);
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
  printNewHook(io, { ...hook, url }, forge.title);
}

/** As in rules.yml, so that a hook can move there. */
const hookName = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** The address and secret of a new hook and what to do with them. */
export function printNewHook(io: Io, hook: Hook & { url: string }, title: string): void {
  io.out(`  address  ${hook.url}`);
  io.out(`  secret   ${hook.secrets[0]}    (${fieldOf[hook.scheme]} in ${title})`);
}

const fieldOf: Record<Scheme, string> = {
  token: "“Secret token”",
  basic: "user:password in front of the host in the address",
  signed: "“Signing token”",
};

function toScheme(name: string): Scheme {
  const scheme = schemes.find((known) => known === name);
  if (!scheme) throw new UserError(`There is no scheme “${name}”. Choose one of: ${schemes.join(", ")}.`);
  return scheme;
}

async function findNamed(store: Store, workspace: string, name: string): Promise<Hook> {
  const byName = await findHookByName(store, workspace, name);
  const found = byName ?? (await listHooks(store, workspace)).find(({ id }) => id === name);
  if (!found) throw new UserError(`There is no hook “${name}”. See: hook list`);
  return found;
}

function refuseFile({ name, origin }: Hook): void {
  if (origin === "file") throw new UserError(`“${name}” comes from rules.yml. Change it there.`);
}

const withoutSecrets = ({ secrets: _, workspace: __, ...rest }: Hook) => rest;
