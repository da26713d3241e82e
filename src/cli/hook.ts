import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { forgeNamed } from "../forges/index.ts";
import { newSecret } from "../forges/secrets.ts";
import { findHookByName, type Hook, listHooks, removeHook } from "../store/hooks.ts";
import { finishRotation, refuseFileHook, rotateHook } from "../store/rotate-hook.ts";
import type { Store } from "../store/store.ts";
import { addHookAdd, withoutSecrets } from "./hook-add.ts";
import { hookUrl } from "./hook-url.ts";
import { type Io, json } from "./io.ts";
import { printList } from "./print-list.ts";
import { withStore } from "./with-store.ts";

/** `hook add|list|show|rotate|remove` */
export function addHookCommands(program: Command, io: Io): void {
  const hook = program.command("hook").description("The addresses to which forges send their webhooks");

  addHookAdd(hook, io);

  hook
    .command("list")
    .description("List the hooks")
    .option("--json", "print JSON")
    .action((options: { json?: boolean }) =>
      withStore(io, async (store, workspace, config) => {
        const hooks = await listHooks(store, workspace);
        printList(
          io,
          options,
          hooks.map((one) => ({ ...withoutSecrets(one), url: hookUrl(config, one.id) })),
          {
            NAME: (one) => one.name,
            FORGE: (one) => one.forge,
            SCHEME: (one) => one.scheme,
            ADDRESS: (one) => one.url,
            FROM: (one) => one.origin,
          },
          "There is no hook yet. Make one with: hook add --name acme",
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
        const url = hookUrl(config, found.id);
        const secrets = options.secret ? found.secrets : [];
        if (options.json) return io.out(json({ ...withoutSecrets(found), url, ...(options.secret && { secrets }) }));
        for (const [label, value] of labelled(found, url, secrets)) io.out(`${label.padEnd(8)}  ${value}`);
      }),
    );

  hook
    .command("rotate <hook>")
    .description("Give a hook a new secret; the old one stays valid until --finish")
    .option("--finish", "drop all secrets but the newest")
    .action((name: string, options: { finish?: boolean }) =>
      withStore(io, async (store, workspace) => {
        const found = await findNamed(store, workspace, name);
        if (options.finish) {
          await finishRotation(store, found);
          return io.out(`Only the newest secret of “${found.name}” is valid now.`);
        }
        const changed = await rotateHook(store, found, newSecret);
        io.out(`New secret: ${changed.secrets[0]}`);
        io.out(`Put it into the forge, then run: hook rotate ${changed.name} --finish`);
      }),
    );

  hook
    .command("remove <hook>")
    .description("Remove a hook; what it received stays")
    .option("--yes", "do it without asking")
    .action((name: string, options: { yes?: boolean }) =>
      withStore(io, async (store, workspace) => {
        const found = await findNamed(store, workspace, name);
        refuseFileHook(found);
        if (!options.yes)
          throw new UserError(
            `This cannot be undone: the address of “${found.name}” stops working. Repeat with --yes.`,
          );
        await removeHook(store, workspace, found.id);
        io.out(`Removed “${found.name}”.`);
      }),
    );
}

/** A hook as people read it, one thing a line. */
const labelled = (hook: Hook, url: string, secrets: readonly string[]): [string, string][] => [
  ["name", hook.name],
  ["address", url],
  ["forge", forgeNamed(hook.forge).title],
  ...(hook.brand === undefined ? [] : [["brand", hook.brand] satisfies [string, string]]),
  ["scheme", hook.scheme],
  ["made", `${hook.createdAt} by ${madeBy[hook.origin]}`],
  ...secrets.map((secret): [string, string] => ["secret", secret]),
];

const madeBy: Record<Hook["origin"], string> = { start: "the first start", command: "a command", file: "rules.yml" };

async function findNamed(store: Store, workspace: string, name: string): Promise<Hook> {
  const byName = await findHookByName(store, workspace, name);
  const found = byName ?? (await listHooks(store, workspace)).find(({ id }) => id === name);
  if (!found) throw new UserError(`There is no hook “${name}”. See: hook list`);
  return found;
}
