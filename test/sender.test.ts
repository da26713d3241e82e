import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Log } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { createHolds } from "../src/send/holds.ts";
import { createLatelyPrivate } from "../src/send/lately-private.ts";
import { laneKey, type Sender, sendReady } from "../src/send/sender.ts";
import type { Chat } from "../src/slack/chat.ts";
import { createSlack } from "../src/slack/client.ts";
import { ChatError } from "../src/slack/errors.ts";
import { addRule, pauseRule } from "../src/store/change-rules.ts";
import type { Engine } from "../src/store/engine/engine.ts";
import { finishSends } from "../src/store/finish-sends.ts";
import { mendTimes } from "../src/store/lanes.ts";
import { dropMessage, listMessages, retryMessage } from "../src/store/messages.ts";
import { addMessages } from "../src/store/open-messages.ts";
import { findRule } from "../src/store/rules.ts";
import type { Store } from "../src/store/store.ts";
import { addWorker, sweepWorkers } from "../src/store/workers.ts";
import { section } from "../src/templates/draft.ts";
import { loadTemplates } from "../src/templates/load.ts";
import { render } from "../src/templates/templates.ts";
import { createKeyed, type KeyedOptions } from "../src/work/keyed.ts";
import { startLoop } from "../src/work/loop.ts";
import { push } from "./rules/events.ts";
import { until } from "./support/belfry.ts";
import { createFakeSlack } from "./support/fake-slack.ts";
import { engines, newStorePlace } from "./support/stores.ts";

/** The lanes over a real store, a clock of the test and a chat that fails as told. */

const workspace = "acme";
let bench: Awaited<ReturnType<typeof createBench>>;

const keyed = (options: Partial<KeyedOptions> = {}) =>
  createKeyed({ most: 64, onDone: () => {}, onError: () => {}, ...options });

async function createBench(engine: Engine["name"]) {
  const place = await newStorePlace(engine);
  let time = Date.now() + 60_000;
  const open = async () => ({ ...(await place.open()), now: () => new Date(time) });
  let store: Store = await open();
  let worker = await addWorker(store);
  const posts: { channel: string; text: string; blocks: number }[] = [];
  const faults = new Map<string, unknown[]>();
  const chat: Chat = {
    post: async (channel, { text, blocks }) => {
      posts.push({ channel, text, blocks: blocks.length });
      const fault = faults.get(channel)?.shift();
      if (fault !== undefined) throw fault;
      return { ts: `${posts.length}.0`, channel };
    },
  };
  const stopping = new AbortController();
  const logged: string[] = [];
  const note = (...given: unknown[]) => void logged.push(JSON.stringify(given));
  const log = { debug: note, info: note, warn: note, error: note } as Log;

  const sender = (chatOf: (workspace: string) => Chat | undefined = () => chat): Sender => ({
    store,
    worker: () => worker,
    finish: (ended) => finishSends(store, [ended]),
    chatOf: async (one) => chatOf(one),
    render: (event) => {
      const text = event.kind === "push" ? (event.branch ?? "") : event.kind;
      return { message: { text, blocks: [section(text)] }, used: "test" };
    },
    pace: { channel: undefined, posts: undefined, updates: undefined },
    onMessages: () => {},
    collectAfter: () => undefined,
    log,
    metrics: noMetrics,
    holds: createHolds(() => time),
    lately: createLatelyPrivate(() => time),
    stopping: stopping.signal,
  });

  /** Sends all that may be sent now. @returns milliseconds until the next lane is ready */
  async function rounds(
    chatOf?: (workspace: string) => Chat | undefined,
    change: Partial<Sender> = {},
  ): Promise<number | undefined> {
    const failed: unknown[] = [];
    let woken = false;
    const onDone = () => {
      woken = true;
    };
    const lanes = keyed({ onDone, onError: (error) => void failed.push(error) });
    for (;;) {
      woken = false;
      const wait = await sendReady({ ...sender(chatOf), ...change }, lanes);
      await lanes.settle();
      if (failed.length > 0) throw failed[0];
      if (wait !== 0 && !woken) return wait;
    }
  }

  return {
    store: () => store,
    sender,
    stop: () => stopping.abort(),
    posts,
    logged,
    chat,
    rounds,
    /** what was posted, in order */
    texts: (channel: string) => posts.filter((post) => post.channel === channel).map(({ text }) => text),
    /** the next posts into the channel fail so */
    fail: (channel: string, ...next: unknown[]) => void faults.set(channel, [...(faults.get(channel) ?? []), ...next]),
    /** Posts into the channel fail no more. */
    forget: (channel: string) => void faults.delete(channel),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    rule: async (channel: string) => (await addRule(store, workspace, "command", { channel, words: "** push" })).id,
    say: (channel: string, rule: string, ...texts: string[]) => say(store, channel, rule, texts),
    /** in another workspace, by a rule of its own */
    sayIn: async (other: string, channel: string, text: string) => {
      const { id } = await addRule(store, other, "command", { channel, words: "** push" });
      const message = { workspace: other, channel, delivery: "d", rule: id, event: push({ branch: text }) };
      await store.db.transaction().execute((trx) => addMessages(store, trx, [message]));
    },
    /** As after a kill: what the old process held is free once the others notice. */
    restart: async () => {
      store = await open();
      await sweepWorkers(store, undefined);
      worker = await addWorker(store);
    },
    /** the channel's messages as they are stored, oldest first */
    stored: async (channel: string) => (await listMessages(store, { workspace, channel, limit: 500 })).reverse(),
    close: () => place.remove(),
  };
}

