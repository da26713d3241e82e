import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../src/commands/index.ts";
import { workingReply } from "../../src/commands/working.ts";
import type { ChannelMute } from "../../src/rules/mute.ts";
import { ChatError } from "../../src/slack/errors.ts";
import { channelIds } from "../../src/store/channels.ts";
import { addMute } from "../../src/store/mutes.ts";
import { pauseRules } from "../../src/store/pause-rules.ts";
import { listRules } from "../../src/store/rules.ts";
import { asker, channels, now, openDesk, putDelivery, putHook, putRule } from "./desk.ts";
import { shown } from "./reading.ts";

let open: Awaited<ReturnType<typeof openDesk>>;
beforeEach(async () => {
  open = await openDesk();
});
afterEach(() => open.close());

const type = (line: string, change: Parameters<typeof asker>[1] = {}) => run(open.desk, asker("acme", change), line);
const answer = async (...typed: Parameters<typeof type>) => shown((await type(...typed)).text);
const words = async () => (await listRules(open.store, "acme")).map((rule) => rule.words);

test("subscribe waits for the first delivery, and says that it works where one came before", async () => {
  await putHook(open.store, "acme");
  const waiting = await type("subscribe acme/api push");
  const [rule] = await listRules(open.store, "acme");
  expect(waiting.waitsFor).toEqual({ rule: rule?.id });
  await putDelivery(open.store, "acme", "acme/web", 5);
  await putDelivery(open.store, "other", "acme/ops", 5);
  expect(await type("subscribe acme/ops push")).toHaveProperty("waitsFor");
  const working = await type("subscribe acme/web push");
  expect(working.text).toMatch(
    /^Subscribed: rule `\w{7}` posts here\n`acme\/web push`\nWorking: `acme\/web` sent something 5 min ago\.$/,
  );
  expect(working).not.toHaveProperty("waitsFor");
});

test("the answer that waited tells which project it was", () => {
  const seen = { project: "acme/<!here>", receivedAt: now.toISOString() };
  expect(workingReply({ id: "aaaaaaa", words: "acme/** push" }, seen)).toEqual({
    text: "Working: the first delivery of `acme/&lt;!here&gt;` has arrived. Rule `aaaaaaa` posts here what fits it:\n`acme/** push`",
  });
});

test.each([
  ["C1", "api", "This channel is public: everybody in the workspace could read them."],
  ["CSHARED", "shared", "This channel is shared with another company: its people would read them, too."],
])("confidential things in %s are asked about first", async (channel, channelName, readers) => {
  const line = "subscribe acme/api issue confidential:yes";
  const asked = await type(line, { channel, channelName });
  expect(asked).toEqual({
    text: `This would post confidential issues, merge requests and comments here. ${readers}`,
    buttons: [
      { label: "Subscribe anyway", line, style: "danger" },
      { label: "Cancel", line: "cancel" },
    ],
  });
  expect(await words()).toEqual([]);
  await type(line, { channel, channelName, confirmed: true });
  expect(await words()).toEqual(["acme/api issue confidential:yes"]);
});

test("confidential things in a private channel need no question, nor does confidential:no", async () => {
  await type("subscribe acme/api issue confidential:only", { channel: "CPRIVATE", channelName: undefined });
  await type("subscribe acme/api issue confidential:no");
  expect((await words()).toSorted()).toEqual(["acme/api issue confidential:no", "acme/api issue confidential:only"]);
});

test("an edit that would post confidential things is asked about, too", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api issue" });
  const line = "edit aaaaaaa acme/api issue confidential:yes";
  const { buttons } = await type(line);
  expect(buttons?.[0]).toEqual({ label: "Change it anyway", line, style: "danger" });
  expect(await words()).toEqual(["acme/api issue"]);
  await type(buttons?.[0]?.line ?? "", { confirmed: true });
  expect(await words()).toEqual(["acme/api issue confidential:yes"]);
});

