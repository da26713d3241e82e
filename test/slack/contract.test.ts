import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Chat } from "../../src/slack/chat.ts";
import { createSlack } from "../../src/slack/client.ts";
import { createFakeSlack } from "../support/fake-slack.ts";

interface StandIn {
  url: string;
  token: string;
  /** id of a channel that the bot is in */
  channel: string;
  close(): Promise<void>;
}

// A second opinion on our fake: what holds for one must hold for the other.
const standIns: Record<string, () => Promise<StandIn>> = {
  async fake() {
    const { url, close } = await createFakeSlack();
    return { url, close, token: "xoxb-acme", channel: "C0API" };
  },
  async emulate() {
    const tokens = [{ token: "xoxb-1", user: "dev", scopes: ["chat:write", "channels:read", "channels:history"] }];
    const seed = {
      slack: { team: { name: "Acme", domain: "acme" }, users: [{ name: "dev" }], channels: [{ name: "ci" }], tokens },
    };
    const emulator = await createEmulator({ service: "slack", port: 0, seed });
    return { url: `${emulator.url}/api/`, token: "xoxb-1", channel: "C000000001", close: () => emulator.close() };
  },
};

describe.each(Object.entries(standIns))("%s", (_name, start) => {
  let slack: StandIn;
  let chat: Chat;
  let reader: WebClient;
  beforeAll(async () => {
    slack = await start();
    chat = createSlack({ token: slack.token, apiUrl: slack.url });
    reader = new WebClient(slack.token, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
  });
  afterAll(() => slack.close());

  const say = (text: string) => ({
    text,
    blocks: [{ type: "section" as const, text: { type: "mrkdwn" as const, text: `*${text}*` } }],
  });

  async function history(since: string) {
    const { messages = [] } = await reader.conversations.history({
      channel: slack.channel,
      include_all_metadata: true,
    });
    return messages.filter((message) => Number(message.ts) >= Number(since)).toReversed();
  }

  test("posts stand in the order in which they were posted", async () => {
    const first = await chat.post(slack.channel, say("one"));
    const second = await chat.post(slack.channel, say("two"));
    const third = await chat.post(slack.channel, say("three"));
    expect(first.channel).toBe(slack.channel);
    expect(Number(first.ts)).toBeLessThan(Number(second.ts));
    expect(Number(second.ts)).toBeLessThan(Number(third.ts));
    expect((await history(first.ts)).map((message) => message.text)).toEqual(["one", "two", "three"]);
  });

  test("text, blocks and metadata come back as they were sent", async () => {
    const { ts } = await chat.post(slack.channel, say("a < b & c 🚀"), { id: "0197-x" });
    expect(await history(ts)).toMatchObject([
      { ts, ...say("a < b & c 🚀"), metadata: { event_type: "belfry_message", event_payload: { id: "0197-x" } } },
    ]);
  });

  test("a reply stands in its thread, not in the channel", async () => {
    const { ts } = await chat.post(slack.channel, say("parent"));
    const reply = await chat.post(slack.channel, say("reply"), { thread: ts });
    const { messages } = await reader.conversations.replies({ channel: slack.channel, ts });
    expect(messages?.map((message) => [message.ts, message.text])).toEqual([
      [ts, "parent"],
      [reply.ts, "reply"],
    ]);
    expect((await history(ts)).map((message) => message.text)).toEqual(["parent"]);
  });

  test("a channel that does not exist", async () => {
    await expect(chat.post("C0NOWHERE", say("lost"))).rejects.toMatchObject({
      outcome: "channel",
      reason: "channel_not_found",
    });
  });

  test("a message of nothing", async () => {
    await expect(chat.post(slack.channel, { text: "", blocks: [] })).rejects.toMatchObject({
      outcome: "invalid",
      reason: "no_text",
    });
  });
});
