import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

/** app.yml is the manifest that people paste into Slack: it must be taken, and ask for no more than we use. */

const root = join(import.meta.dirname, "..");
const read = () => parse(readFileSync(join(root, "app.yml"), "utf8")) as unknown;

const text = (least: number, most: number) => z.string().min(least).max(most);

/** The parts that we use; a part that is not here is a mistake. https://docs.slack.dev/reference/app-manifest */
const Manifest = z.strictObject({
  display_information: z.strictObject({
    name: text(1, 35),
    description: text(1, 140),
    long_description: text(175, 4000),
    background_color: z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i),
  }),
  features: z.strictObject({
    bot_user: z.strictObject({
      display_name: z.string().regex(/^[a-z0-9_.-]{1,80}$/),
      always_online: z.boolean(),
    }),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()).min(1) }) }),
  settings: z.strictObject({
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

/** The scopes that each method of Slack needs. https://docs.slack.dev/reference/methods */
const scopesOf: Record<string, string[]> = {
  "auth.test": [],
  // chat:write.public posts into public channels without being invited first.
  "chat.postMessage": ["chat:write", "chat:write.public"],
  "chat.update": ["chat:write"],
  "chat.delete": ["chat:write"],
  "conversations.info": ["channels:read", "groups:read"],
  "conversations.list": ["channels:read", "groups:read"],
  "conversations.replies": ["channels:history", "groups:history"],
  "reactions.add": ["reactions:write"],
  "users.lookupByEmail": ["users:read", "users:read.email"],
};

/** Methods of Slack's client that a source calls: `client.chat.postMessage`, also over several lines. */
const methodsIn = (source: string): string[] =>
  [...source.matchAll(/\bclient\s*\.(\w+)\s*\.(\w+)\s*\(/g)].map(([, group, name]) => `${group}.${name}`);

function usedMethods(): string[] {
  const folder = join(root, "src/slack");
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  return [...new Set(sources.flatMap(methodsIn))];
}

test("Slack takes the manifest", () => {
  expect(Manifest.safeParse(read()).error?.issues ?? []).toEqual([]);
});

/** Methods that we go without where the app has not their scopes: the README says what one gets for adding them. */
const optional = ["conversations.history"];

test("it asks for the scopes of the methods that we call, and for no other", () => {
  const used = usedMethods();
  expect(used).toContain("chat.postMessage");
  expect(used.filter((method) => !scopesOf[method] && !optional.includes(method))).toEqual([]);
  const wanted = new Set(used.flatMap((method) => scopesOf[method] ?? []));
  expect(Manifest.parse(read()).oauth_config.scopes.bot.toSorted()).toEqual([...wanted].toSorted());
});

test("no method is called by a name that is put together", () => {
  const folder = join(root, "src/slack");
  for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), "utf8")).not.toContain("apiCall");
});

describe("what is wrong is found", () => {
  test("calls of methods", () => {
    expect(methodsIn("await client.chat\n  .postMessage({}); client.reactions.add(x)")).toEqual([
      "chat.postMessage",
      "reactions.add",
    ]);
  });

  test.each([
    ["a name that is too long", ["display_information", "name"], "x".repeat(36)],
    ["a long description that is too short", ["display_information", "long_description"], "Short."],
    ["a part that nobody knows", ["feature"], {}],
  ])("%s", (_, path, value) => {
    const manifest = structuredClone(read()) as Record<string, unknown>;
    const [first = "", second] = path;
    if (second === undefined) manifest[first] = value;
    else (manifest[first] as Record<string, unknown>)[second] = value;
    expect(Manifest.safeParse(manifest).success).toBe(false);
  });
});