test("a rule with confidential things is resumed without a question only where few read", async () => {
  const rule = { words: "acme/api issue confidential:yes", paused: "the channel is shared with another company now" };
  await putRule(open.store, "acme", { ...rule, id: "aaaaaaa", channel: "CSHARED" });
  await putRule(open.store, "acme", { ...rule, id: "bbbbbbb", channel: "CPRIVATE" });
  const asked = await type("resume aaaaaaa", { channel: "CSHARED", channelName: "shared" });
  expect(asked.buttons?.[0]).toEqual({ label: "Resume anyway", line: "resume aaaaaaa", style: "danger" });
  expect((await type("resume bbbbbbb", { channel: "CPRIVATE", channelName: "private" })).buttons).toBeUndefined();
  const paused = (await listRules(open.store, "acme")).filter((one) => one.paused !== undefined);
  expect(paused.map(({ id }) => id)).toEqual(["aaaaaaa"]);
});

const secret = "acme/api issue confidential:yes";
const privacy = async () =>
  Object.fromEntries((await listRules(open.store, "acme")).map(({ id, isPrivate }) => [id, isPrivate]));

test.each([
  ["CPRIVATE", true],
  ["C1", false],
  ["CSHARED", false],
])("who reads %s is kept when a rule is made, reworded and resumed there: private %s", async (channel, isPrivate) => {
  const here = { channel, channelName: channels[channel]?.name };
  const kept = Object.fromEntries(["aaaaaaa", "bbbbbbb", "ccccccc", "ddddddd"].map((id) => [id, isPrivate]));
  for (const [id, paused] of [
    ["aaaaaaa", {}],
    ["bbbbbbb", { paused: "by hand" }],
    ["ccccccc", { paused: "by hand" }],
    ["ddddddd", { paused: "by hand" }],
  ] as const)
    await putRule(open.store, "acme", { id, words: `acme/${id} ${secret}`, channel, isPrivate: !isPrivate, ...paused });
  for (const line of [`edit aaaaaaa ${secret}`, "resume bbbbbbb", "resume all"]) {
    const { buttons } = await type(line, here);
    expect(buttons === undefined).toBe(isPrivate);
    await type(buttons?.[0]?.line ?? line, { ...here, confirmed: buttons !== undefined });
  }
  expect(await privacy()).toEqual(kept);
  expect((await listRules(open.store, "acme")).map(({ paused }) => paused)).toEqual(Array(4).fill(undefined));
  const made = /rule `(\w+)`/.exec((await type(`subscribe acme/web ${secret}`, { ...here, confirmed: true })).text);
  expect(await privacy()).toEqual({ ...kept, [made?.[1] ?? ""]: isPrivate });
});

test("an answer that was given while a channel was public counts as private where it is private by now", async () => {
  const line = `subscribe ${secret}`;
  const { buttons } = await type(line, { channel: "C1" });
  expect(buttons).toHaveLength(2);
  const look = { ...open.desk.look, channel: async () => channels["CPRIVATE"] };
  await run({ ...open.desk, look }, asker("acme", { confirmed: true }), line);
  expect(Object.values(await privacy())).toEqual([true]);
});

test("what posts nothing confidential, or is in rules.yml, keeps what was known of its readers", async () => {
  const here = { channel: "CPRIVATE", channelName: "private" };
  for (const [id, words, more] of [
    ["aaaaaaa", "acme/a push", {}],
    ["bbbbbbb", `acme/b ${secret}`, { isPrivate: true }],
    ["ccccccc", `acme/c ${secret}`, { origin: "file" as const, paused: "by hand" }],
    ["ddddddd", "acme/d push", { paused: "by hand" }],
  ] as const)
    await putRule(open.store, "acme", { id, words, channel: "CPRIVATE", ...more });
  await type("edit aaaaaaa acme/a issue", here);
  // What waits of it may still be confidential.
  await type("edit bbbbbbb acme/b push", here);
  await type("resume ccccccc", here);
  await type("resume ddddddd", here);
  expect(await privacy()).toEqual({ aaaaaaa: false, bbbbbbb: true, ccccccc: false, ddddddd: false });
});

