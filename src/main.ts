#!/usr/bin/env node
import type { Io } from "./cli/io.ts";
import { run } from "./cli/program.ts";
import { readConfig } from "./config.ts";

/** The only file that touches `process`. */
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

await run(io, process.argv.slice(2));
