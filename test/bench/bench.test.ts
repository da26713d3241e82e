import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/belfry.ts";

const root = join(import.meta.dirname, "../..");

test("a quick look measures the plain server and the control, and writes nothing", async () => {
  const { folder, remove } = temporaryFolder();
  const words = ["receive", "--quick", "--seconds", "0.4", "--only", "raw,control-sqlite", "--out", folder];
  const child = spawn(process.execPath, ["bench/main.ts", ...words], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code, err).toBe(0);
  for (const title of ["### 5 KB, 10 connections", "### 200 KB, 50 connections"]) expect(out).toContain(title);
  expect(out).toMatch(/\| raw `node:http` \| .* \| [\d,]+ \|/);
  expect(out).toMatch(/\| control on SQLite \| .* \| [\d,]+ \|/);
  expect(err).toContain("Nothing was written");
  expect(existsSync(join(folder, "RESULTS.md"))).toBe(false);
  remove();
});