test("a rule that names its private channel is resumed with the channel's id, by which Slack is asked", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: secret, channel: "#private", paused: "by hand" });
  await type("resume aaaaaaa", { channel: "CPRIVATE", channelName: "private" });
  expect(await privacy()).toEqual({ aaaaaaa: true });
  expect([...(await channelIds(open.store, "acme", ["#private"]))]).toEqual([["#private", "CPRIVATE"]]);
});

test("unsubscribe asks, removes just what it listed, and tells how to have it back", async () => {
  for (const rule of [
    { id: "aaaaaaa", words: "acme/api push" },
    { id: "bbbbbbb", words: "acme/api pipeline:failed" },
    { id: "ccccccc", words: "acme/api acme/web push" },
    { id: "ddddddd", words: "acme/api release", channel: "C2" },
    { id: "fffffff", words: "acme/api release", channel: "#api", origin: "file" as const },
  ])
    await putRule(open.store, "acme", rule);
  const asked = await type("unsubscribe acme/api");
  expect(asked.text).toBe(
    "Remove these 2 rules from this channel?\n`aaaaaaa` `acme/api push`\n`bbbbbbb` `acme/api pipeline:failed`",
  );
  expect(asked.buttons?.map(({ line }) => line)).toEqual(["unsubscribe aaaaaaa bbbbbbb", "cancel"]);
  await putRule(open.store, "acme", { id: "eeeeeee", words: "acme/api issue" });
  expect(await answer("unsubscribe aaaaaaa bbbbbbb", { confirmed: true })).toBe(
    "Unsubscribed: 2 rules are gone. To undo, type:\n`/belfry subscribe acme/api push`\n`/belfry subscribe acme/api pipeline:failed`",
  );
  const left = (await listRules(open.store, "acme")).map(({ id }) => id);
  expect(left.toSorted()).toEqual(["ccccccc", "ddddddd", "eeeeeee", "fffffff"]);
  expect(await answer("unsubscribe aaaaaaa", { confirmed: true })).toContain("There is no rule “aaaaaaa”.");
});

test("of several rules those that are gone meanwhile are said, and the others go", async () => {
  for (const id of ["aaaaaaa", "bbbbbbb", "ccccccc"])
    await putRule(open.store, "acme", { id, words: `acme/${id} push`, channel: id === "ccccccc" ? "C2" : "C1" });
  expect(await answer("unsubscribe aaaaaaa zzzzzzz")).toContain("There is no rule “zzzzzzz”.");
  expect(await answer("unsubscribe AAAAAAA bbbbbbb ccccccc zzzzzzz", { confirmed: true })).toBe(
    "Unsubscribed: 2 rules are gone. To undo, type:\n`/belfry subscribe acme/aaaaaaa push`\n`/belfry subscribe acme/bbbbbbb push`\nNot here any more: `ccccccc`, `zzzzzzz`",
  );
  expect(await words()).toEqual(["acme/ccccccc push"]);
});

test("a rule that goes in the same moment is said, too", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push" });
  const line = "unsubscribe aaaaaaa";
  const both = await Promise.all([answer(line, { confirmed: true }), answer(line, { confirmed: true })]);
  expect(both.toSorted()).toEqual([
    "Not here any more: `aaaaaaa`",
    "Unsubscribed: rule `aaaaaaa` is gone. To undo, type:\n`/belfry subscribe acme/api push`",
  ]);
});

test("a channel has at most a hundred rules of its own", async () => {
  for (let at = 100; at < 200; at += 1)
    await putRule(open.store, "acme", { id: `aaaa${at}`, words: `acme/p${at} push` });
  await putRule(open.store, "acme", { id: "fffffff", words: "acme/x push", channel: "#api", origin: "file" });
  expect(await answer("subscribe acme/more push")).toBe(
    "This channel has 100 rules, and that is the most. Remove one first, or have one for more projects, such as `group/**`.",
  );
  await type("unsubscribe aaaa100", { confirmed: true });
  expect(await answer("subscribe acme/more push")).toContain("Subscribed");
});

