import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { UserError } from "../src/errors.ts";
import { runBelfry, startBelfry, temporaryFolder } from "./support/belfry.ts";
import { createCanaries } from "./support/canaries.ts";
import { cache, root } from "./support/commands.ts";
import { createFakeSlack } from "./support/fake-slack.ts";
import { testKey } from "./support/stores.ts";

/** Secrets in settings that are wrong, or that stand under the wrong name: told by the name, never by the value. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The variables, as the code names them. */
const names = [...readFileSync(join(root, "src/config.ts"), "utf8").matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
  ([, name = ""]) => name,
);

const shapes = [
  (canary: string) => canary,
  (canary: string) => `xoxb-${canary}`,
  (canary: string) => `xapp-1-${canary}`,
  (canary: string) => `https://user:${canary}@example.com/?token=${canary}`,
  (canary: string) => `postgres://user:${canary}@127.0.0.1:9/db?sslmode=${canary}`,
  (canary: string) => `${canary} ${canary}\n`,
];

test("a secret under any name, in any form, is not repeated", () => {
  expect(names.length).toBeGreaterThan(20);
  const canaries = createCanaries();
  const complaints: { name: string; bytes: string }[] = [];
  for (const name of names)
    for (const shape of shapes) {
      try {
        readConfig({ [name]: shape(canaries.plant(name.toLowerCase())) });
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        complaints.push({ name, bytes: String(error instanceof Error && error.stack) });
      }
    }
  expect(complaints.length).toBeGreaterThan(60);
  expect(canaries.find(complaints)).toEqual([]);
});

test.each([
  ["another kind of database", (canary: string) => `mysql://user:${canary}@127.0.0.1/db`],
  ["no address", (canary: string) => `user:${canary}@127.0.0.1`],
  ["nobody there", (canary: string) => `postgres://user:${canary}@127.0.0.1:9/db`],
  ["an unknown option", (canary: string) => `postgres://user@127.0.0.1/db?password=${canary}`],
  ["a password that is not encoded", (canary: string) => `postgres://user:${canary}%@127.0.0.1:9/db`],
])("DATABASE_URL with %s", async (_name, shape) => {
  const canaries = createCanaries();
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const environment = { DATABASE_URL: shape(canaries.plant("password")), BELFRY_KEYS: testKey, LOG_LEVEL: "debug" };
  const { code, out, err } = await runBelfry(["migrate"], { ...cache, BELFRY_DATA: `${folder}/data`, ...environment });
  expect(code).toBe(1);
  expect(err).not.toBe("");
  expect(canaries.find([{ name: "output", bytes: out + err }])).toEqual([]);
});

test("tokens that Slack refuses, for posts and for the socket", async () => {
  const canaries = createCanaries();
  const { folder, remove } = temporaryFolder();
  const fake = await createFakeSlack({});
  const belfry = await startBelfry({
    ...{ ...cache, BELFRY_DATA: `${folder}/data`, SLACK_API_URL: fake.url, LOG_LEVEL: "debug" },
    SLACK_BOT_TOKEN: `xoxb-${canaries.plant("bot")}`,
    SLACK_APP_TOKEN: `xapp-1-${canaries.plant("app")}`,
  });
  cleanups.push(remove, fake.close, () => belfry.kill("SIGKILL"));
  await belfry.printed("invalid_auth");
  await belfry.kill("SIGTERM");
  expect(canaries.find([{ name: "output", bytes: belfry.output() }])).toEqual([]);
});
