import { expect, test } from "vitest";
import { noMetrics } from "../../src/operation/metrics.ts";
import { watchSlack } from "../../src/operation/slack-calls.ts";
import type { Chat } from "../../src/slack/chat.ts";
import { ChatError, type Outcome } from "../../src/slack/errors.ts";

function chatThat(fails: () => unknown) {
  const calls: unknown[] = [];
  const slack = watchSlack({
    ...noMetrics,
    slackCall: (call, outcome, seconds) => calls.push([call, outcome, seconds >= 0]),
  });
  const chat: Chat = {
    post: async (channel) => {
      const error = fails();
      if (error) throw error;
      return { ts: "1.2", channel };
    },
  };
  return { slack, chat: slack.watched(chat), calls };
}

test("before the first call nothing is known, and looking makes none", () => {
  const { slack, calls } = chatThat(() => undefined);
  expect([slack.isUp(), calls]).toEqual([undefined, []]);
});

test("the chat answers as before, and has no more than before", async () => {
  const { slack, chat, calls } = chatThat(() => undefined);
  expect(await chat.post("C0API", { text: "x", blocks: [] })).toEqual({ ts: "1.2", channel: "C0API" });
  expect([slack.isUp(), calls, Object.keys(chat)]).toEqual([true, [["post", "ok", true]], ["post"]]);
});

test("asking about a channel is a call, too, where the chat can be asked", async () => {
  const calls: unknown[] = [];
  const slack = watchSlack({ ...noMetrics, slackCall: (call, outcome) => calls.push([call, outcome]) });
  const post: Chat["post"] = async (channel) => ({ ts: "1.2", channel });
  const chat = slack.watched({ post, isOpen: async (channel) => channel === "C0OPEN" });
  expect([await chat.isOpen?.("C0OPEN"), await chat.isOpen?.("C0API")]).toEqual([true, false]);
  expect([slack.isUp(), calls]).toEqual([true, Array(2).fill(["channel", "ok"])]);
});

test.each<[Outcome, boolean]>([
  ["refused", false],
  ["uncertain", false],
  ["rate_limited", true],
  ["invalid", true],
  ["channel", true],
  ["workspace", true],
])("a call that ends %s: Slack answered: %s", async (outcome, up) => {
  const error = new ChatError(outcome, "x");
  const { slack, chat, calls } = chatThat(() => error);
  await expect(chat.post("C0API", { text: "x", blocks: [] })).rejects.toBe(error);
  expect([slack.isUp(), calls]).toEqual([up, [["post", outcome, true]]]);
});