test("a channel has at most twenty mutes", async () => {
  for (let at = 0; at < 20; at += 1) await type(`mute acme/p${at}`);
  expect(await answer("mute acme/more")).toBe(
    "20 things are muted here, and that is the most. End one first: `/belfry unmute`",
  );
  expect(await answer("mute acme/more", { channel: "C2", channelName: "web" })).toContain("Muted here until");
});

test.each(["Belfry cannot read it: “teleport” is not a kind.", "by hand"])(
  "a reason ends with one full stop: %s",
  async (paused) => {
    await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push", paused });
    const once = `It is paused: ${paused.replace(/\.$/, "")}.`;
    const same = await answer("subscribe acme/api push");
    expect(same).toContain(`${once} \`/belfry resume aaaaaaa\` resumes it.`);
    expect(await answer("edit aaaaaaa acme/api release")).toMatch(new RegExp(`${once.replaceAll(".", "\\.")}$`));
  },
);

test("a confirmation reaches only rules of its channel", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push", channel: "C2" });
  const says = await answer("unsubscribe aaaaaaa", { confirmed: true });
  expect(says).toBe("Rule `aaaaaaa` posts in another channel. Type this there.");
  expect(await words()).toEqual(["acme/api push"]);
});

test("pause and resume", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push" });
  await type("pause aaaaaaa");
  expect(await answer("pause aaaaaaa")).toBe("Rule `aaaaaaa` is paused already. `/belfry resume aaaaaaa` resumes it.");
  expect(await answer("resume aaaaaaa")).toBe("Resumed: rule `aaaaaaa` posts again\n`acme/api push`");
  expect(await listRules(open.store, "acme")).toMatchObject([{ id: "aaaaaaa", paused: undefined }]);
});

test("resume all resumes what can be, tells how many and what to look at, and leaves other channels alone", async () => {
  expect(await answer("resume all")).toBe("No rule of this channel is paused.");
  for (const [id, paused, more] of [
    ["aaaaaaa", "Slack: not_in_channel"],
    ["bbbbbbb", "by hand", { channel: "#api", origin: "file" as const }],
    ["ccccccc", "Slack: channel_not_found"],
    ["ddddddd", "by hand", { channel: "C2" }],
    ["fffffff", "removed from rules.yml", { channel: "#api", origin: "file" as const }],
    ["ggggggg", "by hand"],
  ] as const)
    await putRule(open.store, "acme", { id, words: `acme/${id} push`, paused, ...more });
  await open.store.db.updateTable("rules").set({ words: "a/b teleport" }).where("id", "=", "ggggggg").execute();
  expect(await answer("resume all")).toBe(
    "Resumed: 3 rules of this channel post again.\nIf this channel is private, see that I am in it: `/invite @belfry`\n2 rules cannot be resumed: `/belfry list` shows why.",
  );
  const paused = (await listRules(open.store, "acme")).filter((rule) => rule.paused !== undefined);
  expect(paused.map(({ id }) => id).toSorted()).toEqual(["ddddddd", "fffffff", "ggggggg"]);
  expect(await answer("resume all")).toBe("2 rules cannot be resumed: `/belfry list` shows why.");
});

test("resume all asks about confidential rules, and resumes just those that it asked about", async () => {
  const rule = { words: "acme/api issue confidential:yes", paused: "by hand" };
  await putRule(open.store, "acme", { ...rule, id: "aaaaaaa" });
  await putRule(open.store, "acme", { id: "bbbbbbb", words: "acme/api push", paused: "by hand" });
  const { text, buttons } = await type("resume all");
  expect(text).toContain("This channel is public: everybody in the workspace could read them.");
  expect(buttons?.[0]?.style).toBe("danger");
  expect(await listRules(open.store, "acme")).toMatchObject([{ paused: "by hand" }, { paused: "by hand" }]);
  await putRule(open.store, "acme", { ...rule, id: "ccccccc", words: "acme/late issue confidential:yes" });
  const says = await answer(buttons?.[0]?.line ?? "", { confirmed: true });
  expect(says).toBe("Resumed: 2 rules of this channel post again.");
  const paused = (await listRules(open.store, "acme")).filter((one) => one.paused !== undefined);
  expect(paused.map(({ id }) => id)).toEqual(["ccccccc"]);
});

