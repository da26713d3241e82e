import { WebClient } from "@slack/web-api";
import { expect, test } from "vitest";
import { silent } from "../../src/slack/silent.ts";
import type { FakeSlackOptions } from "./fake-slack.ts";
import { clientOf, startFakeSlack, wordOf } from "./fake-slack-client.ts";

const twoTeams: FakeSlackOptions = {
  teams: [
    { id: "T0A", tokens: ["xoxb-a"], channels: [{ id: "C0A", name: "ci" }] },
    { id: "T0B", tokens: ["xoxb-b"], channels: [{ id: "C0B", name: "ci", private: true, member: false }] },
  ],
};

test("a team sees only its own channels", async () => {
  const slack = await startFakeSlack(twoTeams);
  const [a, b] = [clientOf(slack, "xoxb-a"), clientOf(slack, "xoxb-b")];
  expect((await a.auth.test()).team_id).toBe("T0A");
  expect((await b.auth.test()).team_id).toBe("T0B");
  expect(await wordOf(b.chat.postMessage({ channel: "C0A", text: "x" }))).toBe("channel_not_found");
  expect(await wordOf(b.chat.postMessage({ channel: "#ci", text: "x" })), "private").toBe("channel_not_found");
  expect((await a.conversations.list()).channels).toMatchObject([{ id: "C0A", name: "ci" }]);
  expect((await b.conversations.list({ types: "private_channel" })).channels).toEqual([]);
});

test("tokens: none, unknown, revoked", async () => {
  const slack = await startFakeSlack();
  const post = { channel: "C0API", text: "x" };
  expect(await wordOf(new WebClient(undefined, { slackApiUrl: slack.url }).chat.postMessage(post))).toBe("not_authed");
  expect(await wordOf(clientOf(slack, "xoxb-other").chat.postMessage(post))).toBe("invalid_auth");
  slack.revoke("xoxb-acme");
  expect(await wordOf(clientOf(slack).chat.postMessage(post))).toBe("token_revoked");
  expect(await wordOf(clientOf(slack).apiCall("chat.dance"))).toBe("unknown_method");
  expect(slack.messages("C0API")).toEqual([]);
});

test("an update without blocks removes them, and keeps the metadata", async () => {
  const slack = await startFakeSlack();
  const metadata = { event_type: "x", event_payload: { id: "1" } };
  const { ts = "" } = await clientOf(slack).chat.postMessage({
    channel: "C0API",
    text: "a",
    blocks: [{ type: "divider" }],
    metadata,
  });
  await clientOf(slack).chat.update({ channel: "C0API", ts, text: "b" });
  expect(slack.messages("#api")).toMatchObject([{ ts, text: "b", blocks: undefined, metadata }]);
  await clientOf(slack).chat.delete({ channel: "C0API", ts });
  expect(slack.messages("#api")).toEqual([]);
  expect(await wordOf(clientOf(slack).chat.update({ channel: "C0API", ts, text: "c" }))).toBe("message_not_found");
});

test.each([
  [{ archived: true }, "is_archived"],
  [{ member: false }, "not_in_channel"],
  [{ readOnly: true }, "restricted_action_read_only_channel"],
  [{ threadOnly: true }, "restricted_action_thread_only_channel"],
  [{ error: "ekm_access_denied" }, "ekm_access_denied"],
])("a channel with %o", async (change, word) => {
  const slack = await startFakeSlack();
  Object.assign(slack.channel("#api"), change);
  expect(await wordOf(clientOf(slack).chat.postMessage({ channel: "C0API", text: "x" }))).toBe(word);
});

const section = (text: unknown) => ({ type: "section", text });
test.each<[name: string, blocks: unknown, pointer: string | undefined]>([
  ["a section", [section({ type: "mrkdwn", text: "x".repeat(3000), verbatim: true })], undefined],
  ["a section of emoji", [section({ type: "mrkdwn", text: "🚀".repeat(3000) })], undefined],
  ["a long section", [section({ type: "mrkdwn", text: "x".repeat(3001) })], "/blocks/0/text/text"],
  ["an empty section", [section({ type: "mrkdwn", text: "" })], "/blocks/0/text/text"],
  ["a section without text", [{ type: "section" }], "/blocks/0"],
  ["a text of no type", [section({ text: "x" })], "/blocks/0/text/type"],
  ["a header of mrkdwn", [{ type: "header", text: { type: "mrkdwn", text: "x" } }], "/blocks/0/text/type"],
  ["a long header", [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }], "/blocks/0/text/text"],
  [
    "eleven elements",
    [{ type: "context", elements: Array(11).fill({ type: "mrkdwn", text: "x" }) }],
    "/blocks/0/elements",
  ],
  ["an unknown block", [{ type: "divider" }, { type: "dividre" }], "/blocks/1/type"],
  ["a key too many", [{ type: "divider", text: "x" }], "/blocks/0"],
  [
    "a long button",
    [{ type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "x".repeat(76) } }] }],
    "/blocks/0/elements/0/text/text",
  ],
  ["51 blocks", Array(51).fill({ type: "divider" }), "/blocks"],
  ["50 blocks", Array(50).fill({ type: "divider" }), undefined],
  [
    "rich text",
    [{ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "x" }] }] }],
    undefined,
  ],
])("blocks: %s", async (_name, blocks, pointer) => {
  const slack = await startFakeSlack();
  const error = await clientOf(slack)
    .apiCall("chat.postMessage", { channel: "C0API", text: "x", blocks })
    .then(
      () => undefined,
      (thrown) => thrown.data,
    );
  expect(error?.error).toBe(pointer && "invalid_blocks");
  if (pointer) expect(error.response_metadata.messages.join()).toContain(`[json-pointer:${pointer}]`);
});

