#!/usr/bin/env node
import type { World } from "./cli/io.ts";
import { run } from "./cli/program.ts";
import { readConfig } from "./config.ts";

/** The only file that touches `process`. */
const world: World = {
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

// Who reads us may have read enough, as `head` does: a command then ends as ever, and a server goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

await run(world, process.argv.slice(2));