test.each([
  ["the channel was archived", "See that the channel is not archived any more."],
  ["Slack: restricted_action_read_only_channel", "See that apps may post in this channel."],
  ["Slack: token_revoked", "An administrator may have to install Belfry again."],
  ["the channel is shared with another company now", "People of the other company read what it posts now."],
  ["the channel is not private any more", "Whoever can open this channel reads the confidential things that it posts."],
  ["Slack: something_new", "If that still holds, it is paused again."],
])("what to check where it was paused because %s", async (reason, check) => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push" });
  await pauseRules(open.store, "acme", {}, reason);
  expect(await answer("resume aaaaaaa")).toBe(
    `Resumed: rule \`aaaaaaa\` posts again\n\`acme/api push\`\nIt was paused: ${reason}. ${check}`,
  );
});

test("what a person pauses does not come back when Slack lets us post again", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push" });
  await pauseRules(open.store, "acme", {}, "Slack: is_archived");
  await type("pause aaaaaaa");
  expect(await listRules(open.store, "acme")).toMatchObject([{ paused: "by hand" }]);
});

test("a line that is gone from rules.yml comes back only there", async () => {
  const gone = { id: "fffffff", words: "acme/api push", channel: "#api", origin: "file" as const };
  await putRule(open.store, "acme", { ...gone, paused: "removed from rules.yml" });
  for (const line of ["pause fffffff", "resume fffffff"])
    expect(await answer(line)).toBe("The line of rule `fffffff` is not in rules.yml any more. Put it back there.");
});

test("a rule that the grammar does not know any more is edited, not resumed", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push" });
  await open.store.db.updateTable("rules").set({ words: "acme/api teleport" }).execute();
  expect(await answer("resume aaaaaaa")).toContain(
    "Give rule `aaaaaaa` new words: `/belfry edit aaaaaaa group/project`",
  );
  expect(await answer("edit aaaaaaa acme/api push")).toContain("Changed: rule `aaaaaaa` says now\n`acme/api push`");
});

test("list shows ten rules at a time, their state, and what is muted", async () => {
  await putHook(open.store, "acme");
  expect(await answer("list")).toBe("This channel has no rules yet. Begin with `/belfry subscribe group/project`");
  for (let at = 0; at < 23; at += 1) {
    const id = `aaaaa${String.fromCharCode(97 + Math.floor(at / 10))}${String.fromCharCode(97 + (at % 10))}`;
    await putRule(open.store, "acme", {
      id,
      words: `acme/p${at} push`,
      at: new Date(now.getTime() - 60_000 * (99 - at)),
    });
  }
  await putDelivery(open.store, "acme", "acme/p0", 3 * 60);
  await addMute(open.store, "acme", mute({ words: "pipeline", until: "2026-11-21T23:25:30.000Z" }), { actor: "UADA" });
  await addMute(open.store, "acme", mute({ words: "push", until: undefined }), { actor: "UADA" });
  await addMute(open.store, "acme", mute({ words: "issue", until: "2026-11-21T22:25:30.000Z" }), { actor: "UADA" });
  await addMute(open.store, "acme", mute({ words: "note", channel: "C2", channelName: "web" }), { actor: "UADA" });
  const first = await type("list");
  const lines = first.text.split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "*Rules of this channel* (page 1 of 3, 23 rules)",
    "• `aaaaaaa` `acme/p0 push`",
    "   working, last delivery 3 h ago",
  ]);
  expect(lines).toHaveLength(1 + 10 * 2 + 2);
  expect(lines.slice(-2).map((line) => line.replace(/unmute \w{7}/, "unmute ID"))).toEqual([
    "Muted: `pipeline` for 60 min more (`/belfry unmute ID`)",
    "Muted: `push` until somebody unmutes it (`/belfry unmute ID`)",
  ]);
  expect(first.buttons).toEqual([{ label: "Show more", line: "list here 2" }]);
  const last = await type("list 3");
  expect(last.text).toContain("`acme/p22 push`");
  expect(last.buttons).toEqual([]);
  expect((await type("list here 9999")).text).toBe(last.text);
});