test("blocks with more text than Slack takes together", async () => {
  const slack = await startFakeSlack();
  const blocks = Array(5).fill(section({ type: "mrkdwn", text: "x".repeat(2900) }));
  expect(await wordOf(clientOf(slack).apiCall("chat.postMessage", { channel: "C0API", text: "x", blocks }))).toBe(
    "msg_blocks_too_long",
  );
});

const inside = (...more: object[]) => ({ color: "#2eb67d", blocks: [{ type: "divider" }, ...more] });
test.each<[name: string, attachments: unknown, word: string]>([
  ["a colour bar", [inside()], "ok"],
  ["a colour of Slack's", [{ ...inside(), color: "danger" }], "ok"],
  ["another colour", [{ ...inside(), color: "red" }], "invalid_attachments"],
  ["a wrong block", [inside({ type: "dividre" })], "invalid_attachments"],
  ["fields of old", [{ text: "x" }], "invalid_attachments"],
  ["no list", inside(), "invalid_attachments"],
  ["too many", Array(101).fill(inside()), "too_many_attachments"],
  ["too much text", Array(5).fill(inside(section({ type: "mrkdwn", text: "x".repeat(2900) }))), "msg_blocks_too_long"],
])("attachments: %s", async (_name, attachments, word) => {
  const slack = await startFakeSlack();
  const post = { channel: "C0API", text: "x", attachments };
  expect(await wordOf(clientOf(slack).apiCall("chat.postMessage", post))).toBe(word);
  expect(slack.messages("#api")).toMatchObject(word === "ok" ? [{ attachments }] : []);
});

test("an update keeps the attachments that it does not name", async () => {
  const slack = await startFakeSlack();
  const client = clientOf(slack);
  await client.apiCall("chat.postMessage", { channel: "C0API", text: "a", attachments: [inside()] });
  const ts = slack.messages("#api")[0]?.ts;
  const update = (more: object) => client.apiCall("chat.update", { channel: "C0API", ts, text: "b", ...more });
  await update({});
  expect(slack.messages("#api")).toMatchObject([{ text: "b", attachments: [inside()] }]);
  await update({ attachments: [] });
  expect(slack.messages("#api")).toMatchObject([{ text: "b", attachments: [] }]);
});

test("what a person deletes can neither be edited nor answered, but where it has replies", async () => {
  const slack = await startFakeSlack();
  const client = clientOf(slack);
  const post = async (thread_ts?: string) =>
    (await client.chat.postMessage({ channel: "C0API", text: "x", ...(thread_ts && { thread_ts }) })).ts;
  const edit = (ts: unknown) => wordOf(client.apiCall("chat.update", { channel: "C0API", ts, text: "y" }));
  const reply = (thread_ts: string) =>
    wordOf(client.apiCall("chat.postMessage", { channel: "C0API", text: "z", thread_ts }));
  const [alone, answered] = [String(await post()), String(await post())];
  await post(answered);
  slack.remove("#api", alone);
  slack.remove("#api", answered);
  expect([await edit(alone), await reply(alone)]).toEqual(["message_not_found", "thread_not_found"]);
  expect([await edit(answered), await reply(answered)]).toEqual(["message_not_found", "ok"]);
  expect(slack.messages("#api").map(({ text }) => text)).toEqual(["This message was deleted.", "x", "z"]);
});

test("an edit meets what it is told to", async () => {
  const slack = await startFakeSlack();
  const { ts = "" } = await clientOf(slack).chat.postMessage({ channel: "C0API", text: "a" });
  const edit = () => wordOf(clientOf(slack).chat.update({ channel: "C0API", ts, text: "b" }));
  for (const word of ["edit_window_closed", "cant_update_message"]) {
    slack.failNext("chat.update", word);
    expect(await edit()).toBe(word);
  }
  expect(slack.messages("#api")).toMatchObject([{ text: "a" }]);
  expect(await edit()).toBe("ok");
});

test("a team that is added later posts with its own token", async () => {
  const slack = await startFakeSlack();
  slack.addTeam({ id: "T0LATE", tokens: ["xoxb-late"], channels: [{ id: "C0LATE", name: "ci" }] });
  await clientOf(slack, "xoxb-late").chat.postMessage({ channel: "C0LATE", text: "a" });
  expect(slack.messages("C0LATE")).toMatchObject([{ text: "a" }]);
});

