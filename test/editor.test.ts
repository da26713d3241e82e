import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noteFacts } from "../src/cards/burst.ts";
import { mergeRequestFacts } from "../src/cards/merge-request.ts";
import type { Event } from "../src/events.ts";
import type { Log } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { editReady } from "../src/send/editor.ts";
import { createHolds } from "../src/send/holds.ts";
import { createLatelyPrivate } from "../src/send/lately-private.ts";
import { type Sender, sendReady } from "../src/send/sender.ts";
import type { Chat, Posted, PostOptions } from "../src/slack/chat.ts";
import { ChatError } from "../src/slack/errors.ts";
import type { Message } from "../src/slack/message.ts";
import { addCards } from "../src/store/cards.ts";
import { addRule } from "../src/store/change-rules.ts";
import { editEvery } from "../src/store/edit-every.ts";
import type { Engine } from "../src/store/engine/engine.ts";
import { finishSends } from "../src/store/finish-sends.ts";
import { markCards } from "../src/store/mark-cards.ts";
import { listMessages } from "../src/store/messages.ts";
import { findObjects, saveObjects } from "../src/store/objects.ts";
import { addMessages } from "../src/store/open-messages.ts";
import { findRule } from "../src/store/rules.ts";
import type { Store } from "../src/store/store.ts";
import { addWorker } from "../src/store/workers.ts";
import { section } from "../src/templates/draft.ts";
import { createKeyed } from "../src/work/keyed.ts";
import { mergeRequest, note } from "./rules/events.ts";
import { engines, newStorePlace } from "./support/stores.ts";

/** Edits and replies over a real store, a clock of the test and a chat that fails as told. */

const workspace = "acme";
const project = "gitlab.acme.io/platform/api";
const second = 1_000;
let bench: Awaited<ReturnType<typeof createBench>>;

type Method = "post" | "update" | "find" | "isOpen";
interface Call {
  method: Method;
  text?: string;
  blocks?: number;
  ts?: string;
  thread?: string;
}

const titleOf = (event: object): string => ("title" in event ? String(event.title) : "");

