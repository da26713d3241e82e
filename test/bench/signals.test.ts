import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { look } from "../../bench/descendants.ts";
import { temporaryFolder } from "../support/belfry.ts";

const root = join(import.meta.dirname, "../..");

/** The processes that were started by that one and run. */
const childrenOf = (parent: number) =>
  readdirSync("/proc").filter((pid) => {
    const found = /^\d+$/.test(pid) ? look(pid) : undefined;
    return found?.parent === parent && found.state !== "Z";
  });

test.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)("%s leaves no process and no folder", async (signal) => {
  const { folder, remove } = temporaryFolder();
  const words = ["receive", "--quick", "--seconds", "60", "--only", "raw"];
  const env = { ...process.env, TMPDIR: folder };
  const bench = spawn(process.execPath, ["bench/main.ts", ...words], { cwd: root, env, stdio: "ignore" });
  const { pid = 0 } = bench;
  const ended = new Promise((resolve) => bench.once("close", resolve));
  // The subject and the load.
  await expect.poll(() => childrenOf(pid).length, { timeout: 20_000 }).toBe(2);
  const started = childrenOf(pid);
  bench.kill(signal);
  expect(await ended).toBe(128 + constants.signals[signal]);
  expect(started.filter((one) => (look(one)?.state ?? "Z") !== "Z")).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  remove();
});
