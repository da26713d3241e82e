import { beforeEach, describe, expect } from "vitest";
import { noMetrics } from "../src/operation/metrics.ts";
import { createChats } from "../src/send/chats.ts";
import { createHolds } from "../src/send/holds.ts";
import { createLatelyPrivate } from "../src/send/lately-private.ts";
import { sendReady } from "../src/send/sender.ts";
import type { Chat } from "../src/slack/chat.ts";
import { ChatError } from "../src/slack/errors.ts";
import { addRule } from "../src/store/change-rules.ts";
import { finishSends } from "../src/store/finish-sends.ts";
import { addMessages } from "../src/store/open-messages.ts";
import { listRules } from "../src/store/rules.ts";
import type { Store } from "../src/store/store.ts";
import { addWorker } from "../src/store/workers.ts";
import { ensureTeam, ensureWorkspace, findToken, findWorkspace, putWorkspace } from "../src/store/workspaces.ts";
import { createKeyed } from "../src/work/keyed.ts";
import { push } from "./rules/events.ts";
import { engines, testOn } from "./support/stores.ts";

/** What a token that Slack takes no more means for the workspace that has it. */

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** Slack's word for each token that it does not take. */
let refused: Record<string, string>;
/** what happens when Slack is asked whether it is sure */
let onCheck: () => Promise<void>;
let posted: string[];
beforeEach(() => {
  refused = {};
  posted = [];
  onCheck = async () => {};
});

function connect(token: string): Chat {
  const check = async () => {
    if (refused[token]) throw new ChatError("workspace", refused[token]);
  };
  return {
    check: () => onCheck().then(check),
    post: async (channel) => {
      await check();
      posted.push(`${channel} by ${token}`);
      return { ts: "1.0", channel };
    },
  };
}

async function say(store: Store, workspace: string) {
  const { id: rule } = await addRule(store, workspace, "command", { channel: "C1", words: "** push" });
  const message = { workspace, channel: "C1", delivery: "d", rule, event: push() };
  await store.db.transaction().execute((trx) => addMessages(store, trx, [message]));
}

/** Sends what is ready, once. */
async function send(store: Store, fixed: Record<string, Chat> = {}) {
  const worker = await addWorker(store);
  const lanes = createKeyed({ most: 64, onDone: () => {}, onError: (error) => expect.fail(String(error)) });
  await sendReady(
    {
      ...{ store, worker: () => worker, log, metrics: noMetrics, holds: createHolds(Date.now) },
      lately: createLatelyPrivate(),
      finish: (ended) => finishSends(store, [ended]),
      chatOf: createChats(store, fixed, async (token) => connect(token)),
      render: () => ({ message: { text: "x", blocks: [] }, used: "test" }),
      pace: { channel: undefined, posts: undefined, updates: undefined },
      onMessages: () => {},
      collectAfter: () => undefined,
      stopping: new AbortController().signal,
    },
    lanes,
  );
  await lanes.settle();
}

const seen = async (store: Store, id: string) => ({
  token: await findToken(store, id),
  removed: typeof (await findWorkspace(store, id))?.removed_at === "string",
  paused: (await listRules(store, id)).map(({ paused }) => paused),
});

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test.for(["token_revoked", "account_inactive", "invalid_auth"])(
    "%s of an installed workspace is an uninstall of it, and of no other",
    async (word, { store }) => {
      for (const id of ["T1", "T2"]) {
        await putWorkspace(store, { id, token: `xoxb-${id}` });
        await say(store, id);
      }
      refused = { "xoxb-T1": word };
      await send(store);
      expect(await seen(store, "T1")).toEqual({ token: undefined, removed: true, paused: [`Slack: ${word}`] });
      expect(await seen(store, "T2")).toEqual({ token: "xoxb-T2", removed: false, paused: [undefined] });
      expect(posted).toEqual(["C1 by xoxb-T2"]);
    },
  );

  test("missing_scope only pauses", async ({ store }) => {
    await putWorkspace(store, { id: "T1", token: "xoxb-T1" });
    await say(store, "T1");
    refused = { "xoxb-T1": "missing_scope" };
    await send(store);
    expect(await seen(store, "T1")).toEqual({ token: "xoxb-T1", removed: false, paused: ["Slack: missing_scope"] });
  });

  test("SLACK_BOT_TOKEN is the operator's: its rules only pause", async ({ store }) => {
    await ensureWorkspace(store, { id: "slack", chat: "slack" });
    await say(store, "slack");
    refused = { "xoxb-own": "invalid_auth" };
    await send(store, { slack: connect("xoxb-own") });
    expect(await seen(store, "slack")).toEqual({ token: undefined, removed: false, paused: ["Slack: invalid_auth"] });
  });

  test("a team that posts with its organization's token takes all of the organization with it", async ({ store }) => {
    await putWorkspace(store, { id: "E1", token: "xoxb-E1" });
    await putWorkspace(store, { id: "T3", token: "xoxb-T3" });
    for (const id of ["T1", "T2", "T3"]) await ensureTeam(store, id, "E1");
    await say(store, "T1");
    refused = { "xoxb-E1": "token_revoked" };
    await send(store);
    expect(await seen(store, "E1")).toMatchObject({ token: undefined, removed: true });
    expect(await seen(store, "T1")).toEqual({ token: undefined, removed: true, paused: ["Slack: token_revoked"] });
    expect(await seen(store, "T2")).toMatchObject({ token: undefined, removed: true });
    expect(await seen(store, "T3")).toMatchObject({ token: "xoxb-T3", removed: false });
  });

  test("a team with a token of its own takes only itself", async ({ store }) => {
    await putWorkspace(store, { id: "E1", token: "xoxb-E1" });
    await putWorkspace(store, { id: "T1", token: "xoxb-T1" });
    await ensureTeam(store, "T1", "E1");
    await say(store, "T1");
    refused = { "xoxb-T1": "token_revoked" };
    await send(store);
    expect(await seen(store, "T1")).toMatchObject({ removed: true });
    expect(await seen(store, "E1")).toMatchObject({ token: "xoxb-E1", removed: false });
  });

  test("a token that came while the old one was refused stays, and posts", async ({ store }) => {
    await putWorkspace(store, { id: "T1", token: "xoxb-T1" });
    await say(store, "T1");
    refused = { "xoxb-T1": "token_revoked" };
    onCheck = () => putWorkspace(store, { id: "T1", token: "xoxb-new" });
    await send(store);
    expect(await seen(store, "T1")).toEqual({ token: "xoxb-new", removed: false, paused: [undefined] });
    await send({ ...store, now: () => new Date(Date.now() + 60_000) });
    expect(posted).toEqual(["C1 by xoxb-new"]);
  });
});
