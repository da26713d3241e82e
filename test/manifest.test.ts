import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { handlers } from "../src/app/events.ts";
import { botEvents, linkEvent, linkScopes, manifest, scopesFor, slackPaths } from "../src/app/manifest.ts";

/** app.yml is the manifest that people paste into Slack: it must be taken, and ask for what we use and no more. */

const root = join(import.meta.dirname, "..");
const read = (): unknown => parse(readFileSync(join(root, "app.yml"), "utf8"));

const text = (least: number, most: number) => z.string().min(least).max(most);
const address = (path: string, most: number) => z.literal(`https://belfry.example.com${path}`).check(z.maxLength(most));
const events = address(slackPaths.events, 3000);
const list = <T extends z.ZodType>(item: T, least: number, most: number) =>
  z
    .array(item)
    .min(least)
    .max(most)
    .refine((items) => new Set(items).size === items.length, "names something twice");

/**
 * The parts that we use, with Slack's limits; a part that is not here is a mistake.
 * https://github.com/slackapi/manifest-schema/blob/main/schemas/manifest.schema.2.0.0.json
 */
const parts = {
  display_information: z.strictObject({
    name: text(1, 35),
    description: text(1, 140),
    long_description: text(175, 4000),
    background_color: z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i),
  }),
  // We write to people and read nothing that they answer.
  app_home: z.strictObject({
    home_tab_enabled: z.literal(false),
    messages_tab_enabled: z.literal(true),
    messages_tab_read_only_enabled: z.literal(true),
  }),
  bot_user: z.strictObject({
    display_name: z.string().regex(/^[a-z0-9_.-]{1,80}$/),
    always_online: z.boolean(),
  }),
  command: {
    command: text(2, 32).regex(/^\/[a-z0-9_-]+$/),
    description: text(1, 2000),
    usage_hint: text(1, 1000),
    // Without it what people type would name people and channels by names, which Slack lets anybody choose.
    should_escape: z.literal(false),
  },
  scopes: z.strictObject({ bot: list(text(1, 50), 1, 255) }),
  bot_events: list(text(1, 50), 1, 100),
  settings: {
    org_deploy_enabled: z.literal(true),
    token_rotation_enabled: z.literal(false),
  },
};

const Manifest = z.strictObject({
  display_information: parts.display_information,
  features: z.strictObject({
    app_home: parts.app_home,
    bot_user: parts.bot_user,
    slash_commands: list(z.strictObject({ ...parts.command, url: events }), 1, 50),
    unfurl_domains: list(text(1, 255), 1, 5).optional(),
  }),
  oauth_config: z.strictObject({
    redirect_urls: list(address(slackPaths.redirect, 2500), 1, 1000),
    scopes: parts.scopes,
  }),
  settings: z.strictObject({
    ...parts.settings,
    event_subscriptions: z.strictObject({ request_url: events, bot_events: parts.bot_events }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: events }),
    socket_mode_enabled: z.literal(false),
  }),
});

/** Through a socket Slack asks for no address. */
const SocketManifest = z.strictObject({
  display_information: parts.display_information,
  features: z.strictObject({
    app_home: parts.app_home,
    bot_user: parts.bot_user,
    slash_commands: list(z.strictObject(parts.command), 1, 50),
  }),
  oauth_config: z.strictObject({ scopes: parts.scopes }),
  settings: z.strictObject({
    ...parts.settings,
    event_subscriptions: z.strictObject({ bot_events: parts.bot_events }),
    interactivity: z.strictObject({ is_enabled: z.literal(true) }),
    socket_mode_enabled: z.literal(true),
  }),
});

/** The scopes that each method of Slack needs. https://docs.slack.dev/reference/methods */
const scopesOf: Record<string, string[]> = {
  "auth.revoke": [],
  "auth.test": [],
  "oauth.v2.access": [],
  // chat:write.public posts into public channels without being invited first.
  "chat.postMessage": ["chat:write", "chat:write.public"],
  "chat.postEphemeral": ["chat:write"],
  "chat.update": ["chat:write"],
  "chat.delete": ["chat:write"],
  "chat.unfurl": ["links:write"],
  "conversations.info": ["channels:read", "groups:read"],
  "conversations.list": ["channels:read", "groups:read"],
  "conversations.open": ["im:write"],
  "reactions.add": ["reactions:write"],
  "users.info": ["users:read"],
  "users.lookupByEmail": ["users:read", "users:read.email"],
};

/** The scopes that each event needs. https://docs.slack.dev/reference/events */
const scopesOfEvent: Record<string, string[]> = {
  app_uninstalled: [],
  tokens_revoked: [],
  team_access_revoked: [],
  channel_archive: ["channels:read"],
  channel_unarchive: ["channels:read"],
  channel_deleted: ["channels:read"],
  channel_rename: ["channels:read"],
  channel_left: ["channels:read"],
  // One of both is enough, and tells of public or of private channels alone.
  channel_shared: ["channels:read", "groups:read"],
  channel_unshared: ["channels:read", "groups:read"],
  channel_id_changed: ["groups:read"],
  group_archive: ["groups:read"],
  group_unarchive: ["groups:read"],
  group_deleted: ["groups:read"],
  group_rename: ["groups:read"],
  group_left: ["groups:read"],
  link_shared: ["links:read"],
};

