import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { App, ExpressReceiver } from "@slack/bolt";
import express from "express";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silent } from "../../src/slack/silent.ts";
import { fakeApp } from "./fake-slack/world.ts";
import { createFakeSlack, type FakeSlack } from "./fake-slack.ts";
import { createSlackSender, type Deviation, type SlackSender } from "./fake-slack-sender.ts";

// The real Bolt takes what the fake sends.
let now = Date.now();
let fake: FakeSlack;
let server: Server;
let app: App;
let slack: SlackSender;

beforeEach(async () => {
  now = Date.now();
  fake = await createFakeSlack({ now: () => now });
  const web = express();
  const receiver = new ExpressReceiver({
    ...{ app: web, signingSecret: fakeApp.signingSecret, endpoints: "/slack/events", logger: silent },
  });
  const clientOptions = { slackApiUrl: fake.url };
  app = new App({ receiver, clientOptions, logger: silent, authorize: async () => ({ botToken: "xoxb-acme" }) });
  server = await new Promise((done) => {
    const listening = web.listen(0, "127.0.0.1", () => done(listening));
  });
  slack = createSlackSender({ fake, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events` });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await fake.close();
});

const bob = { team: "T0ACME", channel: "C0API", user: "U0ACMEBOB" };
const button = { type: "button", action_id: "go", value: "42", text: { type: "plain_text", text: "Go" } };
const question = { text: "Sure?", blocks: [{ type: "actions", block_id: "b7", elements: [button] }] };

describe("commands", () => {
  beforeEach(() => {
    app.command("/belfry", async ({ command, ack, respond }) => {
      await ack();
      await respond(`${command.channel_name} ${command.user_name}: ${command.text}`);
    });
  });

  test("reach Bolt, and its answer is seen by the person", async () => {
    const sent = await slack.command({ ...bob, text: "help me" });
    expect(sent).toMatchObject({ status: 200, body: "", ms: expect.any(Number) });
    expect((await sent.until()).text).toBe("api bob: help me");
    expect(sent.replies()).toMatchObject([{ responseType: "ephemeral", replaces: false, result: "ok" }]);
    expect(fake.ephemerals(bob.user)).toMatchObject([{ channel: "C0API", text: "api bob: help me" }]);
    expect(fake.messages("C0API")).toEqual([]);
  });

  test("private channels and direct messages are not called by their name", async () => {
    fake.channel("C0API").private = true;
    expect((await (await slack.command({ ...bob, text: "x" })).until()).text).toBe("privategroup bob: x");
  });

  test.each<[name: string, deviation: Deviation, status: number]>([
    ["a bad signature", { signature: "bad" }, 401],
    ["a signature of another version", { signature: "v1" }, 401],
    ["a signature that is cut", { signature: "short" }, 401],
    ["no signature", { signature: "missing" }, 401],
    ["no timestamp", { timestamp: "missing" }, 401],
    ["a stale timestamp", { skew: -600 }, 401],
    ["a timestamp within five minutes", { skew: -290 }, 200],
    ["a long body", { padding: 100_000 }, 200],
    ["a body that is far too long", { padding: 30_000_000, signature: "missing" }, 413],
    ["a retry", { retry: { number: 1, reason: "http_timeout" } }, 200],
  ])("%s", async (_name, deviation, status) => {
    const sent = await slack.command({ ...bob, text: "x" }, deviation);
    expect(sent.status).toBe(status);
    if (status === 200) await sent.until("bob: x");
    else expect(sent.replies()).toEqual([]);
  });

  test("the same bytes again, and ones that Bolt does not refuse", async () => {
    const sent = await slack.command({ ...bob, text: "x" }, { skew: 3600 });
    await sent.until();
    const again = await sent.again({ retry: { number: 1, reason: "http_error" } });
    expect(again.status).toBe(200);
    await again.until(() => again.replies().length === 2);
    await expect(sent.until("never", 20)).rejects.toThrow("no reply that fits never");
  });
});

test("no answer in time", async () => {
  app.command("/belfry", () => new Promise(() => undefined));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  const hasty = createSlackSender({ fake, url, within: 50 });
  await expect(hasty.command({ ...bob, text: "x" })).rejects.toThrow("operation_timeout");
});

test("a button of a private message: its message is not in the request, and can be replaced and removed", async () => {
  const seen: object[] = [];
  app.command("/belfry", async ({ ack, respond }) => {
    await ack();
    await respond(question);
  });
  app.action("go", async ({ body, action, ack, respond }) => {
    await ack();
    seen.push({ body, action });
    await respond({ replace_original: true, text: "Gone." });
    await respond({ delete_original: true });
  });
  await (await slack.command({ ...bob, text: "x" })).until();
  const [message] = fake.ephemerals(bob.user);
  const sent = await slack.action({ ...bob, button: "Go", message });
  expect((await sent.until("Gone.")).ts).toBe(message?.ts);
  await sent.until(({ deletes }) => deletes);
  expect(fake.ephemerals(bob.user)).toEqual([]);
  expect(seen).toMatchObject([
    {
      action: { ...button, block_id: "b7", action_ts: expect.any(String) },
      body: {
        ...{ type: "block_actions", team: { id: "T0ACME" }, user: { id: bob.user, team_id: "T0ACME" } },
        ...{ channel: { id: "C0API" }, container: { message_ts: message?.ts, is_ephemeral: true } },
      },
    },
  ]);
  expect(seen[0]).not.toHaveProperty("body.message");
});

test("a button of a message in the channel", async () => {
  app.action("go", async ({ body, ack, respond }) => {
    await ack();
    await respond({ replace_original: true, text: `was: ${"message" in body ? body.message?.text : "?"}` });
  });
  await app.client.chat.postMessage({ token: "xoxb-acme", channel: "C0API", ...question });
  const [message] = fake.messages("C0API");
  await (await slack.action({ ...bob, button: "Go", message })).until();
  expect(fake.messages("C0API")).toMatchObject([{ ts: message?.ts, text: "was: Sure?" }]);
  expect(() => slack.action({ ...bob, button: "No", message })).toThrow("no button");
});

test("events, and anything else", async () => {
  const seen: unknown[] = [];
  app.event("channel_rename", async ({ body }) => void seen.push(body));
  const event = { type: "channel_rename", channel: { id: "C0API", name: "rest", created: 1 } };
  expect(await slack.event({ team: "T0ACME", event, eventId: "Ev1" })).toMatchObject({ status: 200, responseUrl: "" });
  const bot = { team_id: "T0ACME", user_id: "U0ACMEBOT", is_bot: true, is_enterprise_install: false };
  const authorizations = [{ ...bot, enterprise_id: null }];
  await expect.poll(() => seen).toMatchObject([{ type: "event_callback", event_id: "Ev1", event, authorizations }]);
  expect(await slack.json({ type: "url_verification", challenge: "c1" })).toMatchObject({
    body: expect.stringContaining("c1"),
  });
  expect((await slack.form({ ssl_check: "1" })).status).toBe(200);
  expect((await slack.raw("application/json", "{")).status).toBe(400);
});

describe("a response_url", () => {
  const say = (url: string, body: object) =>
    fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const open = async () => `${fake.origin}${fake.responses.open("commands", bob)}`;
  const words = async (answers: Promise<Response>[]) =>
    Promise.all(answers.map(async (answer) => (await answer).json()));

  test("is good for five answers", async () => {
    const url = await open();
    const texts = ["1", "2", "3", "4", "5", "6"];
    const statuses: unknown[] = [];
    for (const text of texts) statuses.push((await say(url, { text })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(await words([say(url, { text: "7" })])).toEqual([{ ok: false, error: "used_url" }]);
    expect(fake.ephemerals(bob.user).map(({ text }) => text)).toEqual(texts.slice(0, 5));
  });

  test("is good for thirty minutes", async () => {
    const url = await open();
    now += 30 * 60_000;
    expect((await say(url, { text: "x" })).status).toBe(200);
    now += 1;
    expect(await words([say(url, { text: "x" })])).toEqual([{ ok: false, error: "expired_url" }]);
  });

  test("takes what a message takes, shows it to all where asked; a command has no message to replace", async () => {
    const url = await open();
    expect(await words([say(url, { text: "" })])).toEqual([{ ok: false, error: "no_text" }]);
    expect(await words([say(url, { text: "x", blocks: [{ type: "nothing" }] })])).toMatchObject([
      { error: "invalid_blocks" },
    ]);
    await say(url, { text: "a", response_type: "in_channel" });
    await say(url, { text: "b", replace_original: true });
    expect(fake.messages("C0API")).toMatchObject([{ text: "a" }]);
    expect(fake.ephemerals("U0ACMEBOB")).toMatchObject([{ text: "b" }]);
    const path = new URL(url).pathname;
    expect(fake.responses.replies(path).map(({ result }) => result)).toEqual([
      ...["no_text", "invalid_blocks", "ok", "ok"],
    ]);
  });

  test("meets faults", async () => {
    fake.failNext("response_url", 500);
    fake.failNext("response_url", "lost");
    const url = await open();
    expect((await say(url, { text: "a" })).status).toBe(500);
    await expect(say(url, { text: "b" })).rejects.toThrow();
    expect((await say(url, { text: "c" })).status).toBe(200);
    expect(fake.ephemerals(bob.user).map(({ text }) => text)).toEqual(["b", "c"]);
  });
});