const say = (store: Store, channel: string, rule: string, texts: string[]) =>
  store.db.transaction().execute((trx) =>
    addMessages(
      store,
      trx,
      texts.map((branch) => ({ workspace, channel, delivery: `of ${branch}`, rule, event: push({ branch }) })),
    ),
  );

const states = async (channel: string) => (await bench.stored(channel)).map(({ state, reason }) => [state, reason]);
const limited = (retryAfter: number) => new ChatError("rate_limited", "ratelimited", { retryAfter });
const refused = new ChatError("refused", "internal_error");
const lost = new ChatError("uncertain", "timeout");

describe.each(engines)("on %s:", (engine) => {
  beforeEach(async () => {
    bench = await createBench(engine);
  });
  afterEach(() => bench.close());

  describe("order and pace", () => {
    test("a lane keeps its order through failures of every kind that passes", async () => {
      const rule = await bench.rule("#api");
      await bench.say("#api", rule, "1", "2", "3");
      bench.fail("#api", refused, undefined, refused, limited(5), new ChatError("workspace", "token_revoked"));
      for (let round = 0; round < 6; round++) bench.pass((await bench.rounds()) ?? 0);
      expect(bench.texts("#api")).toEqual(["1", "1", "2", "2", "2", "2", "3"]);
      expect(await states("#api")).toEqual([1, 2, 3].map(() => ["sent", null]));
    });

    test("a rate limit holds the workspace's posts as long as Slack says, also through a restart, and no other workspace", async () => {
      const [api, deploys] = [await bench.rule("#api"), await bench.rule("#deploys")];
      await bench.say("#api", api, "1", "2");
      bench.fail("#api", limited(30));
      expect(await bench.rounds()).toBe(30_000);
      await bench.say("#deploys", deploys, "1", "2");
      await bench.sayIn("other", "#there", "1");
      expect(await bench.rounds()).toBe(30_000);
      expect([bench.texts("#api"), bench.texts("#deploys"), bench.texts("#there")]).toEqual([["1"], [], ["1"]]);

      await bench.restart();
      bench.pass(29_999);
      await bench.say("#api", api, "3");
      await bench.rounds();
      expect(bench.texts("#api")).toEqual(["1"]);
      bench.pass(1);
      await bench.rounds();
      expect([bench.texts("#api"), bench.texts("#deploys")]).toEqual([
        ["1", "1", "2", "3"],
        ["1", "2"],
      ]);
    });

    test("after a rate limit one post goes first, and the others wait for how it ends", async () => {
      const channels = ["#a", "#b", "#c"];
      for (const channel of channels) {
        await bench.say(channel, await bench.rule(channel), "1");
        bench.fail(channel, limited(10));
      }
      const tries = async () =>
        (await Promise.all(channels.map(bench.stored))).reduce((sum, [one]) => sum + (one?.attempts ?? 0), 0);
      expect(await bench.rounds()).toBe(10_000);
      const before = await tries();
      bench.pass(10_000);
      let release = () => {};
      const answer = new Promise<never>((_, reject) => {
        release = () => reject(limited(20));
      });
      const lanes = keyed();
      const slow = bench.sender(() => ({ post: () => answer }));
      await sendReady(slow, lanes);
      await until(tries, (count) => count === before + 1);
      await sendReady(slow, lanes);
      expect(await tries()).toBe(before + 1);
      release();
      await lanes.settle();
      expect(await bench.rounds()).toBe(20_000);
      expect(await tries()).toBe(before + 1);
      for (let round = 0; round < 6; round++) bench.pass((await bench.rounds()) ?? 0);
      expect((await Promise.all(channels.map(states))).flat()).toEqual(channels.map(() => ["sent", null]));
    });

    test("waits double from a second to a minute, less up to a quarter at random, and begin anew after a success", async () => {
      const channels = Array.from({ length: 8 }, (_, index) => `#c${index}`);
      const waits = new Map<string, number[]>(channels.map((channel) => [channel, []]));
      for (const channel of channels) {
        await bench.say(channel, await bench.rule(channel), "1", "2");
        bench.fail(channel, ...Array(10).fill(refused), undefined, refused);
      }
      const clock = () => bench.store().now().getTime();
      const began = new Map<string, number>();
      for (let tries = 0; tries < 12 * channels.length; tries++) {
        const before = bench.posts.length;
        const wait = await bench.rounds();
        for (const { channel } of bench.posts.slice(before)) {
          const last = began.get(channel);
          if (last !== undefined && last !== clock()) waits.get(channel)?.push(clock() - last);
          began.set(channel, clock());
        }
        if (wait === undefined) break;
        bench.pass(wait);
      }
      for (const measured of waits.values()) {
        expect(measured).toHaveLength(11);
        for (const [index, most] of [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 1].entries()) {
          expect(measured[index]).toBeLessThanOrEqual(most * 1000);
          expect(measured[index]).toBeGreaterThanOrEqual(most * 750);
        }
      }
      expect(new Set([...waits.values()].map((measured) => measured[6])).size).toBeGreaterThan(1);
    });

    test("a channel that hangs delays no other, though nothing is looked for", async () => {
      const [slow, fast] = [await bench.rule("#slow"), await bench.rule("#fast")];
      await bench.say("#slow", slow, "1", "2");
      await bench.say("#fast", fast, ...Array.from({ length: 20 }, (_, index) => String(index)));
      let release = () => {};
      const hung = new Promise<void>((resolve) => {
        release = resolve;
      });
      const chat: Chat = {
        post: async (channel, message) => {
          if (channel === "#slow") await hung;
          return bench.chat.post(channel, message);
        },
      };
      const failed: unknown[] = [];
      const onError = (error: unknown) => void failed.push(error);
      const lanes = keyed({ onDone: () => loop.wake(), onError });
      const loop = startLoop(
        () =>
          sendReady(
            bench.sender(() => chat),
            lanes,
          ),
        { poll: 600_000, onError },
      );
      await until(
        () => bench.texts("#fast").length,
        (count) => count === 20,
      );
      expect(bench.texts("#slow")).toEqual([]);
      release();
      await until(
        () => bench.texts("#slow"),
        (texts) => texts.length === 2,
      );
      await until(
        () => states("#slow"),
        (seen) => seen.every(([state]) => state === "sent"),
      );
      await loop.stop();
      await lanes.settle();
      expect(failed).toEqual([]);
    });

    test("an outage: few tries, then all that was said meanwhile, in order and at the channel's pace", async () => {
      const minutes = 20;
      const channels = Array.from({ length: 4 }, (_, index) => `#c${index}`);
      const pace = { channel: { interval: 1_000, burst: 1 }, posts: undefined, updates: undefined };
      const rules = new Map<string, string>();
      for (const channel of channels) {
        rules.set(channel, await bench.rule(channel));
        bench.fail(channel, ...Array(10_000).fill(refused));
      }
      const clock = () => bench.store().now().getTime();
      const back = clock() + minutes * 60_000;
      for (let number = 0; clock() < back; ) {
        if (number < 10) for (const [channel, rule] of rules) await bench.say(channel, rule, String(number));
        number++;
        bench.pass(Math.max(1, (await bench.rounds(undefined, { pace })) ?? 60_000));
      }
      // A try a minute at most once it has failed for long, whatever waits.
      for (const channel of channels) expect(bench.texts(channel).length).toBeLessThan(minutes * (4 / 3) + 10);
      for (const channel of channels) bench.forget(channel);

      const before = bench.posts.length;
      const returned = clock();
      const at = new Map<string, number[]>(channels.map((channel) => [channel, []]));
      for (let seen = before; bench.posts.length - before < 10 * channels.length; ) {
        const wait = await bench.rounds(undefined, { pace });
        for (const { channel } of bench.posts.slice(seen)) at.get(channel)?.push(clock());
        seen = bench.posts.length;
        if (wait === undefined) break;
        bench.pass(wait);
      }
      for (const channel of channels) {
        expect(bench.texts(channel).slice(-10)).toEqual(Array.from({ length: 10 }, (_, number) => String(number)));
        const times = at.get(channel) ?? [];
        // Within a minute the first one, then one a second.
        expect((times[0] ?? 0) - returned).toBeLessThanOrEqual(60_000);
        for (const [index, time] of times.entries()) {
          if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(1_000);
        }
        expect((await states(channel)).map(([state]) => state)).toEqual(Array(10).fill("sent"));
      }
      // They do not come back all at once.
      expect(new Set([...at.values()].map(([first]) => first)).size).toBeGreaterThan(1);
    });

    test("a clock that is set back while Slack is asked holds nothing up", async () => {
      const pace = { channel: { interval: 1_000, burst: 1 }, posts: undefined, updates: undefined };
      await bench.say("#api", await bench.rule("#api"), "1", "2");
      const back: Chat = {
        post: (...given) => {
          bench.pass(-2 * 3_600_000);
          return bench.chat.post(...given);
        },
      };
      await bench.rounds(() => back, { pace });
      await mendTimes(bench.store());
      bench.pass(1_000);
      await bench.rounds(undefined, { pace });
      expect(bench.texts("#api")).toEqual(["1", "2"]);
    });

    test("a template that is gone: the kind's own is used, and the log tells so", async () => {
      const rule = await addRule(bench.store(), workspace, "command", {
        channel: "#api",
        words: "** push template:gone",
      });
      await bench.say("#api", rule.id, "1");
      const templates = loadTemplates(join(import.meta.dirname, "../templates"));
      await bench.rounds(undefined, {
        render: (event, { grammar }) => render(templates, event, { template: grammar.options.template }),
      });
      expect(bench.texts("#api")).toEqual([expect.stringContaining("1")]);
      expect(await states("#api")).toEqual([["sent", null]]);
      expect(bench.logged.join()).toContain("There is no template gone for push.");
    });

    test("a lane that becomes ready while lanes are looked at is not left to the next poll", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      let tick = bench.store().now().getTime();
      const store = { ...bench.store(), now: () => new Date(tick++) };
      // With each reading of the clock it goes on, so the lane becomes ready between two of them, whichever they are.
      for (let offset = 0; offset < 12; offset++) {
        const ready_at = new Date(tick + offset).toISOString();
        await store.db.updateTable("lanes").set({ ready_at, owner: null }).execute();
        const lanes = keyed();
        const wait = await sendReady({ ...bench.sender(), store, chatOf: () => new Promise(() => {}) }, lanes);
        if (!lanes.has(laneKey(workspace, "#api")))
          expect(wait, `ready after ${offset} ms`).toBeLessThanOrEqual(offset);
      }
    });

    test("a clock that is set back holds no lane", async () => {
      const rule = await bench.rule("#api");
      bench.pass(86_400_000);
      await bench.say("#api", rule, "1", "2");
      bench.fail("#api", refused);
      await bench.rounds();
      bench.pass(-86_400_000);
      await mendTimes(bench.store());
      await bench.rounds();
      expect(bench.texts("#api")).toEqual(["1", "1", "2"]);
    });
  });

  describe("what a failure does", () => {
    test("blocks that Slack finds invalid are said as plain text", async () => {
      await bench.say("#api", await bench.rule("#api"), "1", "2");
      bench.fail("#api", new ChatError("invalid", "invalid_blocks", { detail: "/blocks/0" }));
      await bench.rounds();
      expect(bench.posts.map(({ text, blocks }) => [text, blocks])).toEqual([
        ["1", 1],
        ["1", 0],
        ["2", 1],
      ]);
      const [first] = await bench.stored("#api");
      expect(first).toMatchObject({ state: "sent", sent: { text: "1", blocks: [] }, attempts: 1 });
      expect(bench.logged.join()).toContain("/blocks/0");
    });

    test("what is invalid as plain text too is dead with the reason, and the lane goes on", async () => {
      await bench.say("#api", await bench.rule("#api"), "1", "2");
      bench.fail("#api", new ChatError("invalid", "invalid_blocks"), new ChatError("invalid", "msg_too_long"));
      expect(await bench.rounds()).toBeUndefined();
      expect(await states("#api")).toEqual([
        ["dead", "msg_too_long"],
        ["sent", null],
      ]);
    });

    test("a channel that refuses us pauses its rules with the reason; the messages are kept and can be sent later", async () => {
      const [rule, other] = [await bench.rule("#api"), await bench.rule("#api")];
      await bench.say("#api", rule, "1", "2");
      await bench.say("#api", other, "3");
      bench.fail("#api", new ChatError("channel", "is_archived"));
      expect(await bench.rounds()).toBeUndefined();
      expect((await findRule(bench.store(), workspace, rule))?.paused).toBe("Slack: is_archived");
      expect((await findRule(bench.store(), workspace, other))?.paused).toBe("Slack: is_archived");
      expect(await states("#api")).toEqual([
        ["dead", "is_archived"],
        ["suppressed", "its rule is paused: Slack: is_archived"],
        ["suppressed", "its rule is paused: Slack: is_archived"],
      ]);

      for (const one of [rule, other]) await pauseRule(bench.store(), workspace, one, null);
      for (const { id } of await bench.stored("#api")) {
        expect(await retryMessage(bench.store(), workspace, id)).toBe(true);
      }
      await bench.rounds();
      expect(bench.texts("#api")).toEqual(["1", "1", "2", "3"]);
    });

    test("while the workspace does not take us or is not connected, messages wait and no rule is paused", async () => {
      const rule = await bench.rule("#api");
      await bench.say("#api", rule, "1", "2");
      bench.fail("#api", new ChatError("workspace", "token_revoked"));
      bench.pass((await bench.rounds()) ?? 0);
      expect(await states("#api")).toEqual([
        ["retry", "token_revoked"],
        ["pending", null],
      ]);
      bench.pass((await bench.rounds(() => undefined)) ?? 0);
      expect((await states("#api"))[0]).toEqual(["retry", "not_connected"]);
      expect((await findRule(bench.store(), workspace, rule))?.paused).toBeUndefined();
      await bench.rounds();
      expect(bench.texts("#api")).toEqual(["1", "1", "2"]);
    });

    test("a workspace that refuses our token, and says so twice, has its rules paused with the reason", async () => {
      const rule = await bench.rule("#api");
      await bench.say("#api", rule, "1", "2");
      const chat: Chat = { ...bench.chat, check: () => Promise.reject(new ChatError("workspace", "token_revoked")) };
      bench.fail("#api", new ChatError("workspace", "token_revoked"));
      expect(await bench.rounds(() => chat)).toBeUndefined();
      expect((await findRule(bench.store(), workspace, rule))?.paused).toBe("Slack: token_revoked");
      expect(await states("#api")).toEqual([
        ["dead", "token_revoked"],
        ["suppressed", "its rule is paused: Slack: token_revoked"],
      ]);
    });

    test("a lost answer is counted, and the message is sent again once", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      bench.fail("#api", lost);
      bench.pass((await bench.rounds()) ?? 0);
      await bench.rounds();
      expect((await bench.stored("#api"))[0]).toMatchObject({
        state: "sent",
        reason: null,
        attempts: 2,
        lost_answers: 1,
      });
    });

    test("after two lost answers it is dead, because each may have posted it, and the lane goes on", async () => {
      await bench.say("#api", await bench.rule("#api"), "1", "2");
      bench.fail("#api", lost, lost);
      for (let round = 0; round < 4; round++) bench.pass((await bench.rounds()) ?? 0);
      expect(bench.texts("#api")).toEqual(["1", "1", "2"]);
      expect(await states("#api")).toEqual([
        ["dead", "perhaps posted: Slack's answer was lost each time"],
        ["sent", null],
      ]);
      expect((await bench.stored("#api"))[0]?.lost_answers).toBe(2);
    });

    test("where we may read the channel, a lost answer is looked up: what is there is not posted again", async () => {
      await bench.say("#api", await bench.rule("#api"), "1", "2", "3");
      const looked: string[] = [];
      const there = new Map<string, string>();
      const chat: Chat = {
        post: async (channel, message, options) => {
          if (message.text === "2") there.set(options?.id ?? "", "7.7");
          return { ...(await bench.chat.post(channel, message)), channel: "C0API" };
        },
        find: async (channel, id) => {
          looked.push(channel);
          const ts = there.get(id);
          return ts === undefined ? undefined : { ts, channel };
        },
      };
      bench.fail("#api", undefined, lost, lost, lost, lost);
      for (let round = 0; round < 5; round++) bench.pass((await bench.rounds(() => chat)) ?? 0);
      expect(bench.texts("#api")).toEqual(["1", "2", "3", "3", "3", "3"]);
      expect(
        (await bench.stored("#api")).map(({ state, ts, attempts, lost_answers }) => [
          state,
          ts,
          attempts,
          lost_answers,
        ]),
      ).toEqual([
        ["sent", "1.0", 1, 0],
        ["sent", "7.7", 1, 0],
        ["sent", "6.0", 4, 3],
      ]);
      expect(new Set(looked)).toEqual(new Set(["C0API"]));
    });

    test("a message that fails five times while others pass is dead; in an outage nothing is", async () => {
      await bench.say("#api", await bench.rule("#api"), "1", "2");
      bench.fail("#api", ...Array(40).fill(refused));
      for (let round = 0; round < 7; round++) bench.pass((await bench.rounds()) ?? 0);
      expect((await states("#api"))[0]).toEqual(["retry", "internal_error"]);
      const other = await bench.rule("#other");
      for (let round = 0; (await states("#api"))[0]?.[0] === "retry" && round < 12; round++) {
        bench.pass(1_000);
        await bench.say("#other", other, String(round));
        await bench.rounds();
        bench.pass(60_000);
        await bench.rounds();
      }
      expect((await states("#api"))[0]).toEqual(["dead", "internal_error, 5 times while other messages passed"]);
      expect((await states("#other")).every(([state]) => state === "sent")).toBe(true);
      await bench.rounds();
      bench.pass(61_000);
      await bench.rounds();
      expect((await states("#api"))[1]?.[0]).not.toBe("dead");
    });

    test("messages that waited too long become one notice, and can be sent all the same", async () => {
      const rule = await bench.rule("#api");
      await bench.say("#api", rule, "1", "2", "3");
      bench.pass(86_400_000 + 1);
      await bench.say("#api", rule, "4");
      const change = { collectAfter: () => 86_400_000 };
      bench.fail("#api", refused);
      bench.pass((await bench.rounds(undefined, change)) ?? 0);
      await bench.rounds(undefined, change);
      const [first, again, last] = bench.texts("#api");
      expect(first).toMatch(
        /^⏳ 3 messages were left out here, the first from \d+ \w+, \d\d:\d\d UTC: Slack could not be reached in time/,
      );
      expect([again, last, bench.posts.length]).toEqual([first, "4", 3]);
      const [notice, ...rest] = await bench.stored("#api");
      expect(notice).toMatchObject({ state: "suppressed", ts: "2.0", sent: { text: first } });
      expect(rest.map(({ state, reason }) => [state, reason])).toEqual([
        ["suppressed", `waited too long; told in one notice, ${notice?.id}`],
        ["suppressed", `waited too long; told in one notice, ${notice?.id}`],
        ["sent", null],
      ]);
      for (const { id } of (await bench.stored("#api")).slice(0, 3))
        expect(await retryMessage(bench.store(), workspace, id)).toBe(true);
      await bench.rounds(undefined, change);
      expect(bench.texts("#api").slice(3)).toEqual(["1", "2", "3"]);
    });

    test("a process that ends while it sends leaves a message that may have been posted, and counts it", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      let sending = false;
      const never: Chat = {
        post: () => {
          sending = true;
          return new Promise(() => {});
        },
      };
      const lanes = keyed({ most: 1 });
      await sendReady(
        bench.sender(() => never),
        lanes,
      );
      await until(() => sending, Boolean);
      await bench.restart();
      expect((await bench.stored("#api"))[0]).toMatchObject({ state: "uncertain", attempts: 1, lost_answers: 0 });
      await bench.rounds();
      expect((await bench.stored("#api"))[0]).toMatchObject({ state: "sent", attempts: 2, lost_answers: 1 });
    });

    test("a workspace whose token cannot be read waits, and its message was not sent", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      const broken = () => {
        throw new Error("damaged");
      };
      bench.pass((await bench.rounds(broken)) ?? 0);
      expect(await states("#api")).toEqual([["retry", "token_unreadable"]]);
      await bench.rounds();
      expect((await bench.stored("#api"))[0]).toMatchObject({ state: "sent", lost_answers: 0 });
    });

    test("a mistake of ours is logged and tried again", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      bench.fail("#api", new TypeError("a mistake"));
      const wait = (await bench.rounds()) ?? 0;
      expect(wait).toBeGreaterThanOrEqual(750);
      expect(await states("#api")).toEqual([["uncertain", "unexpected_error"]]);
      expect(bench.logged.join()).toContain("send failed unexpectedly");
      bench.pass(wait);
      await bench.rounds();
      expect(await states("#api")).toEqual([["sent", null]]);
    });
  });

  describe("the store", () => {
    /** The sender's store seals only what was posted, when it notes it. */
    const refusing = (times: number) => {
      const store = bench.store();
      let left = times;
      const seal: typeof store.sealer.seal = (...given) => {
        if (left-- > 0) throw new Error("no room");
        return store.sealer.seal(...given);
      };
      return { ...store, sealer: { ...store.sealer, seal } };
    };
    const refusals = () => bench.logged.filter((line) => line.includes("the store did not take the note")).length;

    test("does not take the note of a posted message: it is posted once, and the note is tried until it is there", async () => {
      await bench.say("#api", await bench.rule("#api"), "1", "2");
      const failed: unknown[] = [];
      const lanes = keyed({ most: 1, onError: (error) => void failed.push(error) });
      const store = refusing(2);
      const sender: Sender = { ...bench.sender(), store, finish: (ended) => finishSends(store, [ended]) };
      await sendReady(sender, lanes);
      await lanes.settle();
      expect([bench.texts("#api"), refusals(), failed]).toEqual([["1"], 2, []]);
      expect((await bench.stored("#api"))[0]).toMatchObject({ state: "sent", ts: "1.0", attempts: 1, lost_answers: 0 });
      await bench.rounds();
      expect(bench.texts("#api")).toEqual(["1", "2"]);
    });

    test("does not take the note of a refusal: Slack is not asked again, and nothing counts as a lost answer", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      bench.fail("#api", refused);
      const lanes = keyed();
      let left = 2;
      const finish: Sender["finish"] = (ended) =>
        left-- > 0 ? Promise.reject(new Error("no room")) : finishSends(bench.store(), [ended]);
      await sendReady({ ...bench.sender(), finish }, lanes);
      await lanes.settle();
      expect([bench.texts("#api"), refusals()]).toEqual([["1"], 2]);
      expect((await bench.stored("#api"))[0]).toMatchObject({ state: "retry", attempts: 1, lost_answers: 0 });
    });

    test("does not take the note until the process stops: the stop waits no longer, and the message may have been posted", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      const failed: unknown[] = [];
      const lanes = keyed({ most: 1, onError: (error) => void failed.push(error) });
      const store = refusing(Number.POSITIVE_INFINITY);
      await sendReady({ ...bench.sender(), store, finish: (ended) => finishSends(store, [ended]) }, lanes);
      await until(refusals, (count) => count > 0);
      bench.stop();
      await lanes.settle();
      expect(failed).toMatchObject([{ name: "AbortError" }]);
      expect((await bench.stored("#api"))[0]).toMatchObject({ state: "uncertain", attempts: 1 });
    });

    test.each([
      ["cut off", sql`update messages set event = substr(event, 1, 10) where id = `],
      ["empty", sql`update messages set event = substr(event, 1, 0) where id = `],
      [
        "of another row",
        sql`update messages set event = (select event from messages order by seq desc limit 1) where id = `,
      ],
      ["of a newer version", sql`update messages set event_format = event_format + 1 where id = `],
    ])("has a message whose event is %s: it is dead, and the lane goes on", async (_, damage) => {
      await bench.say("#api", await bench.rule("#api"), "1", "2");
      const [first] = await bench.stored("#api");
      await sql`${damage}${first?.id}`.execute(bench.store().db);
      await bench.rounds();
      expect(bench.texts("#api")).toEqual(["2"]);
      expect(await states("#api")).toEqual([
        ["dead", "its row in the database cannot be read"],
        ["sent", null],
      ]);
    });
  });

  describe("what people do meanwhile", () => {
    test.each([
      ["paused", (rule: string) => pauseRule(bench.store(), workspace, rule, "by hand"), "its rule is paused: by hand"],
      [
        "removed",
        (rule: string) => bench.store().db.deleteFrom("rules").where("id", "=", rule).execute(),
        "its rule was removed",
      ],
    ])("the messages of a rule that was %s are suppressed with the reason", async (_, change, reason) => {
      const [rule, other] = [await bench.rule("#api"), await bench.rule("#api")];
      await bench.say("#api", rule, "1");
      await bench.say("#api", other, "2");
      await change(rule);
      expect(await bench.rounds()).toBeUndefined();
      expect(await states("#api")).toEqual([
        ["suppressed", reason],
        ["sent", null],
      ]);
      expect(bench.texts("#api")).toEqual(["2"]);
    });

    test("a dropped message is not sent, also when its first send failed while it was dropped", async () => {
      await bench.say("#api", await bench.rule("#api"), "1", "2", "3");
      const [first, second] = await bench.stored("#api");
      expect(await dropMessage(bench.store(), workspace, first?.id ?? "")).toBe(true);
      const dropping: Chat = {
        post: async (channel, message) => {
          if (message.text === "2") await dropMessage(bench.store(), workspace, second?.id ?? "");
          return bench.chat.post(channel, message);
        },
      };
      bench.fail("#api", refused);
      bench.pass((await bench.rounds(() => dropping)) ?? 0);
      await bench.rounds(() => dropping);
      expect(bench.texts("#api")).toEqual(["2", "3"]);
      expect(await states("#api")).toEqual([
        ["suppressed", "dropped by hand"],
        ["suppressed", "dropped by hand"],
        ["sent", null],
      ]);
    });

    test("a message that was posted is sent, though it was dropped in that moment", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      const [message] = await bench.stored("#api");
      const dropping: Chat = {
        post: async (channel, given) => {
          await dropMessage(bench.store(), workspace, message?.id ?? "");
          return bench.chat.post(channel, given);
        },
      };
      await bench.rounds(() => dropping);
      expect(await states("#api")).toEqual([["sent", null]]);
    });

    test("one that waits or was sent cannot be retried; one that was sent cannot be dropped", async () => {
      await bench.say("#api", await bench.rule("#api"), "1");
      const id = (await bench.stored("#api"))[0]?.id ?? "";
      expect(await retryMessage(bench.store(), workspace, id)).toBe(false);
      await bench.rounds();
      expect(await retryMessage(bench.store(), workspace, id)).toBe(false);
      expect(await dropMessage(bench.store(), workspace, id)).toBe(false);
    });
  });

  test("an answer of ten megabytes is no reason to forget the attempt", async () => {
    const slack = await createFakeSlack();
    const chat = createSlack({ token: "xoxb-acme", apiUrl: slack.url });
    await bench.say("#api", await bench.rule("#api"), "1");
    slack.failNext("chat.postMessage", { body: JSON.stringify({ ok: false, error: "x".repeat(10_000_000) }) });
    await bench.rounds(() => chat);
    await slack.close();
    expect(await bench.stored("#api")).toMatchObject([{ state: "uncertain", reason: "answer_too_long", attempts: 1 }]);
    expect(bench.logged.join().length).toBeLessThan(8_000);
  });

  test("with Slack's own client: limits, invalid blocks and a lost answer", async () => {
    const slack = await createFakeSlack();
    const chat = createSlack({ token: "xoxb-acme", apiUrl: slack.url });
    await bench.say("#api", await bench.rule("#api"), "1", "2", "3");
    slack.failNext("chat.postMessage", { ratelimited: 7 });
    expect(await bench.rounds(() => chat)).toBe(7_000);
    bench.pass(7_000);
    slack.failNext("chat.postMessage", "invalid_blocks");
    slack.failNext("chat.postMessage", "internal_error");
    bench.pass((await bench.rounds(() => chat)) ?? 0);
    slack.failNext("chat.postMessage", "lost");
    bench.pass((await bench.rounds(() => chat)) ?? 0);
    await bench.rounds(() => chat);
    await slack.close();
    expect(slack.messages("#api").map(({ text }) => text)).toEqual(["1", "1", "2", "3"]);
    expect((await bench.stored("#api")).map(({ lost_answers }) => lost_answers)).toEqual([1, 0, 0]);
  });
});
