import { Command, CommanderError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { UserError } from "../errors.ts";
import { addDeliveryCommands } from "./deliveries.ts";
import { addHookCommands } from "./hook.ts";
import type { Io, World } from "./io.ts";
import { addMessageCommands } from "./messages.ts";
import { addRenderCommand } from "./render.ts";
import { addRuleCommands } from "./rules.ts";
import { addSendCommand } from "./send.ts";
import { addStartCommands } from "./start.ts";
import { workspaces } from "./workspace.ts";

/** Runs one command line. Exit codes: 0 done, 1 not done, 2 the command line is wrong. */
export async function run(world: World, args: readonly string[]): Promise<void> {
  const program = new Command("belfry")
    .description("Brings the webhooks of GitLab-family forges to the right Slack channels.")
    .version(manifest.version)
    .addOption(
      new Option(
        "--workspace <workspace>",
        "Slack, or the local preview; without it Slack once it has been used",
      ).choices(Object.keys(workspaces)),
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(add --help for the options)")
    .exitOverride();
  const io: Io = { ...world, workspace: () => program.opts<{ workspace?: keyof typeof workspaces }>().workspace };
  for (const add of commands) add(program, io);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return io.exitCode(error.exitCode === 0 ? 0 : 2);
    if (!(error instanceof UserError)) throw error;
    io.err(error.message);
    io.exitCode(1);
  }
}

const commands = [
  addStartCommands,
  addHookCommands,
  addRuleCommands,
  addDeliveryCommands,
  addMessageCommands,
  addRenderCommand,
  addSendCommand,
];