const mute = (change: Partial<Pick<ChannelMute, "channel" | "channelName" | "until">> & { words: string }) => ({
  ...{ channel: "C1", channelName: "api", until: undefined },
  ...change,
});

test("list all names no channel that is private, and asks Slack about twenty at most", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/api push", channel: "CPRIVATE" });
  await putRule(open.store, "acme", { id: "bbbbbbb", words: "acme/api push", channel: "#secret", origin: "file" });
  await putRule(open.store, "acme", { id: "ccccccc", words: "acme/api push", channel: "C2" });
  expect((await answer("list all")).split("\n").slice(1, -1)).toEqual(["• <#C2>: 1 rule"]);
  const inside = await answer("list all", { channel: "CPRIVATE", channelName: undefined });
  expect(inside.split("\n").slice(1, -1)).toEqual(["• <#CPRIVATE> (here): 1 rule", "• <#C2>: 1 rule"]);
  for (let at = 10; at < 80; at += 1)
    await putRule(open.store, "acme", { id: `ddddd${at}`, words: "acme/api push", channel: `CX${at}` });
  open.asked.length = 0;
  expect(await answer("list all")).toContain("Of 72 other channels I looked at 20.");
  expect(open.asked).toHaveLength(20);
  for (const user of ["UGUEST", "USTRANGER", "UGONE"])
    expect(await answer("list all", { user })).toContain("Only full members of the workspace see its other channels.");
});

test("list all shows what is known where Slack does not answer any more", async () => {
  for (const [id, channel] of [
    ["aaaaaaa", "C1"],
    ["bbbbbbb", "C2"],
    ["ccccccc", "CBUSY"],
    ["ddddddd", "CLATER"],
  ] as const)
    await putRule(open.store, "acme", { id, words: "acme/api push", channel });
  const asked: string[] = [];
  const ask = async (_workspace: string, id: string) => {
    asked.push(id);
    if (id === "CBUSY") throw new ChatError("rate_limited", "ratelimited");
    return channels[id];
  };
  const desk = { ...open.desk, look: { ...open.desk.look, channel: ask } };
  const { text } = await run(desk, asker("acme"), "list all");
  expect(text.split("\n")).toEqual([
    "*Rules of this workspace*",
    "• <#C1> (here): 1 rule",
    "• <#C2>: 1 rule",
    "Of 3 other channels I looked at 1, then Slack did not answer.",
    "Other private channels and other channels of rules.yml are not shown.",
  ]);
  expect(asked).toEqual(["C2", "CBUSY"]);
});

test("show tells what came and what was posted last", async () => {
  await putRule(open.store, "acme", { id: "aaaaaaa", words: "acme/** push" });
  await putDelivery(open.store, "acme", "acme/api", 0.5);
  expect((await answer("show aaaaaaa")).split("\n").at(-1)).toBe("Last delivery: `acme/api`, just now");
});

test("mute and unmute", async () => {
  await type("mute pipeline");
  expect(await answer("unmute")).toBe("Not muted any more:\n`pipeline`");
  expect(await answer("unmute")).toBe("Nothing is muted here.");
  await type("mute pipeline");
  const second = /unmute (\w{7})/.exec((await type("mute push for 1d")).text)?.[1];
  expect((await answer("unmute")).split("\n")).toHaveLength(3);
  expect(await answer(`unmute ${second}`, { channel: "C2", channelName: "web" })).toContain("is not muted here");
  expect(await answer(`unmute ${second}`)).toBe("Not muted any more:\n`push`");
  await type("mute pipeline");
  expect(await answer("unmute pipeline")).toBe("Not muted any more:\n`pipeline`");
  expect(await answer("unmute")).toBe("Nothing is muted here.");
});

