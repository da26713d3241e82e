import { join } from "node:path";
import type { KnownBlock } from "@slack/web-api";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Asker, Desk } from "../../src/commands/command.ts";
import { sampleProject } from "../../src/commands/sample-project.ts";
import { sampleOf, usualActions } from "../../src/commands/samples.ts";
import { test as command } from "../../src/commands/test.ts";
import { type Kind, kinds } from "../../src/events.ts";
import { actionsOf, derivedOf, wholeOf } from "../../src/rules/kinds.ts";
import { parseRule } from "../../src/rules/parse.ts";
import { ChatError, type Outcome } from "../../src/slack/errors.ts";
import type { Message } from "../../src/slack/message.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render } from "../../src/templates/templates.ts";
import { asker, openDesk, putRule } from "./desk.ts";
import { shown } from "./reading.ts";

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));
let open: Awaited<ReturnType<typeof openDesk>>;
let posted: { asker: Asker; message: Message }[] = [];
let desk: Desk;
beforeAll(async () => {
  open = await openDesk();
  const rule = (id: string, words: string, more = {}) => putRule(open.store, "acme", { id, words, ...more });
  await rule(
    "aaaaaaa",
    "platform/api merge_request:merge,open pipeline:failed push:default -deployment:running deployment",
  );
  await rule("bbbbbbb", "git.acme.io/platform/** pipeline -pipeline:failed template:nowhere", {
    channel: "#api",
    paused: "by hand",
  });
  await rule("ccccccc", "platform/api push", { channel: "C2" });
  await putRule(open.store, "other", { id: "ddddddd", words: "secret/plan push" });
});
afterAll(() => open.close());
beforeEach(() => {
  posted = [];
  desk = { ...open.desk, templates, post: async (who, message) => void posted.push({ asker: who, message }) };
});

const answer = async (words: string, change: Partial<Desk> = {}) =>
  shown((await command.run({ ...desk, ...change }, asker("acme"), words)).text);
const textOf = (blocks: readonly KnownBlock[]) => shown(JSON.stringify(blocks));

test("it posts the first kind, as the templates draw it, and marks it as a sample", async () => {
  expect(await answer("aaaaaaa")).toBe("Posted a sample of `merge_request:merge` below, as rule `aaaaaaa` would.");
  const [{ asker: who, message } = {}] = posted;
  expect(who).toEqual(asker("acme"));
  expect(message?.text).toMatch(/^Sample: .*merged/);
  expect(textOf(message?.blocks ?? [])).toMatch(/platform\/api|Ring the bell once/);
  expect(message?.blocks.at(-1)).toEqual({
    type: "context",
    elements: [{ type: "mrkdwn", text: "A sample: <@UADA> typed `/belfry test aaaaaaa`" }],
  });
});

test.each([
  ["aaaaaaa mr:merged", "merge_request:merge"],
  ["aaaaaaa mr", "merge_request:merge"],
  ["aaaaaaa opened", undefined],
  ["AAAAAAA merge_request:open", "merge_request:open"],
  ["aaaaaaa push", "push:default"],
  ["aaaaaaa push:default", "push:default"],
  ["aaaaaaa deploy", "deployment:success"],
  ["bbbbbbb", "pipeline:created"],
])("test %s", async (words, kind) => {
  if (kind === undefined) await expect(answer(words)).rejects.toThrow("is not a kind of rule");
  else expect(await answer(words)).toContain(`Posted a sample of \`${kind}\` below`);
  expect(posted).toHaveLength(kind === undefined ? 0 : 1);
});

test("a paused rule and a template that is missing are told", async () => {
  expect(
    await answer("bbbbbbb pipeline:success"),
  ).toBe(`Posted a sample of \`pipeline:success\` below, as rule \`bbbbbbb\` would.
The rule itself is paused: by hand
There is no template nowhere for pipeline.`);
});

