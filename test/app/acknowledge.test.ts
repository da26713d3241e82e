import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { leaveInstalled } from "../../src/app/leave.ts";
import { ChatError } from "../../src/slack/errors.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { listRules } from "../../src/store/rules.ts";
import { findToken, putWorkspace } from "../../src/store/workspaces.ts";
import { until } from "../support/belfry.ts";
import { sign } from "../support/fake-slack/post.ts";
import { fakeApp } from "../support/fake-slack/world.ts";
import { createSocketSender } from "../support/fake-slack-socket-sender.ts";
import { type AppBench, createAppBench } from "./bench.ts";

/** An event is acknowledged once it is done: Slack sends again what was not, and never what was. */

const teams = [{ id: "T0A", tokens: ["xoxb-a"], channels: [{ id: "C0A", name: "api" }] }];
const event = { team: "T0A", event: { type: "app_uninstalled" } };
const bob = { team: "T0A", channel: "C0A", user: "U0ABOB" };

let bench: AppBench;
afterEach(() => bench.close());

/** Something that stands until it is opened. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((done) => {
    open = done;
  });
  return { open, opened };
}

describe("over HTTP", () => {
  test("while the database is away Slack is told so; sent again the event is done, once", async () => {
    bench = await createAppBench({ teams });
    const { store, slack } = bench;
    await putWorkspace(store, { id: "T0A", token: "xoxb-a" });
    await addRule(store, "T0A", "command", { channel: "C0A", words: "a/b push" });
    const paused = async () => (await listRules(store, "T0A"))[0]?.paused;
    await store.db.schema.alterTable("rules").renameTo("away").execute();
    const sent = await slack.event({ team: "T0A", event: { type: "channel_archive", channel: "C0A" } });
    expect(sent.status).toBeGreaterThanOrEqual(500);
    await store.db.schema.alterTable("away").renameTo("rules").execute();
    expect(await paused()).toBeUndefined();

    expect((await sent.again({ retry: { number: 1, reason: "http_error" } })).status).toBe(200);
    expect(await paused()).toBe("the channel was archived");
    await store.db.updateTable("rules").set({ paused: null }).execute();
    expect((await sent.again({ retry: { number: 2, reason: "http_timeout" } })).status).toBe(200);
    expect(await paused()).toBeUndefined();
  });

  test("where not even that is known, whether it was done, it counts as failed", async () => {
    bench = await createAppBench({ teams });
    await bench.store.close();
    expect((await bench.slack.event(event)).status).toBeGreaterThanOrEqual(500);
  });

  test("the answer waits for the event's work, a command's does not wait for its own", async () => {
    const { open, opened } = gate();
    bench = await createAppBench({ teams }, () => ({ leave: () => opened.then(() => []) }));
    await putWorkspace(bench.store, { id: "T0A", token: "xoxb-a" });
    let answered = false;
    const sent = bench.slack.event(event).then(({ status }) => {
      answered = true;
      return status;
    });
    bench.answer = async () => {
      await opened;
      return { text: "late" };
    };
    const command = await bench.slack.command({ ...bob, text: "list" });
    expect([command.status, command.replies(), answered]).toEqual([200, [], false]);
    open();
    expect(await sent).toBe(200);
    await command.until("late");
  });
});

test("over a socket, too: what fails is not acknowledged, and what is under way not yet", async () => {
  const { open, opened } = gate();
  const left: string[] = [];
  const work = [
    () => Promise.reject(new Error("the database is away")),
    async () => {
      await opened;
      left.push("done");
      return [];
    },
  ];
  bench = await createAppBench({ teams }, () => ({
    config: { signingSecret: undefined, appToken: fakeApp.appToken, oauth: undefined },
    leave: () => work.shift()?.() ?? Promise.reject(new Error("asked once more")),
  }));
  await putWorkspace(bench.store, { id: "T0A", token: "xoxb-a" });
  bench.app.start();
  await until(bench.fake.sockets.count, (count) => count === 1);
  const socket = createSocketSender(bench.fake);
  await expect(socket.event(event)).rejects.toThrow("no acknowledgement");
  const again = socket.event(event).then(() => left.push("acknowledged"));
  expect((await socket.command({ ...bob, text: "list" })).acknowledged.envelope_id).toBeDefined();
  expect(left).toEqual([]);
  open();
  await again;
  expect(left).toEqual(["done", "acknowledged"]);
});

describe("a stop", () => {
  test("waits for what is under way and for what that lets in, and takes nothing more", async () => {
    const { open, opened } = gate();
    const { open: openLater, opened: openedLater } = gate();
    bench = await createAppBench({ teams });
    await putWorkspace(bench.store, { id: "T0A", token: "xoxb-a" });
    bench.answer = async (_asker, line) => {
      await (line === "first" ? opened : openedLater);
      return { text: `did ${line}` };
    };
    const first = await bench.slack.command({ ...bob, text: "first" });
    await until(
      () => bench.lines.length,
      (count) => count === 1,
    );
    // This one is let in before the stop, and the rest of its body comes after it.
    const fields = { command: "/belfry", text: "second", team_id: "T0A", channel_id: "C0A", user_id: "U0ABOB" };
    const body = String(new URLSearchParams({ ...fields, trigger_id: "t2", response_url: bench.fake.origin }));
    const signed = sign("application/x-www-form-urlencoded", Buffer.from(body), fakeApp.signingSecret, Date.now());
    const headers = { ...signed.headers, "content-length": String(signed.body.length), expect: "100-continue" };
    const second = request(bench.url, { method: "POST", headers });
    const status = new Promise((done) => second.on("response", ({ statusCode }) => done(statusCode)));
    await new Promise((done) => second.on("continue", done).flushHeaders());

    let stopped = false;
    const stop = bench.app.stop().then(() => {
      stopped = true;
    });
    expect((await bench.slack.command({ ...bob, text: "third" })).status).toBe(503);
    expect((await bench.slack.event(event)).status).toBe(503);
    second.end(signed.body);
    expect(await status).toBe(200);
    await until(
      () => bench.lines.length,
      (count) => count === 2,
    );
    open();
    await first.until("did first");
    // Time for a stop that waits for nothing else.
    for (let at = 0; at < 5; at++) await bench.slack.command({ ...bob, text: "late" });
    expect(stopped).toBe(false);
    openLater();
    await stop;
    expect(bench.lines.map((line) => line.split(": ")[1])).toEqual(["first", "second"]);
  });
});

describe("whether the app is gone", () => {
  const refusals = (...answers: (ChatError | Error | undefined)[]) => ({
    bot: async () => {
      const answer = answers.shift();
      if (answer) throw answer;
      return { team: "T0A", organization: undefined };
    },
  });

  test.each([
    ["that Slack is not there", new ChatError("refused", "ECONNREFUSED")],
    ["that it is too much", new ChatError("rate_limited", "ratelimited", { retryAfter: 30 })],
    ["nothing", new ChatError("uncertain", "timeout")],
    ["a failure of ours", new Error("the database is away")],
  ])("is not known from %s: the event comes again", async (_name, error) => {
    bench = await createAppBench({ teams }, ({ store }) => ({
      leave: leaveInstalled(store, refusals(error, new ChatError("workspace", "account_inactive"))),
    }));
    const { store, slack } = bench;
    await putWorkspace(store, { id: "T0A", token: "xoxb-a" });
    const sent = await slack.event(event);
    expect(sent.status).toBeGreaterThanOrEqual(500);
    expect(await findToken(store, "T0A")).toBe("xoxb-a");
    expect((await sent.again({ retry: { number: 1, reason: "http_error" } })).status).toBe(200);
    expect(await findToken(store, "T0A")).toBeUndefined();
  });
});
