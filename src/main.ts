#!/usr/bin/env node
import type { World } from "./cli/io.ts";
import { run } from "./cli/program.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";

/** Signals that stop us, and the exit code where a second one comes: 128 and its number, as shells have it. */
const signals = { SIGINT: 130, SIGTERM: 143 };

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
  end: (code) => process.exit(code),
  untilStopped: () =>
    new Promise((resolve) => {
      let first = true;
      for (const [signal, code] of Object.entries(signals)) {
        process.on(signal, () => {
          if (!first) process.exit(code);
          first = false;
          resolve();
        });
      }
    }),
};

// Node would print the error with all its properties, and some hold a request with its secrets. Unhandled rejections come
// here, too. What runs after that is not to be trusted: whoever watches us starts us again.
process.on("uncaughtException", (error) => {
  try {
    createLog("error").error({ error }, "ended by a mistake of ours");
  } finally {
    process.exit(1);
  }
});

// Who reads us may have read enough, as `head` does: a command then ends as ever, and a server goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

await run(world, process.argv.slice(2));
