import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, inject, test } from "vitest";
import { startBelfry } from "./support/belfry.ts";
import { createBench, type Row, root } from "./support/commands.ts";
import { testKey } from "./support/stores.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The line that a call of the log writes. `fields`: JavaScript */
async function lineOf(fields: string): Promise<Row> {
  const code = `import { createLog } from ${JSON.stringify(join(root, "src/log.ts"))}; createLog("debug").error(${fields}, "said");`;
  const err = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ["--input-type=module", "-e", code], { maxBuffer: 1e8 }, (error, _, text) =>
      error ? reject(error) : resolve(text),
    );
  });
  expect(err.trim().split("\n")).toHaveLength(1);
  return JSON.parse(err) as Row;
}

test("an error is its name, message and stack; nothing that hangs on it", async () => {
  const line = await lineOf(
    `{ delivery: "d1", error: Object.assign(new TypeError("no"), { config: "CANARY", request: { headers: "CANARY" } }) }`,
  );
  expect(line).toMatchObject({ level: 50, delivery: "d1", msg: "said", error: { name: "TypeError", message: "no" } });
  expect(JSON.stringify(line)).not.toContain("CANARY");
});

test.each([
  [
    "an address with a password",
    "at postgres://belfry:CANARY@db:5432/x failed",
    "at postgres://[removed]@db:5432/x failed",
  ],
  ["an address with a token", "https://CANARY@gitlab/x", "https://[removed]@gitlab/x"],
  ["a header", "Authorization: Bearer CANARY-4f9a.x", "Authorization: Bearer [removed]"],
  ["a basic header", "Invalid value Basic Q0FOQVJZ==", "Invalid value Basic [removed]"],
  ["a token of Slack", "token xoxb-CANARY-1 is bad", "token [removed] is bad"],
  ["a signing token", "whsec_CANARY= is bad", "[removed] is bad"],
])("%s in a message is removed", async (_, message, clean) => {
  const line = await lineOf(`{ error: new Error(${JSON.stringify(message)}) }`);
  expect((line["error"] as Row)["message"]).toBe(clean);
  expect(JSON.stringify(line)).not.toMatch(/CANARY|Q0FOQVJZ/);
});

test("what is long is cut, and the line is there all the same", async () => {
  const line = await lineOf(
    `{ message: "m1", reason: "x".repeat(10_000_000), error: new Error("y".repeat(10_000_000)) }`,
  );
  const { message, stack } = line["error"] as Record<string, string>;
  expect(line).toMatchObject({ message: "m1", msg: "said" });
  for (const text of [line["reason"] as string, message, stack]) {
    expect(text?.length).toBeGreaterThan(8_000);
    expect(text?.length).toBeLessThan(8_100);
  }
  expect(line["reason"]).toContain("… [10000000 characters]");
});

describe("the password of DATABASE_URL comes out nowhere", () => {
  const url = new URL(inject("postgres"));
  const withPassword = (change: (copy: URL) => void = () => {}) => {
    const copy = new URL(url);
    copy.password = "CANARY-4f9a";
    change(copy);
    return copy.href;
  };
  test.each([
    ["a wrong one", withPassword()],
    ["TLS that is not there", withPassword((copy) => copy.searchParams.set("sslmode", "require"))],
    ["a mode that is not there", withPassword((copy) => copy.searchParams.set("sslmode", "CANARY"))],
    ["an address that cannot be read", "postgres//belfry:CANARY-4f9a@db/x"],
    ["another database", "mysql://belfry:CANARY-4f9a@db/x"],
  ])("%s", async (_, DATABASE_URL) => {
    const bench = createBench({ DATABASE_URL, BELFRY_KEYS: testKey, LOG_LEVEL: "debug" });
    cleanups.push(bench.remove);
    const { code, out, err } = await bench.run("migrate");
    expect(code).toBe(1);
    expect(err).toMatch(/DATABASE_URL|PostgreSQL|SSL/);
    expect(out + err).not.toContain("CANARY");
  });

  test("a server that is not there yet", async () => {
    const bench = createBench({
      DATABASE_URL: withPassword((copy) => {
        copy.port = "1";
      }),
      BELFRY_KEYS: testKey,
      LOG_LEVEL: "debug",
    });
    cleanups.push(bench.remove);
    const belfry = await startBelfry(bench.env, ["worker"], "Waiting for it");
    cleanups.push(() => belfry.kill("SIGKILL"));
    expect(await belfry.kill("SIGTERM")).toBe(0);
    expect(belfry.output()).not.toContain("CANARY");
  });
});
