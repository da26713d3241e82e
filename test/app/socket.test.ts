import { afterEach, describe, expect, test } from "vitest";
import { type Belfry, startBelfry, temporaryFolder, until } from "../support/belfry.ts";
import { cache } from "../support/commands.ts";
import { fakeApp } from "../support/fake-slack/world.ts";
import { createFakeSlack, type FakeSlack, type FakeSlackOptions } from "../support/fake-slack.ts";
import { createSocketSender, type SocketSender } from "../support/fake-slack-socket-sender.ts";

/** Slack's requests over a socket that Belfry opens: nothing of it can be reached from outside. */

const bob = { team: "T0ACME", channel: "C0API", user: "U0ACMEBOB" };

let fake: FakeSlack;
let slack: SocketSender;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(environment: Record<string, string> = {}, options: FakeSlackOptions = {}): Promise<Belfry> {
  fake = await createFakeSlack(options);
  slack = createSocketSender(fake);
  const { folder, remove } = temporaryFolder();
  const belfry = await startBelfry({
    ...{ ...cache, BELFRY_DATA: `${folder}/data`, SLACK_API_URL: fake.url, LOG_LEVEL: "info" },
    ...{ SLACK_BOT_TOKEN: "xoxb-acme", SLACK_APP_TOKEN: fakeApp.appToken, ...environment },
  });
  cleanups.push(remove, fake.close, () => belfry.kill("SIGKILL"));
  return belfry;
}

const opened = (sockets = 1) => until(fake.sockets.count, (count) => count === sockets);
const opens = () => fake.calls.filter(({ method }) => method === "apps.connections.open");
const answer = async (text: string) => (await (await slack.command({ ...bob, text })).until()).text;

describe("an open socket", () => {
  test("takes commands, clicks and events, once each, and a signal ends the process", async () => {
    const belfry = await start();
    await opened();
    const sent = await slack.command({ ...bob, text: "help" });
    expect(sent.acknowledged.payload ?? {}).toEqual({});
    expect((await sent.until()).text).toContain("/belfry subscribe");

    const rule = /rule `([a-z2-9]{7})`/.exec(await answer("subscribe group/project push"))?.[1];
    expect(rule).toBeDefined();
    await answer(`unsubscribe ${rule}`);
    const message = structuredClone(fake.ephemerals(bob.user).at(-1));
    await (await slack.action({ ...bob, button: "Unsubscribe", message })).until("Unsubscribed");
    expect(await answer("list")).not.toContain(rule);

    await answer("subscribe group/project push");
    await slack.event({ team: bob.team, event: { type: "channel_archive", channel: bob.channel } });
    await until(
      () => answer("list"),
      (text) => text.includes("archived"),
    );

    expect((await fetch(`${belfry.url}/slack/events`, { method: "POST", body: "{}" })).status).toBe(404);
    const began = performance.now();
    expect(await belfry.kill("SIGTERM")).toBe(0);
    expect(performance.now() - began).toBeLessThan(7_000);
    await opened(0);
  });

  test("is opened again when it is cut, and at once when Slack renews it", async () => {
    await start();
    await opened();
    fake.sockets.cut();
    await until(opens, ({ length }) => length === 2);
    await opened();
    expect(await answer("help")).toContain("/belfry subscribe");
    fake.sockets.refresh();
    await until(opens, ({ length }) => length === 3);
    await opened();
    expect(await answer("help")).toContain("/belfry subscribe");
  });
});

describe("where Slack opens no socket", () => {
  test.each([
    ["another token", "xapp-1-A0OTHER-1-canary", "invalid_auth"],
    ["a token that no header can hold", "xapp-1-canary-\u{1F511}", "malformed_token"],
  ])("%s: that is said without the token, and the server goes on", async (_name, token, reason) => {
    const belfry = await start({ SLACK_APP_TOKEN: token });
    await belfry.printed(`Slack does not take SLACK_APP_TOKEN: ${reason}.`);
    expect((await fetch(`${belfry.url}/readyz`)).status).toBe(200);
    expect(belfry.output()).not.toContain("canary");
    expect(await belfry.kill("SIGTERM")).toBe(0);
  });

  test("it is tried until Slack is there, and after a refusal as well", async () => {
    const faults = ["reset", 503, "invalid_auth"];
    const belfry = await start(
      {},
      { decide: ({ method }) => (method === "apps.connections.open" ? faults.shift() : undefined) },
    );
    await opened();
    expect(opens().map(({ result }) => result)).toEqual(["reset", "503", "invalid_auth", "ok"]);
    expect(belfry.output().match(/does not take SLACK_APP_TOKEN/g)).toHaveLength(1);
    expect(await answer("help")).toContain("/belfry subscribe");
  });

  test("a refusal after a cut ends nothing", async () => {
    const belfry = await start();
    await opened();
    fake.failNext("apps.connections.open", "account_inactive");
    fake.sockets.cut();
    await belfry.printed("Slack does not take SLACK_APP_TOKEN: account_inactive.");
    expect((await fetch(`${belfry.url}/readyz`)).status).toBe(200);
    await opened();
    expect(await answer("help")).toContain("/belfry subscribe");
  });

  test("a stop does not wait for an answer that never comes", async () => {
    const belfry = await start(
      {},
      { decide: ({ method }) => (method === "apps.connections.open" ? "timeout" : undefined) },
    );
    await until(opens, ({ length }) => length === 1);
    const began = performance.now();
    expect(await belfry.kill("SIGTERM")).toBe(0);
    expect(performance.now() - began).toBeLessThan(6_000);
  });
});