async function createBench(engine: Engine["name"]) {
  const place = await newStorePlace(engine);
  let time = Date.parse("2026-03-02T09:00:00Z");
  const store: Store = { ...(await place.open()), now: () => new Date(time) };
  const worker = await addWorker(store);
  const calls: Call[] = [];
  const faults: { method: Method; fault: unknown }[] = [];
  let isOpen = false;
  let found: Posted | undefined;
  const meet = (method: Method) => {
    const at = faults.findIndex((one) => one.method === method);
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
    if (fault !== undefined) throw fault;
  };
  const note = (call: Call) => void calls.push(JSON.parse(JSON.stringify(call)) as Call);
  const chat: Chat = {
    post: async (channel, { text, blocks }: Message, { thread }: PostOptions = {}) => {
      note({ method: "post", text, blocks: blocks.length, ...(thread !== undefined && { thread }) });
      meet("post");
      return { ts: `${calls.length}.0`, channel };
    },
    update: async ({ ts }, { text, blocks }) => {
      note({ method: "update", text, blocks: blocks.length, ts });
      meet("update");
    },
    find: async (_channel, _id, _since, thread) => {
      note({ method: "find", ...(thread !== undefined && { thread }) });
      meet("find");
      return found;
    },
    isOpen: async () => {
      note({ method: "isOpen" });
      meet("isOpen");
      return isOpen;
    },
  };
  const logged: string[] = [];
  const write = (...given: unknown[]) => void logged.push(JSON.stringify(given));
  let isConnected = true;
  let woken = 0;
  const sender: Sender = {
    store,
    worker: () => worker,
    finish: (ended) => finishSends(store, [ended]),
    chatOf: async () => (isConnected ? chat : undefined),
    render: (event, _rule, { thread }) => {
      const text = `${event.kind}.${event.action} ${titleOf(event)}${thread ? " (in thread)" : ""}`;
      return { message: { text, blocks: [section(text)] }, used: "test" };
    },
    pace: { channel: undefined, posts: undefined, updates: undefined },
    onMessages: () => {
      woken += 1;
    },
    collectAfter: () => undefined,
    log: { debug: write, info: write, warn: write, error: write } as Log,
    metrics: noMetrics,
    holds: createHolds(() => time),
    lately: createLatelyPrivate(() => time),
    stopping: new AbortController().signal,
  };
  const { id: rule } = await addRule(store, workspace, "command", {
    channel: "C1",
    words: "** merge_request note confidential:yes",
  });

  /** All that may be sent and edited now. */
  async function rounds(): Promise<void> {
    const failed: unknown[] = [];
    let woken = false;
    const onDone = () => {
      woken = true;
    };
    const keyed = createKeyed({ most: 64, onDone, onError: (error) => void failed.push(error) });
    for (let round = 0; round < 50; round++) {
      woken = false;
      const waits = [await sendReady(sender, keyed), await editReady(sender, keyed)];
      await keyed.settle();
      if (failed.length > 0) throw failed[0];
      if (!waits.includes(0) && !woken) return;
    }
    throw new Error("it does not come to rest");
  }

  async function learn(object: string, facts: object): Promise<void> {
    const [known] = await findObjects(store, workspace, [{ project, object }]);
    const before = known ?? { project, object, facts: {}, revision: 0 };
    await store.db.transaction().execute(async (trx) => {
      await saveObjects(store, trx, workspace, [{ ...before, facts }]);
      await markCards(store, trx, workspace, [{ project, object, episodes: [""] }]);
    });
  }

  const writeMessage = (message: { event: Event; card?: string; thread?: string; id?: string }) =>
    store.db
      .transaction()
      .execute((trx) => addMessages(store, trx, [{ workspace, channel: "C1", delivery: "d", rule, ...message }]));

  return {
    ...{ store, sender, calls, logged, learn, rounds, rule },
    fail: (method: Method, ...next: unknown[]) => void faults.push(...next.map((fault) => ({ method, fault }))),
    forget: () => void faults.splice(0),
    connect: (yes: boolean) => {
      isConnected = yes;
    },
    open: () => {
      isOpen = true;
    },
    /** what is found of a lost answer */
    leave: (posted: Posted) => {
      found = posted;
    },
    woken: () => woken,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    /** the merge request has another title now */
    rename: (title: string) => learn("!1", mergeRequestFacts(mergeRequest({ title }), store.now().toISOString())),
    /** Writes the message that posts the card. */
    async begin(object = "!1", event: Event = mergeRequest({ title: "as it came" }), episode = ""): Promise<string> {
      const id = crypto.randomUUID();
      const card = crypto.randomUUID();
      const at = { workspace, channel: "C1", project, object, episode, rule };
      await store.db
        .transaction()
        .execute((trx) => addCards(store, trx, [{ ...at, id: card, message: id, thread: undefined }]));
      await writeMessage({ event, card, id });
      return card;
    },
    reply: (card: string, title: string) =>
      writeMessage({ event: mergeRequest({ action: "approved", title }), thread: card }),
    said: (...methods: Method[]) =>
      calls.filter(({ method }) => methods.length === 0 || methods.includes(method)).map(({ text }) => text),
    row: () => store.db.selectFrom("cards").selectAll().executeTakeFirstOrThrow(),
    stored: async () => (await listMessages(store, { workspace, limit: 99 })).reverse(),
    close: () => place.remove(),
  };
}

const word = (reason: string, outcome: ChatError["outcome"] = "refused") => new ChatError(outcome, reason);
const limited = (retryAfter: number) => new ChatError("rate_limited", "ratelimited", { retryAfter });
const lost = word("timeout", "uncertain");
const gone = word("message_not_found", "invalid");

/** A card that was posted, and whose merge request was renamed a moment ago. */
async function renamed(title = "second"): Promise<string> {
  await bench.rename("first");
  const card = await bench.begin();
  await bench.rounds();
  bench.calls.splice(0);
  bench.pass(editEvery);
  await bench.rename(title);
  bench.pass(second);
  return card;
}

