import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tellOfPauses } from "../../src/app/tell.ts";
import { createSlack } from "../../src/slack/client.ts";
import type { Doing } from "../../src/store/audit.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { pauseRules } from "../../src/store/pause-rules.ts";
import type { Store } from "../../src/store/store.ts";
import { ensureTeam, ensureWorkspace, putWorkspace, slackWorkspace } from "../../src/store/workspaces.ts";
import { createFakeSlack, type FakeSlack } from "../support/fake-slack.ts";
import { engines, newStorePlace, type StorePlace } from "../support/stores.ts";

/** Who hears that Slack made us pause rules, and how often. */

const team = "T0ACME";
const [alice, bob, gina] = ["U0ACMEALICE", "U0ACMEBOB", "U0ACMEGUEST"] as const;
const archived = "the channel was archived";

describe.each(engines)("on %s:", (engine) => {
  let fake: FakeSlack;
  let place: StorePlace;
  let store: Store;
  let logged: unknown[];

  beforeEach(async () => {
    fake = await createFakeSlack();
    place = await newStorePlace(engine);
    store = await place.open();
    logged = [];
    await putWorkspace(store, { id: team, token: "xoxb-acme", installer: alice });
  });
  afterEach(async () => {
    await place.remove();
    await fake.close();
  });

  const by = (actor: string): Doing => ({ actor });
  const rule = (actor: string, channel = "C0API", workspace = team) =>
    addRule(store, workspace, "command", { channel, words: "a/b push" }, by(actor));
  const pause = (reason = archived, channel = "C0API", workspace = team) =>
    pauseRules(store, workspace, { channel }, reason);
  const partsOf = (own: Store) => ({
    store: own,
    chatOf: async (workspace: string) =>
      workspace === team ? createSlack({ token: "xoxb-acme", apiUrl: fake.url }) : undefined,
    log: {
      debug: () => {},
      info: () => {},
      warn: (...words: unknown[]) => void logged.push(words),
      error: (...words: unknown[]) => void logged.push(words),
    },
  });
  const tell = (own = store) => tellOfPauses(partsOf(own));
  const told = () =>
    Object.fromEntries(
      [alice, bob, gina].map((person) => [person, fake.messages(person).map(({ text }) => text)] as const),
    );
  const nobody = { [alice]: [], [bob]: [], [gina]: [] };

  test("each maker is told once, in words that say what to do", async () => {
    for (const maker of [bob, bob, gina]) await rule(maker);
    await pause();
    await tell();
    await tell();
    const text =
      "I paused 3 rules of <#C0API>: the channel was archived. When that is put right, type `/belfry list` there to see " +
      "them, and `/belfry resume` with the id of a rule to let it post again.";
    expect(told()).toEqual({ ...nobody, [bob]: [text], [gina]: [text] });
    expect(logged).toEqual([]);
  });

  test("with advice on Slack's own words", async () => {
    await rule(bob);
    await rule(bob, "C0DEPLOYS");
    await pause("Slack: not_in_channel", "C0API");
    await tell();
    expect(told()[bob]).toEqual([
      expect.stringContaining(
        "Slack: not\u200B_\u200Bin\u200B_\u200Bchannel. Invite me there: `/invite @belfry`. When that",
      ),
    ]);
    await rule(bob, "C0WEB");
    await pause("Slack: is_archived", "C0DEPLOYS");
    await pause("the channel was deleted", "C0WEB");
    await tell();
    const lines = told()[bob]?.[1]?.split("\n") ?? [];
    expect(lines).toContain("• 1 of <#C0WEB>: the channel was deleted");
    expect(lines.find((line) => line.includes("C0DEPLOYS"))).toMatch(
      /: The channel is archived|\. The channel is archived/,
    );
  });

  test("what no person of Slack's made is told to who installed the app", async () => {
    for (const maker of ["terminal", "rules.yml", "Slack"]) await rule(maker);
    await pause();
    await tell();
    expect(told()).toEqual({ ...nobody, [alice]: [expect.stringContaining("3 rules")] });
  });

  test("of two processes at once one tells", async () => {
    const other = await place.open();
    for (const channel of ["C0API", "C0DEPLOYS", "#api", "#deploys"]) {
      await rule(bob, channel);
      await pause(archived, channel);
    }
    await Promise.all([tell(), tell(other), tell(), tell(other)]);
    const texts = fake.messages(bob).map(({ text }) => text);
    const told = texts.join().match(/<#C0API>|<#C0DEPLOYS>|#api|#deploys/g) ?? [];
    expect(told.sort()).toEqual(["#api", "#deploys", "<#C0API>", "<#C0DEPLOYS>"]);
  });

  test("who has left is not told, which is logged; the others are, and nothing is tried again", async () => {
    for (const maker of ["U0GONE", bob]) await rule(maker);
    await pause();
    await tell();
    await tell();
    expect(told()[bob]?.length).toBe(1);
    expect(logged.length).toBe(1);
    expect(fake.calls.filter(({ args }) => args["channel"] === "U0GONE").length).toBe(1);
  });

  test("where no maker can be told, who installed the app is, in one message with what they made themselves", async () => {
    await rule("U0GONE", "C0API");
    await rule(alice, "C0DEPLOYS");
    for (const maker of ["U0GONE", bob]) await rule(maker, "#api");
    for (const channel of ["C0API", "C0DEPLOYS", "#api"]) await pause(archived, channel);
    await tell();
    await tell();
    const [text = "", ...others] = told()[alice] ?? [];
    expect(others).toEqual([]);
    expect(text).toMatch(/^I paused 2 rules:\n/);
    expect(text).toContain("• 1 of <#C0API>: the channel was archived\n");
    expect(text).toContain("• 1 of <#C0DEPLOYS>: the channel was archived\n");
    expect(told()[bob]).toEqual([expect.stringContaining("I paused 2 rules of #api")]);
  });

  test("a team of an organization that nobody installed tells who installed the organization's", async () => {
    await putWorkspace(store, { id: "E0BIG", token: "xoxb-big", installer: bob });
    await ensureTeam(store, "T0TEAM", "E0BIG");
    await rule("terminal", "C0API", "T0TEAM");
    await pause(archived, "C0API", "T0TEAM");
    const chatOf = async () => createSlack({ token: "xoxb-acme", apiUrl: fake.url });
    await tellOfPauses({ ...partsOf(store), chatOf });
    expect(told()).toEqual({ ...nobody, [bob]: [expect.stringContaining("1 rule")] });
  });

  test.each([
    [2, undefined],
    [10, undefined],
    [11, "and 1 more"],
    [15, "and 5 more"],
  ])("%i channels are one message that names ten of them", async (count, rest) => {
    for (let at = 0; at < count; at++) {
      await rule(bob, `C0NUMBER${at}`);
      await pause(archived, `C0NUMBER${at}`);
    }
    await tell();
    const [text = "", ...others] = told()[bob] ?? [];
    expect(others).toEqual([]);
    const lines = text.split("\n");
    expect(lines[0]).toBe(`I paused ${count} rules:`);
    expect(lines.filter((line) => line.startsWith("• ")).length).toBe(Math.min(count, 10));
    expect(lines.find((line) => line.startsWith("and "))).toBe(rest);
    expect(lines.at(-1)).toContain("`/belfry list`");
  });

  test("with SLACK_BOT_TOKEN nobody stands behind rules.yml: only the log tells", async () => {
    await ensureWorkspace(store, slackWorkspace);
    await rule("rules.yml", "#api", slackWorkspace.id);
    await pause(archived, "#api", slackWorkspace.id);
    await tell();
    await tell();
    expect(logged).toEqual([
      [
        { workspace: "slack", channel: "#api", rules: 1, reason: archived },
        "rules were paused, and nobody could be told",
      ],
    ]);
    expect(fake.calls).toEqual([]);
  });

  test("a workspace without a token is left to the log", async () => {
    await putWorkspace(store, { id: "T0OTHER", token: "xoxb-other", installer: bob });
    await rule(bob, "C0API", "T0OTHER");
    await pause(archived, "C0API", "T0OTHER");
    await tell();
    expect(logged.length).toBe(1);
    expect(fake.calls).toEqual([]);
  });

  test("names of channels do nothing in the message", async () => {
    const reason = "the channel is called #<!channel> *x* now: write that into rules.yml";
    await rule(bob, "#<@U1>");
    await pause(reason, "#<@U1>");
    await tell();
    const text = fake.messages(bob)[0]?.text ?? "";
    expect(text).toContain("&lt;!channel&gt;");
    expect(text).not.toMatch(/<[@!]/);
    expect(text).not.toContain("*x*");
  });

  test("another pause is told again, a pause that ended is not", async () => {
    await rule(bob);
    await pause();
    await store.db.updateTable("rules").set({ paused: null }).execute();
    await tell();
    expect(told()).toEqual(nobody);
    await pause("the channel was deleted");
    await tell();
    expect(told()).toEqual({
      ...nobody,
      [bob]: [expect.stringContaining("I paused 1 rule of <#C0API>: the channel was deleted.")],
    });
  });
});
