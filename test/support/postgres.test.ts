import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a process that starts PostgreSQL ends with its own code: tests that fail must fail", async () => {
  const postgres = join(import.meta.dirname, "postgres.ts");
  const script = `const { remove } = await (await import(${JSON.stringify(postgres)})).startPostgres(); await remove(); process.exitCode = 3;`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore" });
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(3);
});
