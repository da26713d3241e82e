import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRespond } from "../../src/app/respond.ts";
import { onlyWorkspace } from "../../src/app/who.ts";
import { createLook } from "../../src/slack/look.ts";
import { fakeApp } from "../support/fake-slack/world.ts";
import type { Deviation } from "../support/fake-slack-sender.ts";
import { type AppBench, createAppBench } from "./bench.ts";

/** What Slack sends, from its signature to the answer; the commands themselves are under test/commands. */

const bob = { team: "T0ACME", channel: "C0API", user: "U0ACMEBOB" };

let bench: AppBench;
beforeEach(async () => {
  bench = await createAppBench({}, ({ fake }) => ({
    workspaceOf: onlyWorkspace(createLook(async () => "xoxb-acme", fake.url)),
  }));
});
afterEach(() => bench.close());

test("a command is acknowledged before it is done, and answered to the person alone", async () => {
  let go = () => {};
  const held = new Promise<void>((done) => {
    go = done;
  });
  bench.answer = async () => {
    await held;
    return { text: "late" };
  };
  const sent = await bench.slack.command({ ...bob, text: "help" });
  expect(sent).toMatchObject({ status: 200, body: "" });
  go();
  expect(await sent.until()).toMatchObject({ text: "late", responseType: "ephemeral" });
  expect(bench.lines).toEqual(["slack C0API api U0ACMEBOB: help"]);
  expect(bench.fake.messages("C0API")).toEqual([]);
});

test("entities of what was typed are undone", async () => {
  await (await bench.slack.command({ ...bob, text: "mute a&amp;b &lt;x&gt;" })).until("did");
  expect(bench.lines[0]).toContain(": mute a&b <x>");
});

describe("who sends", () => {
  test.each<[name: string, deviation: Deviation, status: number]>([
    ["a bad signature", { signature: "bad" }, 401],
    ["a signature of another version", { signature: "v1" }, 401],
    ["a signature that is cut", { signature: "short" }, 401],
    ["no signature", { signature: "missing" }, 401],
    ["no time", { timestamp: "missing" }, 401],
    ["six minutes ago", { skew: -360 }, 401],
    ["in six minutes", { skew: 360 }, 401],
    ["in an hour", { skew: 3600 }, 401],
    ["in four minutes", { skew: 240 }, 200],
    ["four minutes ago", { skew: -240 }, 200],
    ["30 MB", { padding: 30_000_000, signature: "bad" }, 413],
  ])("%s", async (_name, deviation, status) => {
    const sent = await bench.slack.command({ ...bob, text: "x" }, deviation);
    expect(sent.status).toBe(status);
    if (status === 200) await sent.until("did x");
    expect(bench.lines.length).toBe(status === 200 ? 1 : 0);
  });

  test("the same bytes again are acknowledged and not done again", async () => {
    const sent = await bench.slack.command({ ...bob, text: "once" });
    await sent.until("did once");
    const twice = await sent.again();
    expect(twice.status).toBe(200);
    await (await bench.slack.command({ ...bob, text: "another" })).until("did another");
    expect(bench.lines.map((line) => line.split(": ")[1])).toEqual(["once", "another"]);
  });

  test("another team than the token's is told that Belfry is not there", async () => {
    await bench.close();
    bench = await createAppBench({}, () => ({
      workspaceOf: onlyWorkspace({ bot: async () => ({ team: "T0OTHER", organization: undefined }) }),
    }));
    await (await bench.slack.command({ ...bob, text: "list" })).until("Belfry is not installed in this workspace.");
    expect(bench.lines).toEqual([]);
  });

  test("a person of another workspace in a shared channel is turned away", async () => {
    const payload = {
      ...{ type: "block_actions", team: { id: "T0ACME" }, user: { id: "U9", team_id: "T9" }, api_app_id: fakeApp.id },
      ...{ channel: { id: "C0API", name: "api" }, trigger_id: "t9", response_url: `${bench.fake.origin}/nowhere` },
      actions: [{ type: "button", action_id: "belfry_run_0", block_id: "b", value: "x", action_ts: "1" }],
    };
    expect((await bench.slack.form({ payload: JSON.stringify(payload) })).status).toBe(200);
    await (await bench.slack.command({ ...bob, text: "after" })).until("did after");
    expect(bench.lines.length).toBe(1);
  });
});

describe("buttons", () => {
  const asks = async () => ({
    text: "Sure?",
    buttons: [
      { label: "Yes", line: "drop it" },
      { label: "No", line: "cancel" },
    ],
  });
  const ask = async () => {
    bench.answer = asks;
    await (await bench.slack.command({ ...bob, text: "drop it" })).until("Sure?");
    bench.answer = async ({ confirmed }, line) => ({ text: `did ${line}, ${confirmed}` });
    return structuredClone(bench.fake.ephemerals(bob.user).at(-1));
  };

  test("run what we kept, once, and carry nothing that says what", async () => {
    const message = await ask();
    expect(JSON.stringify(message?.blocks)).not.toContain("drop");
    const clicked = await bench.slack.action({ ...bob, button: "Yes", message });
    expect(await clicked.until()).toMatchObject({ text: "did drop it, true", replaces: true });
    const again = await bench.slack.action({ ...bob, button: "Yes", message });
    await again.until("used already or is too old");
    expect(bench.lines.length).toBe(2);
  });

  test("cancel changes nothing", async () => {
    const message = await ask();
    await (await bench.slack.action({ ...bob, button: "No", message })).until("Nothing was changed.");
    expect(bench.lines.length).toBe(1);
  });

  test.each([
    ["another person", { user: "U0ACMEALICE" }],
    ["another channel", { channel: "C0DEPLOYS" }],
  ])("of %s do nothing", async (_name, change) => {
    const message = await ask();
    await (await bench.slack.action({ ...bob, ...change, button: "Yes", message })).until("used already or is too old");
    expect(bench.lines.length).toBe(1);
  });
});

describe("answers", () => {
  test.each([
    "http://hooks.slack.com/x",
    "https://hooks.slack.com.evil.example/x",
    "https://user:pass@hooks.slack.com/x",
    "https://evil.example/",
    "file:///etc/passwd",
    "no address",
  ])("never go to %s", async (address) => {
    await expect(createRespond(undefined)(address, { text: "x", blocks: [] })).rejects.toThrow("is not Slack's");
  });

  test("a failure is told kindly and logged without what was typed", async () => {
    bench.answer = async () => {
      throw new Error("broken glpat-CANARY");
    };
    await (await bench.slack.command({ ...bob, text: "glpat-TYPED" })).until("Something went wrong here");
    expect(JSON.stringify(bench.logged)).not.toContain("TYPED");
  });
});
