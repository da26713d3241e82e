import { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Chat } from "../../src/slack/chat.ts";
import { createSlack } from "../../src/slack/client.ts";
import { silent } from "../../src/slack/silent.ts";
import { app, redirect_uri, type StandIn, standIns } from "./stand-ins.ts";

describe.each(Object.entries(standIns))("%s", (_name, start) => {
  let slack: StandIn;
  let chat: Chat;
  let reader: WebClient;
  beforeAll(async () => {
    slack = await start();
    chat = createSlack({ token: slack.token, apiUrl: slack.url });
    reader = new WebClient(slack.token, { slackApiUrl: slack.url, retryConfig: { retries: 0 }, logger: silent });
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

  const post = async (text: string) => (await chat.post(slack.channel, say(text))).ts;
  const wordOf = (call: Promise<unknown>) =>
    call.then(
      () => "ok",
      (error) => error.data?.error,
    );

  test("an update changes the message in its place; a text alone removes the blocks", async () => {
    const ts = await post("before");
    const changed = await reader.chat.update({ channel: slack.channel, ts, ...say("after") });
    expect(changed).toMatchObject({ ok: true, channel: slack.channel, ts, text: "after" });
    expect(await history(ts)).toMatchObject([{ ts, ...say("after") }]);
    await reader.chat.update({ channel: slack.channel, ts, text: "plain" });
    const [plain] = await history(ts);
    expect([plain?.text, plain?.blocks ?? []]).toEqual(["plain", []]);
    expect(await wordOf(reader.chat.update({ channel: slack.channel, ts: "1.2", text: "x" }))).toBe(
      "message_not_found",
    );
  });

  test("a message that is deleted is gone", async () => {
    const ts = await post("short-lived");
    await reader.chat.delete({ channel: slack.channel, ts });
    expect(await history(ts)).toEqual([]);
    expect(await wordOf(reader.chat.delete({ channel: slack.channel, ts }))).toBe("message_not_found");
  });

  test("a permalink ends in the channel and the time", async () => {
    const ts = await post("linked");
    const { permalink } = await reader.chat.getPermalink({ channel: slack.channel, message_ts: ts });
    expect(permalink).toMatch(new RegExp(`/archives/${slack.channel}/p${ts.replace(".", "")}$`));
  });

  test("an ephemeral message is not in the history", async () => {
    const ts = await post("for all");
    const { message_ts } = await reader.chat.postEphemeral({ channel: slack.channel, user: slack.user, text: "psst" });
    expect(Number(message_ts)).toBeGreaterThan(Number(ts));
    expect((await history(ts)).map((message) => message.text)).toEqual(["for all"]);
    const toNobody = reader.chat.postEphemeral({ channel: slack.channel, user: slack.user, text: "" });
    expect(await wordOf(toNobody)).toBe("no_text");
  });

  test("who the token is", async () => {
    expect(await reader.auth.test()).toMatchObject({
      ...{ ok: true, team_id: slack.team, team: expect.any(String), user_id: expect.stringMatching(/^U/) },
      url: expect.stringMatching(/^https:\/\/.+\/$/),
    });
  });

  test("a channel, by its id only", async () => {
    const { channel } = await reader.conversations.info({ channel: slack.channel });
    expect(channel).toMatchObject({
      ...{ id: slack.channel, name: slack.name, is_channel: true, is_private: false },
      ...{ is_archived: false, is_im: false, is_member: true },
    });
    expect(await wordOf(reader.conversations.info({ channel: "C0NOWHERE" }))).toBe("channel_not_found");
    expect(await wordOf(reader.conversations.info({ channel: `#${slack.name}` }))).toBe("channel_not_found");
  });

  test("a person", async () => {
    const { user } = await reader.users.info({ user: slack.user });
    expect(user).toMatchObject({
      ...{ id: slack.user, team_id: slack.team, name: expect.any(String), real_name: expect.any(String) },
      ...{ is_admin: false, is_bot: false, deleted: false, profile: { display_name: expect.any(String) } },
    });
    expect(await wordOf(reader.users.info({ user: "U0NOBODY" }))).toBe("user_not_found");
  });

  test("an install: the page gives a code, the code a token once, and the token posts", async () => {
    const query = { client_id: app.client_id, scope: "chat:write,users:read", state: "s1", redirect_uri };
    const back = new URL(await slack.allow(new URLSearchParams(query)));
    expect([`${back.origin}${back.pathname}`, back.searchParams.get("state")]).toEqual([redirect_uri, "s1"]);

    const nobody = new WebClient(undefined, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
    const granted = { ...app, redirect_uri, code: back.searchParams.get("code") ?? "" };
    expect(await wordOf(nobody.oauth.v2.access({ ...granted, client_id: "other" }))).toBe("invalid_client_id");
    const answer = await nobody.oauth.v2.access(granted);
    expect(answer).toMatchObject({
      ...{ ok: true, token_type: "bot", scope: "chat:write,users:read", app_id: expect.stringMatching(/^A/) },
      ...{ access_token: expect.stringMatching(/^xoxb-/), bot_user_id: expect.stringMatching(/^U/) },
      ...{ team: { id: slack.team, name: expect.any(String) }, authed_user: { id: expect.stringMatching(/^U/) } },
    });
    expect(answer.enterprise ?? null).toBeNull();
    expect(answer.is_enterprise_install ?? false).toBe(false);
    expect(await wordOf(nobody.oauth.v2.access(granted))).toBe("invalid_code");

    const installed = createSlack({ token: answer.access_token ?? "", apiUrl: slack.url });
    const { ts } = await installed.post(slack.channel, say("hello"));
    expect(await history(ts)).toMatchObject([{ text: "hello", user: answer.bot_user_id }]);
  });
});