describe.each(engines)("on %s:", (engine) => {
  beforeEach(async () => {
    bench = await createBench(engine);
  });
  afterEach(() => bench.close());

  describe("an edit", () => {
    test("shows the newest state, once for all that changed", async () => {
      await renamed();
      await bench.rename("third");
      await bench.rounds();
      expect(bench.calls).toEqual([{ method: "update", text: "merge_request.card third", blocks: 1, ts: "1.0" }]);
      expect(await bench.stored()).toMatchObject([{ state: "sent", sent: { text: "merge_request.card third" } }]);
      bench.pass(60 * second);
      await bench.rounds();
      expect(bench.calls).toHaveLength(1);
    });

    test("is not made where the card would show what it shows", async () => {
      await renamed("first");
      await bench.rounds();
      expect(bench.calls).toEqual([]);
      expect(await bench.row()).toMatchObject({ edit_at: null, owner: null });
    });

    test("is made at most once in seven seconds, and the last one shows the last state", async () => {
      await renamed();
      for (let tick = 0; tick < 100; tick++) {
        await bench.rename(`state ${tick}`);
        await bench.rounds();
        bench.pass(600);
      }
      bench.pass(editEvery);
      await bench.rounds();
      expect(bench.calls.length).toBeLessThanOrEqual(Math.ceil(60_000 / editEvery) + 1);
      expect(bench.said().at(-1)).toBe("merge_request.card state 99");
    });

    test("is made as plain text where Slack finds the blocks invalid", async () => {
      await renamed();
      bench.fail("update", word("invalid_blocks", "invalid"));
      await bench.rounds();
      expect(bench.calls.map(({ blocks }) => blocks)).toEqual([1, 0]);
      expect(await bench.stored()).toMatchObject([{ sent: { text: "merge_request.card second", blocks: [] } }]);
    });

    test("is left where it is invalid as plain text as well, until there is something newer", async () => {
      await renamed();
      bench.fail("update", word("invalid_blocks", "invalid"), word("msg_too_long", "invalid"));
      await bench.rounds();
      bench.pass(600 * second);
      await bench.rounds();
      expect(bench.calls).toHaveLength(2);
      await bench.rename("third");
      bench.pass(second);
      await bench.rounds();
      expect(bench.said().at(-1)).toBe("merge_request.card third");
    });

    test("whose answer was lost is made again, with what is known by then", async () => {
      await renamed();
      bench.fail("update", lost);
      await bench.rounds();
      await bench.rename("third");
      bench.pass(editEvery);
      await bench.rounds();
      expect(bench.said("update")).toEqual(["merge_request.card second", "merge_request.card third"]);
    });

    test("whose answer was lost is made again though nothing changed, for nobody knows what is shown", async () => {
      await renamed();
      bench.fail("update", lost);
      await bench.rounds();
      await bench.rename("first");
      bench.pass(60 * second);
      await bench.rounds();
      expect(bench.said("update")).toEqual(["merge_request.card second", "merge_request.card first"]);
    });

    test("a refusal for some time holds the workspace's edits, no posts, and does not spin", async () => {
      const card = await renamed();
      bench.fail("update", limited(30));
      await bench.rounds();
      await bench.rename("third");
      await bench.reply(card, "meanwhile");
      for (const seconds of [5, 10, 14]) {
        bench.pass(seconds * second);
        await bench.rounds();
      }
      expect(bench.said("update")).toHaveLength(1);
      expect(bench.said("post")).toHaveLength(1);
      expect((await bench.stored()).map(({ attempts }) => attempts)).toEqual([1, 1]);
      bench.pass(second);
      await bench.rounds();
      expect(bench.said("update")).toEqual(["merge_request.card second", "merge_request.card third"]);
    });

    test("a post that is refused for some time holds no edits", async () => {
      const card = await renamed();
      await bench.reply(card, "limited");
      bench.fail("post", limited(30));
      await bench.rounds();
      expect(bench.said("update")).toEqual(["merge_request.card second"]);
    });

    test.each([
      ["http_503", "refused"],
      ["ECONNREFUSED", "refused"],
      ["timeout", "uncertain"],
      ["token_revoked", "workspace"],
    ] as const)("an outage of an hour (%s) loses no edit, and asks about once a minute", async (reason, outcome) => {
      await renamed();
      bench.fail("update", ...Array(500).fill(word(reason, outcome)));
      for (let minute = 0; minute < 120; minute++) {
        await bench.rounds();
        bench.pass(30 * second);
      }
      expect(bench.calls.length).toBeLessThan(100);
      expect(bench.calls.length).toBeGreaterThan(50);
      bench.forget();
      bench.pass(60 * second);
      await bench.rounds();
      bench.pass(600 * second);
      const { length } = bench.calls;
      await bench.rounds();
      expect(bench.calls).toHaveLength(length);
      expect(await bench.row()).toMatchObject({ failures: 0, edit_at: null });
    });

    test("waits while the workspace is not connected", async () => {
      await renamed();
      bench.connect(false);
      await bench.rounds();
      expect(bench.calls).toEqual([]);
      bench.connect(true);
      bench.pass(60 * second);
      await bench.rounds();
      expect(bench.said()).toEqual(["merge_request.card second"]);
    });

    test.each(["channel_not_found", "is_archived", "not_in_channel"])(
      "%s: the card is left, no rule is paused, and the next news try again",
      async (reason) => {
        await renamed();
        bench.fail("update", word(reason, "channel"));
        await bench.rounds();
        bench.pass(600 * second);
        await bench.rounds();
        expect(bench.calls).toHaveLength(1);
        expect((await findRule(bench.store, workspace, bench.rule))?.paused).toBeUndefined();
        await bench.rename("third");
        bench.pass(second);
        await bench.rounds();
        expect(bench.said().at(-1)).toBe("merge_request.card third");
      },
    );

    test("an error of our own is tried again", async () => {
      await renamed();
      bench.fail("update", new TypeError("a mistake"));
      await bench.rounds();
      bench.pass(60 * second);
      await bench.rounds();
      expect(bench.said("update")).toHaveLength(2);
      expect(bench.logged.join()).toContain("send failed unexpectedly");
    });
  });

  describe("a card that a person deleted", () => {
    test("is posted anew with what is known by then, and its thread goes on there", async () => {
      const card = await renamed();
      bench.fail("update", gone);
      await bench.rounds();
      expect(bench.woken()).toBe(1);
      expect(bench.calls.slice(1)).toEqual([{ method: "post", text: "merge_request.card second", blocks: 1 }]);
      await bench.reply(card, "thanks");
      await bench.rounds();
      expect(bench.calls.at(-1)).toMatchObject({ method: "post", thread: "2.0" });
      await bench.rename("third");
      bench.pass(editEvery);
      await bench.rounds();
      expect(bench.calls.at(-1)).toMatchObject({ method: "update", ts: "2.0", text: "merge_request.card third" });
    });

    test("and deleted again is not posted a third time; replies go into the channel", async () => {
      const card = await renamed();
      bench.fail("update", gone, gone);
      await bench.rounds();
      await bench.rename("third");
      bench.pass(editEvery);
      await bench.rounds();
      expect(await bench.row()).toMatchObject({ state: "gone" });
      await bench.rename("fourth");
      await bench.reply(card, "after all");
      bench.pass(60 * second);
      await bench.rounds();
      expect(bench.said()).toEqual([
        ...["merge_request.card second", "merge_request.card second"],
        ...["merge_request.card third", "merge_request.approved after all"],
      ]);
      expect(bench.calls.at(-1)).not.toHaveProperty("thread");
    });
  });

  describe("a card that Slack does not let us edit", () => {
    test.each(["cant_update_message", "edit_window_closed"])(
      "%s: what changes goes into its thread",
      async (reason) => {
        await renamed();
        bench.fail("update", word(reason));
        await bench.rounds();
        expect(bench.woken()).toBe(1);
        expect(bench.calls.slice(1)).toEqual([
          { method: "post", text: "merge_request.card second (in thread)", blocks: 1, thread: "1.0" },
        ]);
        await bench.rename("third");
        bench.pass(editEvery);
        await bench.rounds();
        expect(bench.said("update")).toHaveLength(1);
        expect(bench.said("post").at(-1)).toBe("merge_request.card third (in thread)");
      },
    );
  });

  describe("a confidential card of a private channel", () => {
    const talk = "talk !1 ada confidential";
    const said = (id: string, text: string) =>
      note({ note: id, reference: "!1", confidential: true, text, title: text, at: bench.store.now().toISOString() });
    async function talked() {
      await bench.store.db.updateTable("rules").set({ is_private: 1 }).execute();
      const first = said("1", "one");
      const facts = noteFacts(first, {}, bench.store.now().toISOString());
      await bench.learn(talk, facts);
      await bench.begin(talk, first, "1");
      await bench.rounds();
      bench.calls.splice(0);
      bench.pass(600 * second);
      const later = noteFacts({ ...said("1", "edited"), action: "update" }, facts, bench.store.now().toISOString());
      await bench.learn(talk, later);
      await bench.store.db.updateTable("cards").set({ edit_at: bench.store.now().toISOString() }).execute();
    }

    test("is edited while the channel is private", async () => {
      await talked();
      await bench.rounds();
      expect(bench.calls.map(({ method }) => method)).toEqual(["isOpen", "update"]);
    });

    test("is left where others read the channel now", async () => {
      await talked();
      bench.open();
      await bench.rounds();
      bench.pass(600 * second);
      await bench.rounds();
      expect(bench.calls.map(({ method }) => method)).toEqual(["isOpen"]);
    });

    test("is left where its rule does not want confidential things any more", async () => {
      await talked();
      await bench.store.db.updateTable("rules").set({ words: "** merge_request note" }).execute();
      await bench.rounds();
      expect(bench.calls).toEqual([]);
    });

    test("waits where Slack cannot say", async () => {
      await talked();
      bench.fail("isOpen", lost);
      await bench.rounds();
      expect(bench.calls.map(({ method }) => method)).toEqual(["isOpen"]);
      bench.pass(60 * second);
      await bench.rounds();
      expect(bench.calls.map(({ method }) => method)).toEqual(["isOpen", "isOpen", "update"]);
    });
  });

  describe("a reply", () => {
    test("goes into its card's thread and is rendered for it", async () => {
      const card = await renamed("first");
      await bench.reply(card, "it");
      await bench.rounds();
      expect(bench.calls).toEqual([
        { method: "post", text: "merge_request.approved it (in thread)", blocks: 1, thread: "1.0" },
      ]);
      const rows = await bench.store.db
        .selectFrom("messages")
        .select(["thread_ts", "card_id"])
        .orderBy("seq")
        .execute();
      expect(rows).toEqual([
        { thread_ts: null, card_id: card },
        { thread_ts: "1.0", card_id: null },
      ]);
    });

    test.each(["thread_not_found", "message_not_found", "cannot_reply_to_message", "invalid_thread_ts"])(
      "%s: it is said in the channel",
      async (reason) => {
        const card = await renamed("first");
        await bench.reply(card, "it");
        bench.fail("post", word(reason, "invalid"));
        await bench.rounds();
        expect(bench.calls.map(({ method, thread }) => [method, thread])).toEqual([
          ["post", "1.0"],
          ["post", undefined],
        ]);
        const [, row] = await bench.store.db
          .selectFrom("messages")
          .select(["state", "thread_ts"])
          .orderBy("seq")
          .execute();
        expect(row).toEqual({ state: "sent", thread_ts: null });
      },
    );

    test("whose answer was lost is looked for in its thread", async () => {
      const card = await renamed("first");
      await bench.reply(card, "it");
      bench.fail("post", lost);
      await bench.rounds();
      bench.leave({ ts: "77.0", channel: "C1" });
      bench.pass(60 * second);
      await bench.rounds();
      expect(bench.calls).toMatchObject([{ method: "post" }, { method: "find", thread: "1.0" }]);
      expect((await bench.stored()).at(-1)).toMatchObject({ state: "sent", ts: "77.0" });
    });
  });

  test("a card whose answer was lost and that is found shows the newest state soon", async () => {
    await bench.rename("first");
    await bench.begin();
    bench.fail("post", lost);
    await bench.rounds();
    await bench.rename("second");
    bench.leave({ ts: "77.0", channel: "C1" });
    bench.pass(60 * second);
    await bench.rounds();
    bench.pass(editEvery);
    await bench.rounds();
    expect(bench.calls).toMatchObject([
      { method: "post", text: "merge_request.card first" },
      { method: "find" },
      { method: "update", ts: "77.0", text: "merge_request.card second" },
    ]);
  });

  test("a card of which too little is known says what its event says", async () => {
    await bench.begin("!9", mergeRequest({ title: "alone" }));
    await bench.rounds();
    expect(bench.said()).toEqual(["merge_request.open alone"]);
  });
});
