import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "./support/belfry.ts";
import { type Bench, cache, createBench, root, shell } from "./support/commands.ts";

/** Each line of the Procfile, started as a platform would start it. */

const lines: Record<string, string> = Object.fromEntries(
  readFileSync(join(root, "Procfile"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(/:\s+/, 2)),
);

let bench: Bench;
const running: ReturnType<typeof shell>[] = [];
beforeEach(() => {
  bench = createBench();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill("SIGKILL")));
  bench.remove();
});

function startLine(name: string, environment: Record<string, string> = {}) {
  const { BELFRY_DATA = "", BELFRY_RULES = "" } = bench.env;
  // Platforms replace the shell, so that the signal reaches the process and its exit code reaches them.
  const one = shell(`exec ${lines[name] ?? "false"}`, { ...cache, BELFRY_DATA, BELFRY_RULES, ...environment });
  running.push(one);
  return one;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const stillOr = (text: string, one: ReturnType<typeof shell>) =>
  Promise.race([until(one.output, (seen) => seen.includes(text)), one.ended.then(() => one.output())]);

test("the Procfile has the three processes", () => {
  expect(Object.keys(lines).sort()).toEqual(["release", "web", "worker"]);
  for (const line of Object.values(lines)) expect(line).toMatch(/^node (--max-semi-space-size=2 )?src\/main\.ts \w+$/);
});

test("release ends well, then web answers, then worker gets ready; SIGTERM ends each with 0", async () => {
  const release = startLine("release");
  expect({ code: await release.ended, text: release.output() }).toEqual({
    code: 0,
    text: "The database is up to date.\n",
  });

  const port = await freePort();
  const web = startLine("web", { PORT: String(port) });
  expect(await stillOr("listens on", web)).toContain(`Belfry listens on http://127.0.0.1:${port} `);
  const answer = await fetch(`http://127.0.0.1:${port}/hooks`);
  expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 404, body: '{"error":"not found"}' });
  expect(await web.kill("SIGTERM")).toBe(0);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();

  const worker = startLine("worker");
  expect(await stillOr("ready", worker)).toContain("Belfry's worker is ready");
  expect(await worker.kill("SIGTERM")).toBe(0);
});

test("a signal in the moment of the first line is not lost", async () => {
  const web = startLine("web", { PORT: "0" });
  await stillOr("listens", web);
  expect(await web.kill("SIGINT")).toBe(0);
});

test.each([
  [{ DYNO: "web.1" }, "A dyno's disk does not last"],
  [
    { DATABASE_URL: "postgres://belfry:canary@db/belfry" },
    "With DATABASE_URL set BELFRY_KEYS as well, the same for all processes.",
  ],
])("with %j every line ends with 1 and says why", async (setting: Record<string, string>, says) => {
  const ends = Object.keys(lines).map(async (name) => {
    const one = startLine(name, { ...setting, PORT: "0" });
    return { code: await one.ended, text: one.output() };
  });
  for (const { code, text } of await Promise.all(ends)) {
    expect(code).toBe(1);
    expect(text).toContain(says);
    expect(text).not.toMatch(/canary|^ {4}at /m);
  }
});