test("a project is unsubscribed with its host or without, however it was subscribed", async () => {
  await type("subscribe https://gitlab.acme.io/acme/api push");
  expect(await answer("unsubscribe acme/api")).toContain("`gitlab.acme.io/acme/api push`");
  expect(await answer("unsubscribe https://gitlab.acme.io/acme/api")).toContain("`gitlab.acme.io/acme/api push`");
  expect(await answer("unsubscribe acme/other")).toContain("No rule of this channel is about");
});

test("audit shows a channel its own changes, and administrators those of all channels", async () => {
  await type("subscribe acme/api push");
  const [rule] = await listRules(open.store, "acme");
  await pauseRules(open.store, "acme", {}, "Slack: is_archived");
  await type("subscribe acme/secret push", { channel: "CPRIVATE", channelName: "private" });
  const here = await answer("audit");
  const lines = [
    "*Changes in this channel*, the newest first",
    `• 2026-11-21 22:25 UTC Slack: pause \`${rule?.id}\` \`Slack: is_archived\``,
    `• 2026-11-21 22:25 UTC <@UADA>: subscribe \`${rule?.id}\` \`acme/api push\``,
  ];
  expect(here.split("\n")).toEqual(lines);
  expect((await answer(`audit ${rule?.id}`)).split("\n")).toEqual(lines);
  expect(await answer("audit", { user: "UBOSS" })).toMatch(/in <#CPRIVATE>: subscribe `\w{7}` `acme\/secret push`/);
  const [secret] = await listRules(open.store, "acme", { channels: ["CPRIVATE"] });
  expect(await answer(`audit ${secret?.id}`)).toBe(`There are no changes of \`${secret?.id}\` here.`);
});

test("audit keeps a removed rule's history where it was", async () => {
  await type("subscribe acme/api push");
  const [rule] = await listRules(open.store, "acme");
  await type(`unsubscribe ${rule?.id}`, { confirmed: true });
  expect((await answer(`audit ${rule?.id}`)).split("\n")).toHaveLength(3);
});

test.each([
  ["UBOSS", { user: "UBOSS" }, /As an administrator of the workspace you may change all of its hooks/],
  ["a guest", { user: "UGUEST" }, /Guests cannot change anything here/],
  ["a stranger", { user: "USTRANGER" }, /You belong to another workspace/],
  [
    "in a direct message",
    { channel: "D1", channelName: undefined },
    /in a direct message\.\n[^\n]+\nThere are no rules in direct messages/,
  ],
  [
    "where I am not",
    { channel: "CHIDDEN", channelName: "hidden" },
    /I cannot post here, because I am not in this channel\./,
  ],
  [
    "in a shared channel",
    { channel: "CSHARED", channelName: "shared" },
    /This channel is shared with another company\./,
  ],
])("whoami of %s", async (_who, change, says) => {
  expect(await answer("whoami", change)).toMatch(says);
});

test("in a private channel, whose name Slack keeps, the rules of rules.yml are found as well", async () => {
  await putRule(open.store, "acme", {
    id: "fffffff",
    words: "acme/api push",
    channel: `#${channels["CPRIVATE"]?.name}`,
    origin: "file",
  });
  expect(await answer("show fffffff", { channel: "CPRIVATE", channelName: undefined })).toContain("From rules.yml");
});

test("a rule beside one of rules.yml tells the store that both name one channel", async () => {
  await putRule(open.store, "acme", { id: "fffffff", words: "acme/api push", channel: "#api", origin: "file" });
  await type("subscribe acme/api release");
  const lane = await open.store.db.selectFrom("lanes").select(["channel", "channel_id"]).execute();
  expect(lane).toEqual([{ channel: "#api", channel_id: "C1" }]);
});
