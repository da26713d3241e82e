import { Command, CommanderError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { UserError } from "../errors.ts";
import { addAuditCommands } from "./audit.ts";
import { addDeliveryCommands } from "./deliveries.ts";
import { addHookCommands } from "./hook.ts";
import type { Io, World } from "./io.ts";
import { addManifestCommand } from "./manifest.ts";
import { addMessageCommands } from "./messages.ts";
import { addRenderCommand } from "./render.ts";
import { addRuleCommands } from "./rules.ts";
import { addSendCommand } from "./send.ts";
import { addStartCommands } from "./start.ts";

/** Runs one command line. Exit codes: 0 done, 1 not done, 2 the command line is wrong. */
export async function run(world: World, args: readonly string[]): Promise<void> {
  const program = new Command("belfry")
    .description("Brings the webhooks of GitLab-family forges to the right Slack channels.")
    .version(manifest.version)
    .addOption(
      new Option(
        "--workspace <workspace>",
        "preview, slack, or Slack's id of one that installed the app; without it the only one in use",
      ),
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(add --help for the options)")
    .exitOverride();
  const io: Io = { ...world, workspace: () => program.opts<{ workspace?: string }>().workspace };
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
  addAuditCommands,
  addRenderCommand,
  addSendCommand,
  addManifestCommand,
];
