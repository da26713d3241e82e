import { UserError } from "../errors.ts";
import { nearest } from "../rules/nearest.ts";
import { quoted } from "../rules/problem.ts";
import { findHookByName, type Hook, listHooks } from "../store/hooks.ts";
import { refuseFileHook } from "../store/rotate-hook.ts";
import { changes } from "./change-connection.ts";
import type { Asker, Command, CommandEntry, Desk, Reply } from "./command.ts";
import { hookLines } from "./hook-lines.ts";
import { isAdmin } from "./is-admin.ts";

export const connections: CommandEntry = {
  run,
  aliases: ["connection", "hooks", "webhooks"],
  usage: "connections [rotate|finish|disconnect <name>]",
  does: "list the hooks with their last delivery, give one a new secret, remove one",
  help: [
    "`/belfry connections` lists the hooks, what arrived last, and who made them.",
    "`/belfry connections rotate gitlab` shows a new secret, once; the old one stays valid until `/belfry connections finish gitlab`, which asks first.",
    "`/belfry connections disconnect gitlab` removes a hook. I ask first.",
    "A hook is changed by who made it and by administrators of the workspace.",
  ].join("\n"),
  changes: true,
};

/** `rotate <name>` for `connections rotate <name>` */
export const rotate: CommandEntry = {
  run: (desk, asker, words) => run(desk, asker, `rotate ${words}`),
  aliases: [],
  usage: "rotate <name>",
  does: "give a hook a new secret",
  help: connections.help,
  changes: true,
};

/** `disconnect <name>` for `connections disconnect <name>` */
export const disconnect: CommandEntry = {
  run: (desk, asker, words) => run(desk, asker, `disconnect ${words}`),
  aliases: [],
  usage: "disconnect <name>",
  does: "remove a hook",
  help: connections.help,
  changes: true,
};

async function run(...[desk, asker, words]: Parameters<Command>): Promise<Reply> {
  const [verb, name, ...more] = words.split(/\s+/).filter((part) => part !== "");
  if (verb === undefined) return list(desk, asker);
  const means = verb.toLowerCase().replace(/^(remove|delete|rm)$/, "disconnect");
  const change = Object.hasOwn(changes, means) ? changes[means] : undefined;
  if (!change) {
    const near = nearest(verb, Object.keys(changes));
    const hint = near ? `Did you mean \`${near}\`?` : `Choose one of: ${Object.keys(changes).join(", ")}.`;
    throw new UserError(`${quoted(verb)} is nothing that I do with hooks. ${hint}`);
  }
  // Only a button has a word behind the name.
  const [mark, ...rest] = asker.confirmed ? more : [undefined, ...more];
  if (name === undefined || rest.length > 0) {
    throw new UserError(`Name one hook, such as \`/belfry connections ${means} gitlab\`.`);
  }
  const hook = await named(desk, asker, name);
  await refuseOthers(desk, asker, hook);
  return change(desk, asker, hook, mark);
}

async function list(desk: Desk, asker: Asker): Promise<Reply> {
  const lines = await hookLines(desk, asker);
  if (lines.length > 0) return { text: lines.join("\n") };
  return {
    text: "There is no hook yet: nothing can arrive.",
    buttons: [{ label: "Connect a forge", line: "connect", style: "primary" }],
  };
}

/** @throws UserError where this workspace has no such hook */
async function named({ store }: Desk, { workspace }: Asker, name: string): Promise<Hook> {
  const found = await findHookByName(store, workspace, name.toLowerCase());
  if (found) return found;
  const names = (await listHooks(store, workspace)).map((hook) => hook.name);
  const near = nearest(name, names);
  const hint = near ? `Did you mean \`${near}\`?` : "`/belfry connections` lists them.";
  throw new UserError(`There is no hook ${quoted(name)}. ${hint}`);
}

/** @throws UserError for a hook that the asker may not change */
async function refuseOthers(desk: Desk, asker: Asker, hook: Hook): Promise<void> {
  refuseFileHook(hook);
  if (hook.createdBy === asker.user || (await isAdmin(desk, asker))) return;
  throw new UserError(`\`${hook.name}\` is changed by who made it, or by an administrator of this workspace.`);
}
