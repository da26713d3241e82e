import { describe, expect, test } from "vitest";
import { match } from "../../src/rules/match.ts";
import { type ChannelMute, formatMute, isMuted, parseMute } from "../../src/rules/mute.ts";
import { deployment, pipeline, push, rule } from "./events.ts";

function read(words: string) {
  const parsed = parseMute(words);
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return parsed.mute;
}

describe("the words of a mute", () => {
  test.each([
    ["pipeline", "pipeline"],
    ["ci:failed,success mr", "pipeline:failed,success merge_request"],
    ["platform/api", "platform/api"],
    ["<https://gitlab.acme.io/platform/api/-/issues|it> deploy", "gitlab.acme.io/platform/api deployment"],
    ["platform/** -platform/api", "platform/** -platform/api"],
    ["pipeline -pipeline:failed", "pipeline -pipeline:failed"],
    ["job:failed", "job:failed"],
  ])("%s is %s, and reads back as the same", (words, canonical) => {
    expect(formatMute(read(words))).toBe(canonical);
    expect(read(canonical)).toEqual(read(words));
  });

  test.each([
    ["", "Name a project or a kind to mute", ""],
    ["pipeline branch:main", "A mute has projects and kinds only.", "branch:main"],
    ["pipeline thread:off branch:main", "A mute has projects and kinds only.", "thread:off"],
    ["pipline", "Did you mean `pipeline`?", "pipline"],
    ["-platform/api", "`**` means every project", ""],
    ["-pipeline:failed", "taken away from nothing", "-pipeline:failed"],
    ["push -pipeline:failed", "taken away from nothing", "-pipeline:failed"],
    ["pipeline:failed -pipeline", "taken away from nothing", "-pipeline"],
    ['"open', "not closed", '"open'],
    [`${"a/b ".repeat(51)}`, "at most 2,000 characters and 50 words", "a/b"],
  ])("%s is wrong, with the place", (words, says, word) => {
    const parsed = parseMute(words);
    expect(parsed).toMatchObject({ problem: { message: expect.stringContaining(says), word } });
  });
});

test.each([
  ["pipeline", pipeline(), true],
  ["pipeline", push(), false],
  ["pipeline:success", pipeline(), false],
  ["push:default", push(), true],
  ["push:default", push({ branch: "dev" }), false],
  ["pipeline -pipeline:failed", pipeline(), false],
  ["pipeline -pipeline:failed", pipeline({ action: "running" }), true],
  ["PLATFORM/api", push(), true],
  ["gitlab.acme.io/platform/api", push(), true],
  ["gitlab.other.io/platform/api", push(), false],
  ["platform/* pipeline deployment", deployment(), true],
  ["platform/* pipeline deployment", push(), false],
  ["other/* push", push(), false],
  ["** -platform/api", push(), false],
  ["** -platform/web", push(), true],
])("%s mutes %o: %s", (words, event, muted) => {
  expect(isMuted(read(words), event)).toBe(muted);
});

describe("a channel", () => {
  const mute = (words: string, more: Partial<ChannelMute> = {}): ChannelMute => ({
    ...{ channel: "C1", channelName: undefined, until: "2026-11-22T10:00:00.000Z", grammar: read(words), ...more },
  });
  const rules = [
    { ...rule("** push"), id: "a", channel: "C1" },
    { ...rule("platform/* push"), id: "b", channel: "C1" },
    { ...rule("** push"), id: "c", channel: "#ops" },
  ];
  const said = (...given: Parameters<typeof match>) =>
    Object.fromEntries(match(...given).map(({ rule, post, reason }) => [rule, post ? true : reason]));

  test("that muted an event gets none of it, another one does", () => {
    expect(said(push(), rules, { mutes: [mute("push")] })).toEqual({
      a: "rule b is more specific",
      b: "muted until 2026-11-22T10:00:00.000Z",
      c: true,
    });
  });

  test("is muted for as long as the longest of its mutes says", () => {
    const later = mute("**", { until: "2026-12-01T00:00:00.000Z" });
    expect(said(push(), rules, { mutes: [later, mute("push")] })).toMatchObject({
      b: "muted until 2026-12-01T00:00:00.000Z",
    });
    expect(said(push(), rules, { mutes: [later, mute("push", { until: undefined })] })).toMatchObject({ b: "muted" });
  });

  test("hears what its mutes do not mean, and what they cannot say any more", () => {
    const mutes = [mute("pipeline"), mute("push", { grammar: undefined }), mute("push", { channel: "C2" })];
    expect(said(push(), rules, { mutes })).toMatchObject({ b: true });
  });

  test("that rules name is muted by that name, or by the id that is known to be its", () => {
    expect(said(push(), rules, { mutes: [mute("push", { channelName: "ops" })] })).toMatchObject({
      c: "muted until 2026-11-22T10:00:00.000Z",
    });
    const ids = new Map([["#ops", "C1"]]);
    expect(said(push(), rules.slice(2), { mutes: [mute("push")], ids })).toEqual({
      c: "muted until 2026-11-22T10:00:00.000Z",
    });
  });

  test("with a name and an id gets an event once, from the most specific of all its rules", () => {
    const ids = new Map([["#ops", "C1"]]);
    expect(said(push(), rules, { ids })).toEqual({
      a: "rule b is more specific",
      b: true,
      c: "rule b is more specific",
    });
  });
});
