import { describe, expect, test as plainTest } from "vitest";
import { tellOfPauses } from "../src/app/tell.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { createHolds } from "../src/send/holds.ts";
import { createLatelyPrivate } from "../src/send/lately-private.ts";
import { type Sender, sendReady } from "../src/send/sender.ts";
import { createSlack } from "../src/slack/client.ts";
import { listChanges } from "../src/store/audit.ts";
import { addRule, pauseRule } from "../src/store/change-rules.ts";
import { noteChannel } from "../src/store/channels.ts";
import { finishSends } from "../src/store/finish-sends.ts";
import { listMessages } from "../src/store/messages.ts";
import { addMessages } from "../src/store/open-messages.ts";
import { findUntold } from "../src/store/pause-rules.ts";
import { findRule } from "../src/store/rules.ts";
import type { Store } from "../src/store/store.ts";
import { addWorker } from "../src/store/workers.ts";
import { createKeyed } from "../src/work/keyed.ts";
import { push } from "./rules/events.ts";
import type { Fault } from "./support/fake-slack/faults.ts";
import { createFakeSlack } from "./support/fake-slack.ts";
import { engines, testOn } from "./support/stores.ts";

/** Confidential things go into a channel that was private when they were wanted there only as long as it is. */

const workspace = "T0ACME";
const bob = "U0ACMEBOB";
const notPrivate = "the channel is not private any more";
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function openStage(opened: Store) {
  const slack = await createFakeSlack();
  const api = slack.channel("C0API");
  api.private = true;
  let time = Date.now() + 60_000;
  const store: Store = { ...opened, now: () => new Date(time) };
  const worker = await addWorker(store);
  const chat = createSlack({ token: "xoxb-acme", apiUrl: slack.url });
  const sender: Sender = {
    ...{ store, worker: () => worker, log, metrics: noMetrics, chatOf: async () => chat },
    ...{ holds: createHolds(() => time), lately: createLatelyPrivate(() => time) },
    finish: (ended) => finishSends(store, [ended]),
    render: (event) => ({ message: { text: (event.kind === "push" && event.branch) || "", blocks: [] }, used: "test" }),
    pace: { channel: undefined, posts: undefined, updates: undefined },
    onMessages: () => {},
    collectAfter: () => undefined,
    stopping: new AbortController().signal,
  };
  const put = async (channel: string, isPrivate: boolean) => {
    const rule = { channel, words: "** push confidential:yes", isPrivate };
    return (await addRule(store, workspace, "command", rule, { actor: bob })).id;
  };
  return {
    ...{ slack, api, store, chat },
    /** a rule of #api that somebody wanted while it was private */
    rule: (channel = "C0API") => put(channel, true),
    /** one that somebody confirmed while it was not */
    confirmed: () => put("C0API", false),
    say: (rule: string, branch: string, { confidential = true, channel = "C0API" } = {}) =>
      store.db.transaction().execute((trx) => {
        const event = push({ branch, confidential });
        return addMessages(store, trx, [{ workspace, channel, delivery: "d", rule, event }]);
      }),
    /** Sends all that may be sent now. @returns milliseconds until the next lane is ready */
    async send(change: Partial<Sender> = {}): Promise<number | undefined> {
      const failed: unknown[] = [];
      let woken = false;
      const onDone = () => {
        woken = true;
      };
      const lanes = createKeyed({ most: 64, onDone, onError: (error) => void failed.push(error) });
      for (;;) {
        woken = false;
        const wait = await sendReady({ ...sender, ...change }, lanes);
        await lanes.settle();
        expect(failed).toEqual([]);
        if (wait !== 0 && !woken) return wait;
      }
    },
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    posted: () => api.messages.map(({ text }) => text),
    /** the channels that Slack was asked about */
    asked: () => slack.calls.flatMap(({ method, args }) => (method === "conversations.info" ? args["channel"] : [])),
    states: async () =>
      (await listMessages(store, { workspace, limit: 99 })).reverse().map(({ state, reason }) => [state, reason]),
    paused: async (rule: string) => (await findRule(store, workspace, rule))?.paused,
  };
}

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine).extend("stage", async ({ store }, { onCleanup }) => {
    const stage = await openStage(store);
    onCleanup(stage.slack.close);
    return stage;
  });

  test.for([
    ["public", { private: false }],
    ["shared with another company", { shared: true }],
    ["both", { private: false, shared: true }],
  ] as const)(
    "a channel that was private and is %s: only its own rule stops, and says so once",
    async ([, change], { stage }) => {
      const [rule, confirmed] = [await stage.rule(), await stage.confirmed()];
      await stage.say(rule, "1");
      await stage.send();
      Object.assign(stage.api, change);
      stage.pass(60_000);
      await stage.say(rule, "2");
      await stage.say(confirmed, "3");
      await stage.say(rule, "4", { confidential: false });
      expect(await stage.send()).toBeUndefined();
      expect(stage.posted()).toEqual(["1", "3"]);
      expect(await stage.states()).toEqual([
        ["sent", null],
        ["suppressed", notPrivate],
        ["sent", null],
        ["suppressed", `its rule is paused: ${notPrivate}`],
      ]);
      expect([await stage.paused(rule), await stage.paused(confirmed)]).toEqual([notPrivate, undefined]);
      expect((await listChanges(stage.store, workspace, { limit: 1 }))[0]).toMatchObject({
        ...{ actor: "Slack", action: "pause", object: rule, words: notPrivate },
      });
      expect(await findUntold(stage.store)).toEqual([
        { workspace, channel: "C0API", reason: notPrivate, makers: [bob], rules: 1 },
      ]);
      for (const _ of [1, 2]) await tellOfPauses({ store: stage.store, chatOf: async () => stage.chat, log });
      expect(stage.slack.messages(bob).map(({ text }) => text)).toEqual([
        `I paused 1 rule of <#C0API>: ${notPrivate}. When that is put right, type \`/belfry list\` there to see it, and \`/belfry resume\` with the id of a rule to let it post again.`,
      ]);
    },
  );

  test("once somebody confirmed, or the channel is private again, it goes on", async ({ stage }) => {
    const rule = await stage.rule();
    stage.api.private = false;
    await stage.say(rule, "1");
    await stage.send();
    // That it was open is not remembered: an answer of a minute ago must not pause what was put right.
    stage.api.private = true;
    await pauseRule(stage.store, workspace, rule, null, { actor: bob }, { isPrivate: true });
    await stage.say(rule, "2");
    await stage.send();
    stage.pass(60_000);
    stage.api.private = false;
    await stage.say(rule, "3");
    await stage.send();
    await pauseRule(stage.store, workspace, rule, null, { actor: bob }, { isPrivate: false });
    await stage.say(rule, "4");
    await stage.send();
    expect(stage.posted()).toEqual(["2", "4"]);
    expect(stage.asked()).toHaveLength(3);
  });

  test("Slack is asked once a minute, and never about what is not confidential, was confirmed, or is a notice", async ({
    stage,
  }) => {
    const [rule, confirmed] = [await stage.rule(), await stage.confirmed()];
    await stage.say(rule, "1", { confidential: false });
    await stage.say(confirmed, "2");
    await stage.send();
    await stage.say(rule, "3");
    stage.pass(2);
    await stage.send({ collectAfter: () => 1 });
    expect(stage.asked()).toEqual([]);
    for (const text of ["4", "5"]) await stage.say(rule, text);
    await stage.send();
    stage.pass(59_999);
    await stage.say(rule, "6");
    await stage.send();
    expect(stage.asked()).toEqual(["C0API"]);
    stage.pass(1);
    await stage.say(rule, "7");
    await stage.send();
    expect(stage.asked()).toEqual(["C0API", "C0API"]);
    expect(stage.posted()).toEqual(["1", "2", expect.stringContaining("1 message"), "4", "5", "6", "7"]);
  });

  test("where the rule names its channel Slack is asked by the id; unknown, nothing is posted", async ({ stage }) => {
    const rule = await stage.rule("#api");
    await stage.say(rule, "1", { channel: "#api" });
    stage.pass((await stage.send()) ?? 0);
    expect([stage.asked(), await stage.states()]).toEqual([[], [["retry", "channel_id_unknown"]]]);
    await noteChannel(stage.store, workspace, "#api", "C0API");
    await stage.send();
    expect([stage.asked(), stage.posted()]).toEqual([["C0API"], ["1"]]);
  });

  test.for<[name: string, fault: Fault, reason: string]>([
    ["refuses", "internal_error", "internal_error"],
    ["says nothing", "lost", "ECONNRESET"],
    ["says nothing of the channel", { body: '{"ok":true}' }, "no_channel"],
    ["asks to wait", { ratelimited: 7 }, "ratelimited"],
  ])("while Slack %s, the message waits, and nothing counts as posted", async ([, fault, reason], { stage }) => {
    const rule = await stage.rule();
    await stage.say(rule, "1");
    stage.slack.failNext("conversations.info", fault);
    stage.pass((await stage.send()) ?? 0);
    expect([await stage.states(), stage.posted()]).toEqual([[["retry", reason]], []]);
    await stage.send();
    expect(stage.posted()).toEqual(["1"]);
    expect(await listMessages(stage.store, { workspace, limit: 1 })).toMatchObject([{ attempts: 2, lost_answers: 0 }]);
  });

  test("a wait that Slack asks for while it is asked about the channel holds the post", async ({ stage }) => {
    await stage.say(await stage.rule(), "1");
    let isHeld = false;
    const left = () => {
      const now = isHeld ? 1 : 0;
      isHeld = false;
      return now;
    };
    const isOpen = async () => {
      isHeld = true;
      return false;
    };
    await stage.send({ holds: { hold: () => {}, left }, chatOf: async () => ({ ...stage.chat, isOpen }) });
    expect(stage.posted()).toEqual(["1"]);
    expect(await listMessages(stage.store, { workspace, limit: 1 })).toMatchObject([{ attempts: 2, lost_answers: 0 }]);
  });

  test("a channel that Slack does not show us is refused as a post would be", async ({ stage }) => {
    const [rule, confirmed] = [await stage.rule(), await stage.confirmed()];
    await stage.say(rule, "1");
    stage.api.member = false;
    await stage.send();
    expect([await stage.states(), stage.posted()]).toEqual([[["dead", "channel_not_found"]], []]);
    for (const one of [rule, confirmed]) expect(await stage.paused(one)).toBe("Slack: channel_not_found");
  });

  test("without the scope to ask, only this rule stops", async ({ stage }) => {
    const [rule, confirmed] = [await stage.rule(), await stage.confirmed()];
    await stage.say(rule, "1");
    await stage.say(confirmed, "2");
    stage.slack.failNext("conversations.info", "missing_scope");
    await stage.send();
    expect([await stage.paused(rule), await stage.paused(confirmed)]).toEqual(["Slack: missing_scope", undefined]);
    expect(stage.posted()).toEqual(["2"]);
  });
});

plainTest("that a channel is private is known for a minute, and of its own workspace only", () => {
  let time = 0;
  const lately = createLatelyPrivate(() => time);
  lately.note("T1", "C1");
  expect([lately.has("T1", "C1"), lately.has("T2", "C1"), lately.has("T1", "C2")]).toEqual([true, false, false]);
  time = 59_999;
  expect(lately.has("T1", "C1")).toBe(true);
  time = 60_000;
  expect(lately.has("T1", "C1")).toBe(false);
});
