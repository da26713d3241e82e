import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { afterEach, expect, test } from "vitest";
import { deliver, firstHook, runBelfry, startBelfry, temporaryFolder, until } from "./support/belfry.ts";
import { createFakeSlack } from "./support/fake-slack.ts";

/** The whole way of a delivery: HTTP, store, reader, lanes, Slack's real client, a Slack over HTTP. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Each to another branch: what one person pushes to one within a minute is one message. */
const push = (number: number) =>
  JSON.stringify({
    object_kind: "push",
    ref: `refs/heads/change-${number}`,
    before: "a".repeat(40),
    after: "b".repeat(40),
    user_name: "Alice Meyer",
    user_username: "alice",
    project: {
      name: "api",
      path_with_namespace: "acme/shop/api",
      web_url: "https://gitlab.acme.example/acme/shop/api",
      default_branch: "main",
    },
    commits: [
      {
        id: "b".repeat(40),
        message: `Change ${number}`,
        timestamp: "2026-01-05T10:00:00Z",
        url: "https://gitlab.acme.example/c/1",
        author: { name: "Alice Meyer" },
      },
    ],
    total_commits_count: 1,
  });

async function startWithSlack(rules: string, environment: Record<string, string> = {}) {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const slack = await createFakeSlack();
  cleanups.push(() => slack.close());
  const file = join(folder, "rules.yml");
  writeFileSync(file, rules);
  const env = {
    BELFRY_DATA: join(folder, "data"),
    BELFRY_RULES: file,
    SLACK_BOT_TOKEN: "xoxb-acme",
    SLACK_API_URL: slack.url,
    ...environment,
  };
  const start = async () => {
    const belfry = await startBelfry(env);
    cleanups.push(() => belfry.kill("SIGKILL"));
    return belfry;
  };
  return { env, slack, start, file, belfry: await start() };
}

const textsOf = (slack: Awaited<ReturnType<typeof createFakeSlack>>, channel: string) =>
  slack.messages(channel).map((message) => JSON.stringify(message));

test("deliveries arrive in their channel in order, and only there", async () => {
  const { belfry, slack } = await startWithSlack(
    'rules:\n  - "#api acme/shop/* push"\n  - "#deploys acme/other push"\n',
  );
  const hook = await firstHook(belfry);
  for (let number = 1; number <= 12; number++) {
    const response = await deliver(hook, { header: "Push Hook", body: push(number) });
    expect(response.status).toBe(202);
  }
  const texts = await until(
    () => textsOf(slack, "#api"),
    (seen) => seen.length >= 12,
  );
  expect(texts.map((text) => /Change (\d+)/.exec(text)?.[1])).toEqual(
    Array.from({ length: 12 }, (_, index) => String(index + 1)),
  );
  expect(slack.messages("#deploys")).toEqual([]);
});

test("a failed post is tried again, in order, and never dropped", async () => {
  const { belfry, slack } = await startWithSlack('rules:\n  - "#api ** push"\n');
  const hook = await firstHook(belfry);
  slack.failNext("chat.postMessage", "internal_error");
  slack.failNext("chat.postMessage", { ratelimited: 1 });
  slack.failNext("chat.postMessage", 503);
  for (const number of [1, 2, 3]) await deliver(hook, { header: "Push Hook", body: push(number) });
  const texts = await until(
    () => textsOf(slack, "#api"),
    (seen) => seen.length >= 3,
  );
  expect(texts.map((text) => /Change (\d+)/.exec(text)?.[1])).toEqual(["1", "2", "3"]);
});

test("a delivery sent again is answered 200 and posted once", async () => {
  const { belfry, slack } = await startWithSlack('rules:\n  - "#api ** push"\n');
  const hook = await firstHook(belfry);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      deliver(hook, { header: "Push Hook", body: push(1) }, { "idempotency-key": "one" }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 202]);
  await deliver(hook, { header: "Push Hook", body: push(2) });
  await until(
    () => textsOf(slack, "#api"),
    (seen) => seen.some((text) => text.includes("Change 2")),
  );
  expect(textsOf(slack, "#api")).toHaveLength(2);
});

test("kill -9 after the 202 and before the post: posted after the restart, once", async () => {
  const { belfry, slack, start } = await startWithSlack('rules:\n  - "#api ** push"\n');
  const hook = await firstHook(belfry);
  // Slack refuses for now, so the 202 is out and nothing is posted when the process dies.
  for (let count = 0; count < 50; count++) slack.failNext("chat.postMessage", "internal_error");
  for (const number of [1, 2, 3]) {
    expect((await deliver(hook, { header: "Push Hook", body: push(number) })).status).toBe(202);
  }
  await belfry.kill("SIGKILL");
  expect(slack.messages("#api")).toEqual([]);
  slack.clearFaults();
  await start();
  const texts = await until(
    () => textsOf(slack, "#api"),
    (seen) => seen.length >= 3,
  );
  expect(texts.map((text) => /Change (\d+)/.exec(text)?.[1])).toEqual(["1", "2", "3"]);
});