test("rate limits: a bucket for each channel, by the given clock", async () => {
  let now = 1_772_000_000_000;
  const slack = await startFakeSlack({
    now: () => now,
    limits: { channel: { perSecond: 1, burst: 2 }, methods: { "chat.update": 1 } },
  });
  const post = (channel: string) => wordOf(clientOf(slack).chat.postMessage({ channel, text: "x" }));
  expect([await post("#api"), await post("C0API"), await post("#api")]).toEqual([
    "ok",
    "ok",
    "slack_webapi_rate_limited_error",
  ]);
  expect(await post("#deploys")).toBe("ok");
  now += 1000;
  expect([await post("#api"), await post("#api")]).toEqual(["ok", "slack_webapi_rate_limited_error"]);
  expect(slack.calls.map((call) => [call.at, call.result]).at(-1)).toEqual([now, "ratelimited"]);
  const times = slack.messages("#api").map((message) => Number(message.ts));
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));

  const ts = slack.messages("#api")[0]?.ts ?? "";
  const update = () => wordOf(clientOf(slack).chat.update({ channel: "C0API", ts, text: "y" }));
  expect([await update(), await update()]).toEqual(["ok", "slack_webapi_rate_limited_error"]);
});

test("lists come in pages", async () => {
  const slack = await startFakeSlack();
  for (let n = 1; n <= 5; n += 1) await clientOf(slack).chat.postMessage({ channel: "#api", text: String(n) });
  const seen: unknown[] = [];
  let cursor = "";
  do {
    const page = await clientOf(slack).conversations.history({ channel: "C0API", limit: 2, cursor });
    seen.push(page.messages?.map((message) => message.text));
    cursor = page.response_metadata?.next_cursor ?? "";
  } while (cursor);
  expect(seen).toEqual([["5", "4"], ["3", "2"], ["1"]]);
});

test("what stood in a channel at a time, with its metadata", async () => {
  let now = 1_772_000_000_000;
  const slack = await startFakeSlack({ now: () => now });
  const tss: string[] = [];
  for (let n = 1; n <= 4; n += 1) {
    now += 1000;
    const metadata = { event_type: "belfry_message", event_payload: { id: `m${n}` } };
    tss.push((await clientOf(slack).chat.postMessage({ channel: "#api", text: String(n), metadata })).ts ?? "");
  }
  const texts = async (between: object, more: object = {}) =>
    (await clientOf(slack).conversations.history({ channel: "C0API", ...between, ...more })).messages?.map(
      ({ text, metadata }) => [text, metadata?.event_payload],
    );
  const [, second = "", third = ""] = tss;
  expect(await texts({ oldest: second, latest: third })).toEqual([]);
  expect(await texts({ oldest: second, inclusive: true })).toEqual([
    ["4", undefined],
    ["3", undefined],
    ["2", undefined],
  ]);
  expect(await texts({ latest: second, inclusive: true }, { include_all_metadata: true, limit: 1 })).toEqual([
    ["2", { id: "m2" }],
  ]);
});

test("a fault for each call, decided when it comes; each call says what became of it", async () => {
  const slack = await startFakeSlack({
    decide: ({ args, caller }) =>
      ({ a: 503, b: { ratelimited: 7 }, c: "lost" as const, d: { slow: 40 } })[`${args["text"]}`] ??
      (caller === "worker-2" ? "timeout" : undefined),
  });
  const of = (caller: string) =>
    new WebClient("xoxb-acme", {
      slackApiUrl: slack.url.replace("/api/", `/${caller}/api/`),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 300,
      logger: silent,
    });
  for (const text of ["a", "b", "c", "d", "e"])
    await wordOf(of("worker-1").chat.postMessage({ channel: "#api", text }));
  await wordOf(of("worker-2").chat.postMessage({ channel: "#api", text: "f" }));
  await expect.poll(() => slack.calls.every(({ ended }) => ended !== undefined)).toBe(true);
  const seen = slack.calls.map(({ caller, channel, result, done, retryAfter }) => [
    ...[caller, channel, result, done, retryAfter],
  ]);
  expect(seen).toEqual([
    ["worker-1", "C0API", "503", false, undefined],
    ["worker-1", "C0API", '{"ratelimited":7}', false, 7],
    ["worker-1", "C0API", "lost", true, undefined],
    ["worker-1", "C0API", '{"slow":40}', true, undefined],
    ["worker-1", "C0API", "ok", true, undefined],
    ["worker-2", "C0API", "timeout", false, undefined],
  ]);
  const slow = slack.calls[3];
  expect((slow?.ended ?? 0) - (slow?.at ?? 0)).toBeGreaterThanOrEqual(35);
  expect(slack.messages("#api").map(({ text }) => text)).toEqual(["c", "d", "e"]);
});
