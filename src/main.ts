#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addDeliveryCommands } from "./cli/deliveries.ts";
import { addHookCommands } from "./cli/hook.ts";
import type { Io } from "./cli/io.ts";
import { addMessageCommands } from "./cli/messages.ts";
import { addRenderCommand } from "./cli/render.ts";
import { addRuleCommands } from "./cli/rules.ts";
import { addSendCommand } from "./cli/send.ts";
import { addStartCommands } from "./cli/start.ts";
import { readConfig } from "./config.ts";
import { UserError } from "./errors.ts";

/** The only file that touches `process`. Exit codes: 0 done, 1 not done, 2 the command line is wrong. */
const io: Io = {
  environment: process.env,
  out: (line = "") => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  colour: process.stdout.isTTY === true && !process.env["NO_COLOR"],
  config: () => readConfig(process.env),
  exitCode: (code) => {
    process.exitCode = code;
  },
  untilStopped: () =>
    new Promise((resolve) => {
      process.once("SIGINT", () => resolve());
      process.once("SIGTERM", () => resolve());
    }),
};

const program = new Command("belfry")
  .description("Brings the webhooks of GitLab-family forges to the right Slack channels.")
  .version(manifest.version)
  .showHelpAfterError("(add --help for the options)")
  .exitOverride();

for (const add of [
  addStartCommands,
  addHookCommands,
  addRuleCommands,
  addDeliveryCommands,
  addMessageCommands,
  addRenderCommand,
  addSendCommand,
]) {
  add(program, io);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof UserError) {
    io.err(error.message);
    process.exitCode = 1;
  } else throw error;
}