test("kill -9 at once after each 202, again and again: nothing is lost, doubles are on record", async () => {
  const { belfry, slack, start, env } = await startWithSlack('rules:\n  - "#api ** push"\n');
  const { hook, secret } = await firstHook(belfry);
  let current = belfry;
  for (let number = 1; number <= 6; number++) {
    const address = hook.replace(/^http:\/\/[^/]+/, current.url);
    expect((await deliver({ hook: address, secret }, { header: "Push Hook", body: push(number) })).status).toBe(202);
    await current.kill("SIGKILL");
    current = await start();
  }
  await until(
    () => textsOf(slack, "#api"),
    (seen) => seen.some((text) => text.includes("Change 6")),
  );
  const numbers = slack.messages("#api").map((message) => /Change (\d+)/.exec(JSON.stringify(message))?.[1]);
  expect([...new Set(numbers)]).toEqual(["1", "2", "3", "4", "5", "6"]);
  // A kill between Slack's post and our note of it may post once more, and then the lost answer is on record.
  const messages = JSON.parse((await runBelfry(["messages", "list", "--json"], env)).out) as { lost_answers: number }[];
  const lost = messages.reduce((sum, message) => sum + message.lost_answers, 0);
  expect(numbers.length - 6).toBeLessThanOrEqual(lost);
});

test("a channel that Slack closes pauses its rule with the reason; other channels go on", async () => {
  const { belfry, slack, env } = await startWithSlack('rules:\n  - "#api ** push"\n  - "#deploys ** push"\n');
  const ask = async <T>(...args: string[]) => JSON.parse((await runBelfry([...args, "--json"], env)).out) as T;
  const channel = slack.channel("#api");
  channel.archived = true;
  await deliver(await firstHook(belfry), { header: "Push Hook", body: push(1) });
  const rules = await until(
    () => ask<{ id: string; channel: string; paused?: string }[]>("rules", "list"),
    (seen) => seen.some(({ paused }) => paused !== undefined),
  );
  expect(rules.find((rule) => rule.channel === "#api")?.paused).toBe("Slack: is_archived");
  expect(rules.find((rule) => rule.channel === "#deploys")).not.toHaveProperty("paused");

  channel.archived = false;
  const answer = await deliver(await firstHook(belfry), { header: "Push Hook", body: push(2) });
  const { delivery } = (await answer.json()) as { delivery: string };
  await until(
    () => slack.messages("#deploys"),
    (seen) => seen.length === 2,
  );
  const { decisions } = await ask<{ decisions: { rules: object[] } }>("deliveries", "show", delivery);
  const [api, deploys] = ["#api", "#deploys"].map((name) => rules.find((rule) => rule.channel === name)?.id);
  expect(decisions.rules).toHaveLength(2);
  expect(decisions.rules).toContainEqual({
    rule: api,
    channel: "#api",
    post: false,
    reason: "paused: Slack: is_archived",
  });
  expect(decisions.rules).toContainEqual({ rule: deploys, channel: "#deploys", post: true, reason: "posts" });
  expect(slack.messages("#api")).toEqual([]);
});

test("the same against another stand-in for Slack: messages arrive in order", async () => {
  const seed = {
    slack: {
      team: { name: "Acme", domain: "acme" },
      users: [{ name: "dev" }],
      tokens: [{ token: "xoxb-1", user: "dev", scopes: ["chat:write", "channels:read", "channels:history"] }],
    },
  };
  const emulator = await createEmulator({ service: "slack", port: 0, seed });
  cleanups.push(() => emulator.close());
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const general = "C000000001";
  writeFileSync(join(folder, "rules.yml"), `rules:\n  - "${general} acme/shop/* push"\n`);
  const belfry = await startBelfry({
    BELFRY_DATA: join(folder, "data"),
    BELFRY_RULES: join(folder, "rules.yml"),
    SLACK_BOT_TOKEN: "xoxb-1",
    SLACK_API_URL: `${emulator.url}/api/`,
  });
  cleanups.push(() => belfry.kill("SIGKILL"));
  const hook = await firstHook(belfry);
  for (const number of [1, 2, 3, 4, 5]) await deliver(hook, { header: "Push Hook", body: push(number) });

  const reader = new WebClient("xoxb-1", { slackApiUrl: `${emulator.url}/api/`, retryConfig: { retries: 0 } });
  const history = async () => {
    const { messages = [] } = await reader.conversations.history({ channel: general });
    return messages.flatMap((message) => /Change (\d+)/.exec(JSON.stringify(message))?.[1] ?? []).toReversed();
  };
  expect(await until(history, (seen) => seen.length >= 5)).toEqual(["1", "2", "3", "4", "5"]);
});

test("a wrong secret is told to whoever sets up the hook, without the secret", async () => {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const belfry = await startBelfry({ BELFRY_DATA: join(folder, "data") });
  cleanups.push(() => belfry.kill("SIGKILL"));
  const { hook, secret } = await firstHook(belfry);
  const response = await deliver({ hook, secret: "CANARY-wrong" }, { header: "Push Hook", body: push(1) });
  expect(response.status).toBe(401);
  await belfry.printed("delivery refused: wrong secret");
  expect(belfry.output()).toContain('"name":"gitlab"');
  expect(belfry.output()).not.toContain("CANARY-wrong");
  expect(belfry.output().split(secret)).toHaveLength(3);
});