test.each([
  ["", "Name one rule and perhaps a kind, such as `test abc2345 pipeline:failed`."],
  ["aaaaaaa push push", "Name one rule and perhaps a kind, such as `test abc2345 pipeline:failed`."],
  [
    "aaaaaaa release",
    "“release” is not a kind of rule `aaaaaaa`. It has: `merge_request:merge,open` `pipeline:failed` `push:default` `deployment -deployment:running`",
  ],
  ["aaaaaaa deployment:running", "“deployment:running” is not a kind of rule `aaaaaaa`."],
  ["aaaaaaa pipeline:sucess", "“sucess” is not an action of pipeline. Did you mean `success`?"],
  ["ccccccc", "Rule `ccccccc` posts in another channel. Type this there."],
  ["ddddddd", "There is no rule “ddddddd”. `/belfry list` shows the rules of this channel."],
  ["eeeeeee", "There is no rule “eeeeeee”. `/belfry list` shows the rules of this channel."],
])("test %s is refused", async (words, says) => {
  await expect(answer(words)).rejects.toThrow(says);
  expect(posted).toEqual([]);
});

test.each<[Outcome, string, string]>([
  ["channel", "not_in_channel", "I am not in this channel. Invite me: `/invite @belfry`"],
  ["channel", "channel_not_found", "I am not in this channel. Invite me: `/invite @belfry`"],
  [
    "channel",
    "restricted_action",
    "Nothing was posted: Slack says `restricted_action`. Whoever manages the channel has to let apps post there",
  ],
  ["rate_limited", "ratelimited", "Slack asks me to wait. Please try again in a minute."],
  ["uncertain", "timeout", "Slack's answer was lost: the sample may be there or not."],
  ["workspace", "token_revoked", "Slack does not accept my token. Please ask an administrator to install me again."],
  ["refused", "http_503", "Nothing was posted: Slack says `http_503`."],
])("Slack refuses: %s %s", async (outcome, reason, says) => {
  const post = () => Promise.reject(new ChatError(outcome, reason));
  expect(await answer("aaaaaaa", { post })).toBe(says);
});

test("a mistake of ours is not taken for a refusal", async () => {
  await expect(answer("aaaaaaa", { post: () => Promise.reject(new TypeError("x")) })).rejects.toThrow(TypeError);
});

describe("samples", () => {
  const project = { path: "platform/api", name: "api", defaultBranch: "main" };
  const all = Object.entries(kinds) as [Kind, readonly string[]][];

  test.each(all.flatMap(([kind, actions]) => actions.map((action) => [kind, action] as const)))(
    "%s:%s is drawn by its own template",
    (kind, action) => {
      const event = sampleOf(kind, { action, project });
      const { notice, used, message } = render(templates, event);
      expect([event.kind, event.action, notice, used]).toEqual([kind, action, undefined, expect.stringMatching(kind)]);
      expect(message.text).not.toMatch(/undefined|\[object/);
    },
  );

  const derived = all.flatMap(([kind]) => derivedOf(kind).map(({ name }) => [kind, name] as const));
  test.each(derived)("%s:%s counts as just that", (kind, action) => {
    const event = sampleOf(kind, { action, project });
    expect(actionsOf(event)).toEqual([wholeOf(kind, action), action]);
    expect(render(templates, event).notice).toBeUndefined();
  });

  test("the usual action of a kind is one of its actions", () => {
    for (const [kind, actions] of all) expect(actions).toContain(usualActions[kind]);
  });

  test.each([
    ["platform/api", "platform/api", undefined],
    ["-a/b ** c/d", "c/d", undefined],
    ["git.acme.io/platform/api", "platform/api", "git.acme.io"],
    ["git.acme.io:8443/a/b/c", "a/b/c", "git.acme.io:8443"],
    ["site.io/api", "site.io/api", undefined],
    ["platform/**", "platform/example", undefined],
    ["**", "example/project", undefined],
    ["*/api", "example/api", undefined],
    ["api-*", "api-example", undefined],
  ])("the project of %s", (words, path, host) => {
    const read = parseRule(words);
    expect("rule" in read && sampleProject(read.rule)).toMatchObject({ path, host });
  });
});
