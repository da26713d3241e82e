import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkSlack } from "../src/cli/check-slack.ts";
import { createLog } from "../src/log.ts";
import { ChatError } from "../src/slack/errors.ts";
import { addRule } from "../src/store/change-rules.ts";
import { pauseRules } from "../src/store/pause-rules.ts";
import { listRules } from "../src/store/rules.ts";
import type { Store } from "../src/store/store.ts";
import { engines, newStorePlace, type StorePlace } from "./support/stores.ts";

describe.each(engines)("on %s: at the start Slack is asked about the token", (engine) => {
  let place: StorePlace;
  let store: Store;
  beforeEach(async () => {
    place = await newStorePlace(engine);
    store = await place.open();
    await addRule(store, "slack", "command", { channel: "#api", words: "** push" });
    await pauseRules(store, "slack", {}, "Slack: token_revoked");
    await addRule(store, "other", "command", { channel: "#api", words: "** push" });
    await pauseRules(store, "other", {}, "Slack: token_revoked");
    await addRule(store, "slack", "command", { channel: "#old", words: "** push" });
    await pauseRules(store, "slack", {}, "Slack: is_archived");
  });
  afterEach(() => place.remove());

  const logged: unknown[] = [];
  async function ask(check: () => Promise<void>): Promise<string[]> {
    const said: string[] = [];
    const chat = { post: () => Promise.reject(new Error("not asked")), check };
    const out = (line = "") => void said.push(line);
    const warn = (...words: unknown[]) => void logged.push(words);
    await checkSlack({ io: { out }, store, chatOf: async () => chat, log: { ...createLog("silent"), warn } });
    return said;
  }
  const paused = async (workspace: string) => (await listRules(store, workspace)).map((rule) => rule.paused);

  test("one that it takes lets the rules go on that were paused because of it, and no others", async () => {
    expect(await ask(async () => {})).toEqual(["Slack takes the token again: 1 rule goes on."]);
    expect(await paused("slack")).toEqual([undefined, "Slack: is_archived"]);
    expect(await paused("other")).toEqual(["Slack: token_revoked"]);
    expect(await ask(async () => {})).toEqual([]);
  });

  test("one that it does not take is said", async () => {
    const said = await ask(() => Promise.reject(new ChatError("workspace", "invalid_auth")));
    expect(said).toEqual([
      "Slack does not take SLACK_BOT_TOKEN: invalid_auth. Set the bot token of your app, xoxb-…, and start again.",
    ]);
    expect(await paused("slack")).toEqual(["Slack: token_revoked", "Slack: is_archived"]);
  });

  test("where it does not answer, nothing changes and one line is said", async () => {
    expect(await ask(() => Promise.reject(new ChatError("refused", "ECONNREFUSED")))).toEqual([
      "Slack could not be asked whether it takes SLACK_BOT_TOKEN: ECONNREFUSED. Messages wait until it answers.",
    ]);
    expect(logged).toEqual([]);
    expect(await paused("slack")).toEqual(["Slack: token_revoked", "Slack: is_archived"]);
  });
});