/** Methods of Slack's client that a source calls: `client.chat.postMessage`, also over several lines. */
const methodsIn = (source: string): string[] =>
  [...source.matchAll(/\bclient((?:\s*\.\w+){2,3})\s*\(/g)].map(([, path = ""]) => path.replace(/\s/g, "").slice(1));

/** Events and commands that are listened to beside the tables: `app.event("…")`. */
const strayIn = (source: string): string[] =>
  [...source.matchAll(/\.(?:event|command|message)\(\s*["'`/][^,)]*/g)].map(([found]) => found);

const sources = ["src/slack", "src/app"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, folder, file), "utf8")),
);

/** Methods that we go without where the app has not their scopes: the README says what one gets for adding them. */
const optional = ["conversations.history", "conversations.replies"];

describe("Slack takes", () => {
  test.each([
    ["app.yml", read(), Manifest],
    ["the manifest of an address", manifest({ url: "https://belfry.example.com" }), Manifest],
    ["the manifest for a socket", manifest({ socketMode: true }), SocketManifest],
    ["a manifest that unfurls", manifest({ url: "https://belfry.example.com" }, ["gitlab.example.com"]), Manifest],
  ])("%s", (_, made, shape) => {
    expect(shape.safeParse(made).error?.issues ?? []).toEqual([]);
  });
});

test("there is a handler for each event of the manifest, and no other", () => {
  expect(Object.keys(handlers).toSorted()).toEqual([...botEvents, linkEvent].toSorted());
  expect(Manifest.parse(read()).settings.event_subscriptions.bot_events).toEqual(botEvents);
  expect(sources.flatMap(strayIn)).toEqual([]);
});

test("it asks for the scopes of the methods that we call, of the events and of the command, and for no other", () => {
  const used = [...new Set(sources.flatMap(methodsIn))];
  expect(used).toContain("chat.postMessage");
  expect(used.filter((method) => !scopesOf[method] && !optional.includes(method))).toEqual([]);
  const events = [...botEvents, linkEvent];
  expect(events.filter((event) => !scopesOfEvent[event])).toEqual([]);
  const wanted = new Set([
    ...used.flatMap((method) => scopesOf[method] ?? []),
    ...events.flatMap((event) => scopesOfEvent[event] ?? []),
    "commands",
  ]);
  expect(scopesFor(["gitlab.example.com"]).toSorted()).toEqual([...wanted].toSorted());
  const own = [...wanted].filter((scope) => !Object.hasOwn(linkScopes, scope)).toSorted();
  expect(Manifest.parse(read()).oauth_config.scopes.bot.toSorted()).toEqual(own);
  expect(scopesFor([]).toSorted()).toEqual(own);
});

test("no method is called by a name that is put together", () => {
  for (const source of sources) expect(source).not.toContain("apiCall");
});

describe("what is wrong is found", () => {
  test("calls of methods", () => {
    expect(methodsIn("await client.chat\n  .postMessage({}); client.oauth.v2.access(x); client.start()")).toEqual([
      "chat.postMessage",
      "oauth.v2.access",
    ]);
  });

  test("events beside the table", () => {
    expect(strayIn('app.event("link_shared", f); app.event(name, f); app.command(/x/, f)')).toEqual([
      '.event("link_shared"',
      ".command(/x/",
    ]);
  });

  const command = ["features", "slash_commands", 0] as const;
  test.each<[string, readonly (string | number)[], unknown]>([
    ["a name that is too long", ["display_information", "name"], "x".repeat(36)],
    ["a description that is too long", ["display_information", "description"], "x".repeat(141)],
    ["a long description that is too short", ["display_information", "long_description"], "Short."],
    ["a part that nobody knows", ["feature"], {}],
    ["no tab for our messages", ["features", "app_home", "messages_tab_enabled"], false],
    ["a command without its slash", [...command, "command"], "belfry"],
    ["a usage hint that is too long", [...command, "usage_hint"], "x".repeat(1001)],
    ["a command at another address", [...command, "url"], "https://belfry.example.com/elsewhere"],
    ["an address without TLS", ["oauth_config", "redirect_urls"], ["http://belfry.example.com/slack/oauth_redirect"]],
    ["an event that is named twice", ["settings", "event_subscriptions", "bot_events"], ["x", "x"]],
    ["too many events", ["settings", "event_subscriptions", "bot_events"], Array.from({ length: 101 }, String)],
    ["rotating tokens, which nobody rotates", ["settings", "token_rotation_enabled"], true],
  ])("%s", (_, path, value) => {
    const changed = structuredClone(read()) as Record<string | number, unknown>;
    const last = path.at(-1) ?? "";
    const inner = path.slice(0, -1).reduce((at, key) => at[key] as Record<string | number, unknown>, changed);
    inner[last] = value;
    expect(Manifest.safeParse(changed).success).toBe(false);
  });
});
