import { describe, expect } from "vitest";
import type { Asker } from "../../src/commands/command.ts";
import { run } from "../../src/commands/index.ts";
import { listRules } from "../../src/store/rules.ts";
import { asker, putHook, putRule, testAtDesk } from "./desk.ts";
import { shown } from "./reading.ts";

// What was typed, and the rule as it is stored and shown, or the exact answer.

const test = testAtDesk
  .extend(
    "answer",
    ({ open, workspace }) =>
      async (line: string, change: Partial<Asker> = {}) =>
        shown((await run(open.desk, asker(workspace, change), line)).text),
  )
  .extend(
    "stored",
    ({ open, workspace }) =>
      () =>
        listRules(open.store, workspace),
  );
test.beforeAll(({ open }) => putRule(open.store, "other", { id: "ddddddd", words: "acme/secret push" }));

const usual =
  "merge_request:open,ready,close,reopen,merge,approved pipeline:broken,fixed deployment release tag_push push:default";

/** What is waited for: a rule's one project, which is never one with a `-`. */
const project = (words: string) => `\`${words.split(" ")[0]}\``;

describe("what becomes a rule", () => {
  test.for<[line: string, words: string]>([
    ["subscribe acme/api", `acme/api ${usual}`],
    ["SUBSCRIBE acme/api push", "acme/api push"],
    ["  subscribe   acme/api   push  ", "acme/api push"],
    ["/belfry subscribe acme/api push", "acme/api push"],
    ["sub acme/api push", "acme/api push"],
    ["follow acme/api push", "acme/api push"],
    ["watch acme/** -acme/noisy push", "acme/** -acme/noisy push"],
    ["add */api push", "*/api push"],
    ["subscribe ** pipeline:failed", "** pipeline:failed"],
    ["subscribe https://gitlab.acme.io/acme/api push", "gitlab.acme.io/acme/api push"],
    ["subscribe https://gitlab.acme.io/acme/api/-/merge_requests/12 mr", "gitlab.acme.io/acme/api merge_request"],
    ["subscribe <https://gitlab.acme.io/acme/api> push", "gitlab.acme.io/acme/api push"],
    ["subscribe <https://gitlab.acme.io/acme/api|acme/api> push", "gitlab.acme.io/acme/api push"],
    ["subscribe https://gitlab.acme.io/groups/acme push", "gitlab.acme.io/acme/** push"],
    ["subscribe git@gitlab.acme.io:acme/api.git push", "gitlab.acme.io/acme/api push"],
    ["subscribe acme/api mr:merged,opened ci:failure", "acme/api merge_request:merge,open pipeline:failed"],
    ["subscribe acme/api merged deployed released", "acme/api merge_request:merge deployment:success release:create"],
    ["subscribe acme/api issues comments wiki", "acme/api issue note wiki_page"],
    ["subscribe acme/api -push", `acme/api ${usual.replace(" push:default", "")}`],
    ["subscribe acme/api push branch:main,release/*", "acme/api push branch:main,release/*"],
    ["subscribe acme/api mr label:bug+urgent", "acme/api merge_request label:bug+urgent"],
    ["subscribe acme/api push -author:@*bot*", "acme/api push -author:*bot*"],
    ["subscribe acme/api deploy env:production", "acme/api deployment environment:production"],
    ["subscribe acme/api mr draft:no bots:no", "acme/api merge_request draft:no bots:no"],
    ["subscribe acme/api issue milestone:“Q3 launch”", 'acme/api issue milestone:"Q3 launch"'],
    ["subscribe acme/api pipeline thread:off", "acme/api pipeline thread:off"],
    ["subscribe to acme/api push", "acme/api push"],
    ["subscribe * push", "* push"],
    ["subscribe ** -* push", "** -* push"],
    ["subscribe acme/api push template:compact", "acme/api push template:compact"],
    ["subscribe\nacme/api\npush", "acme/api push"],
    ["subscribe größe/café mr label:<b>&", "größe/café merge_request label:<b>&"],
  ])("%s", async ([line, words], { open, workspace, answer, stored }) => {
    await putHook(open.store, workspace);
    const text = await answer(line);
    const [rule, ...more] = await stored();
    const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    expect(more).toEqual([]);
    expect(rule?.words).toBe(words);
    expect(rule).toMatchObject({ channel: "C1", origin: "command", createdBy: "UADA" });
    expect(text).toBe(
      `Subscribed: rule \`${rule?.id}\` posts here\n\`${escaped}\`\nWaiting for the first delivery of ${project(words)}: I will say so here when it arrives within half an hour, and \`/belfry list\` shows it later. \`/belfry connections\` shows your hooks.`,
    );
  });
});

describe("what is no rule, and why", () => {
  test.for<[line: string, says: string]>([
    ["subscribe", "Name a project, such as `group/name`; `**` means every project."],
    ["subscribe push", "Name a project, such as `group/name`; `**` means every project.\n```push\n    ^```"],
    ["subscribe acme", "“acme” is not a project, kind or condition. Did you mean `acme/**`?\n```acme\n^^^^```"],
    [
      "subscribe acme/api brnch:main",
      "“brnch” is not a kind or condition. Did you mean `branch`?\n```acme/api brnch:main\n         ^^^^^```",
    ],
    [
      "subscribe acme/api mege_request",
      "“mege_request” is not a project, kind or condition. Did you mean `merge_request`?\n```acme/api mege_request\n         ^^^^^^^^^^^^```",
    ],
    [
      "subscribe acme/api pipeline:faild",
      "“faild” is not an action of pipeline. Did you mean `failed`?\n```acme/api pipeline:faild\n                  ^^^^^```",
    ],
    [
      "subscribe acme/api branch:",
      "branch: needs a value, such as `branch:main`.\n```acme/api branch:\n                ^```",
    ],
    [
      "subscribe acme/api push branch:a,b+c",
      "Write , for any of them or + for all of them, not both.\n```acme/api push branch:a,b+c\n                     ^^^^^```",
    ],
    [
      "subscribe acme/api push label:bug",
      "This rule would never post: label is known of merge_request, issue, work_item, note only.\n```acme/api push label:bug\n              ^^^^^^^^^```",
    ],
    [
      "subscribe acme/api push,mr",
      "“push,mr” is not a project, kind or condition. Did you mean `push mr`?\n```acme/api push,mr\n         ^^^^^^^```",
    ],
    ['subscribe acme/api label:"bug', 'This quote is not closed.\n```acme/api label:"bug\n               ^^^^```'],
    [
      "subscribe acme/api/ push",
      "A project does not end with a slash. Did you mean `acme/api/**`?\n```acme/api/ push\n^^^^^^^^^```",
    ],
    [
      "subscribe acme/api draft:maybe",
      "draft is yes, no or only, not “maybe”.\n```acme/api draft:maybe\n               ^^^^^```",
    ],
    [
      "subscribe acme/api -push -mr -ci -deploy -release -tag",
      "No kind is left to post.\n```acme/api -push -mr -ci -deploy -release -tag\n                                        ^^^^```",
    ],
    ...["*", "**"].map((star): [string, string] => [
      `subscribe acme/api ${star} branch:main`,
      `A star of its own means other projects, too. For the usual events leave it out; for more name their kinds, such as \`push issue\`. \`/belfry help kinds\` lists them.\n\`\`\`acme/api ${star} branch:main\n         ${"^".repeat(star.length)}\`\`\``,
    ]),
    [
      "subscribe acme/api template:compct",
      "There is no template “compct”. Did you mean `compact`?\n```acme/api template:compct\n         ^^^^^^^^^^^^^^^```",
    ],
    [
      "subscribe acme/api template:mine/own push",
      "There is no template “mine/own”. Choose one of: full, compact, one-line.\n```acme/api template:mine/own push\n         ^^^^^^^^^^^^^^^^^```",
    ],
    [
      "subscribe acme/<!channel> push",
      "“&lt;” cannot be in a project. Write * for a part and ** for any depth.\n```acme/&lt;!channel&gt; push\n^^^^^^^^^^^^^^^```",
    ],
  ])("%s", async ([line, says], { answer, stored }) => {
    expect(await answer(line)).toBe(says);
    expect(await stored()).toEqual([]);
  });

  const unknown = "“brnch” is not a kind or condition. Did you mean `branch`?";
  const pasted = "acme/api ".repeat(20);
  test.for<[what: string, words: string, says: string]>([
    [
      "cut behind the mistake",
      `acme/api brnch:${"x".repeat(300)}`,
      `${unknown}\n\`\`\`acme/api brnch:${"x".repeat(24)}…\n         ^^^^^\`\`\``,
    ],
    [
      "cut before the mistake",
      `${pasted}brnch:main`,
      `${unknown}\n\`\`\`…${pasted.slice(-40)}brnch:main\n${" ".repeat(41)}^^^^^\`\`\``,
    ],
    [
      "a long word",
      `${"a".repeat(300)}`,
      `“${"a".repeat(59)}…” is not a project, kind or condition.\n\`\`\`${"a".repeat(35)}…\n${"^".repeat(35)}\`\`\``,
    ],
    [
      "more than a rule may have",
      pasted.repeat(12),
      `A rule has at most 2,000 characters and 50 words.\n\`\`\`…${pasted.repeat(12).slice(1960, 2000)}${pasted.repeat(12).slice(2000, 2025)}…\n${" ".repeat(41)}^\`\`\``,
    ],
    ["more than a command may have", "a".repeat(3_000), "That is too long: a command has at most 3,000 characters."],
  ])("%s", async ([_what, words, says], { answer, stored }) => {
    expect(await answer(`subscribe ${words}`)).toBe(says);
    expect(await stored()).toEqual([]);
  });
});

describe("where nothing is posted", () => {
  test.for<[change: Partial<Asker>, says: string]>([
    [{ channel: "D1", channelName: undefined }, "Nothing is subscribed in a direct message. Type this in a channel."],
    [
      { channel: "CHIDDEN", channelName: "hidden" },
      "I am not in this channel, so nothing was stored. Invite me first: `/invite @belfry`",
    ],
    [{ channel: "CARCHIVED", channelName: "archived" }, "This channel is archived: nothing can be posted here."],
    [{ user: "UGUEST" }, "Guests cannot change anything here. Please ask a full member of the workspace."],
    [{ user: "USTRANGER" }, "You belong to another workspace, so you cannot change anything here."],
    [{ user: "UGONE" }, "Slack does not know you as a member of this workspace, so you cannot change anything."],
    [{ user: "UNOBODY" }, "Slack does not know you as a member of this workspace, so you cannot change anything."],
  ])("subscribe acme/api push as %j", async ([change, says], { answer, stored }) => {
    expect(await answer("subscribe acme/api push", change)).toBe(says);
    expect(await stored()).toEqual([]);
  });

  test("list in a direct message does not advise to subscribe there", async ({ answer }) => {
    expect(await answer("status", { channel: "D1", channelName: undefined })).toBe(
      "There are no rules in direct messages. Type this in a channel, or `/belfry list all` anywhere.",
    );
  });

  test("subscribe acme/api push where no hook is: it is stored, and says what is missing", async ({
    open,
    workspace,
    stored,
  }) => {
    const reply = await run(open.desk, asker(workspace), "subscribe acme/api push");
    const [rule] = await stored();
    expect(reply).toEqual({
      text: `Subscribed: rule \`${rule?.id}\` posts here\n\`acme/api push\`\nNothing can arrive yet: this workspace has no hook.`,
      waitsFor: { rule: rule?.id },
      buttons: [{ label: "Connect GitLab", line: "connect gitlab", style: "primary" }],
    });
  });
});

/** The rules of the following lines: three of #api, one of #web, and one of another workspace. */
async function prepare(rule: (id: string, words: string, more: object) => Promise<void>) {
  const at = new Date("2026-11-20T08:00:00.000Z");
  const rules = [
    { id: "aaaaaaa", words: "acme/api push" },
    { id: "bbbbbbb", words: "acme/web pipeline:failed", paused: "Slack: not_in_channel" },
    { id: "fffffff", words: "acme/** release", channel: "#api", origin: "file" as const },
    { id: "ccccccc", words: "acme/ops deployment", channel: "C2" },
  ];
  for (const { id, words, ...more } of rules) await rule(id, words, { ...more, at });
}

const onlyMember = "There is no rule “zzzzzzz”. `/belfry list` shows the rules of this channel.";

const listHelp =
  "`/belfry list [here|all]`\n`/belfry list` shows the rules of this channel with their ids, whether they work, and what is muted.\n`/belfry list all` shows how many rules each public channel has.\nYou may also type: ls, rules, subscriptions, status";

describe("what is answered", () => {
  test.for<[line: string, says: string]>([
    // Rules by their ids: unknown ones and those of another workspace read the same.
    ["show zzzzzzz", onlyMember],
    ["show ddddddd", onlyMember.replace("zzzzzzz", "ddddddd")],
    ["show ccccccc", "Rule `ccccccc` posts in another channel. Type this there."],
    ["show aaaaaab", "There is no rule “aaaaaab”. Did you mean `aaaaaaa`?"],
    ["show", "Name one rule by its id, such as `show abc2345`."],
    ["show aaaaaaa bbbbbbb", "Name one rule by its id, such as `show abc2345`."],
    ["show <@U1>", "There is no rule “&lt;@U1&gt;”. `/belfry list` shows the rules of this channel."],
    [
      "show aaaaaaa",
      "Rule `aaaaaaa` is active\n`acme/api push`\nMade by <@UADA>, 2026-11-20 08:00 UTC\nNo delivery has arrived yet",
    ],
    [
      "info BBBBBBB",
      "Rule `bbbbbbb` is paused: Slack: not_in_channel. Invite me there: `/invite @belfry`\n`acme/web pipeline:failed`\nMade by <@UADA>, 2026-11-20 08:00 UTC\nNo delivery has arrived yet",
    ],
    [
      "show fffffff",
      "Rule `fffffff` is active\n`acme/** release`\nFrom rules.yml, 2026-11-20 08:00 UTC\nNo delivery has arrived yet",
    ],

    ["pause aaaaaaa", "Paused: rule `aaaaaaa` posts nothing until `/belfry resume aaaaaaa`\n`acme/api push`"],
    ["stop fffffff", "Paused: rule `fffffff` posts nothing until `/belfry resume fffffff`\n`acme/** release`"],
    ["pause ccccccc", "Rule `ccccccc` posts in another channel. Type this there."],
    ["resume aaaaaaa", "Rule `aaaaaaa` is not paused."],
    ["resume aaaaaaa bbbbbbb", "Name one rule by its id, such as `resume abc2345`."],
    [
      "resume ALL",
      "Resumed: 1 rule of this channel posts again.\nIf this channel is private, see that I am in it: `/invite @belfry`",
    ],
    [
      "resume bbbbbbb",
      "Resumed: rule `bbbbbbb` posts again\n`acme/web pipeline:failed`\nIt was paused: Slack: not_in_channel. If this channel is private, see that I am in it: `/invite @belfry`",
    ],

    [
      "edit aaaaaaa acme/api mr:merged",
      "Changed: rule `aaaaaaa` says now\n`acme/api merge_request:merge`\nbefore:\n`acme/api push`",
    ],
    [
      "edit aaaaaaa mr:merged branch:main",
      "Changed: rule `aaaaaaa` says now\n`acme/api merge_request:merge branch:main`\nbefore:\n`acme/api push`",
    ],
    [
      "edit bbbbbbb -acme/noisy push",
      "Changed: rule `bbbbbbb` says now\n`acme/web -acme/noisy push`\nbefore:\n`acme/web pipeline:failed`\nIt is paused: Slack: not_in_channel. Invite me there: `/invite @belfry`.",
    ],
    ["edit aaaaaaa push", "Rule `aaaaaaa` says this already."],
    [
      "edit aaaaaaa push label:bug",
      "This rule would never post: label is known of merge_request, issue, work_item, note only.\n```acme/api push label:bug\n              ^^^^^^^^^```",
    ],
    [
      "edit aaaaaaa template:nowhere",
      "There is no template “nowhere”. Choose one of: full, compact, one-line.\n```acme/api template:nowhere\n         ^^^^^^^^^^^^^^^^```",
    ],
    ["edit aaaaaaa", "Type the new words behind the id. Rule `aaaaaaa` says now:\n`acme/api push`"],
    ["edit", "Name a rule and its new words, such as `edit abc2345 group/project push`."],
    ["edit aaaaaaa acme/api commits", "Rule `aaaaaaa` says this already."],
    ["edit aaaaaaa acme/** releases", "This rule is here already, as `fffffff`:\n`acme/** release`"],
    ["edit fffffff acme/api push", "Rule `fffffff` comes from rules.yml. Change it there."],
    ["edit ccccccc acme/api push", "Rule `ccccccc` posts in another channel. Type this there."],
    [
      "edit aaaaaaa acme/api psh",
      "“psh” is not a project, kind or condition. Did you mean `push`?\n```acme/api psh\n         ^^^```",
    ],

    ["subscribe acme/api commits", "This rule is here already, as `aaaaaaa`:\n`acme/api push`"],
    [
      "subscribe ACME/web ci:failure",
      "This rule is here already, as `bbbbbbb`:\n`acme/web pipeline:failed`\nIt is paused: Slack: not_in_channel. Invite me there: `/invite @belfry`. `/belfry resume bbbbbbb` resumes it.",
    ],

    ["unsubscribe aaaaaaa", "Remove this rule from this channel?\n`aaaaaaa` `acme/api push`"],
    ["unsubscribe acme/api", "Remove this rule from this channel?\n`aaaaaaa` `acme/api push`"],
    ["unsub https://gitlab.acme.io/acme/api", "Remove this rule from this channel?\n`aaaaaaa` `acme/api push`"],
    ["rm acme/api push", "Remove this rule from this channel?\n`aaaaaaa` `acme/api push`"],
    [
      "unsubscribe from acme/api acme/web",
      "Remove these 2 rules from this channel?\n`aaaaaaa` `acme/api push`\n`bbbbbbb` `acme/web pipeline:failed`",
    ],
    ["unsubscribe acme/x acme/y", "No rule of this channel is about `acme/x acme/y`. `/belfry list` shows its rules."],
    ["unsubscribe acme/api mr", "No rule of this channel says `acme/api mr`. `/belfry list` shows its rules."],
    ["unsubscribe acme/ops", "No rule of this channel is about `acme/ops`. `/belfry list` shows its rules."],
    ["unsubscribe acme/**", "Rule `fffffff` comes from rules.yml. Change it there."],
    ["unsubscribe fffffff", "Rule `fffffff` comes from rules.yml. Change it there."],
    ["unsubscribe ccccccc", "Rule `ccccccc` posts in another channel. Type this there."],
    ["unsubscribe ddddddd", onlyMember.replace("zzzzzzz", "ddddddd")],
    ["unsubscribe", "Name a rule or a project, such as `unsubscribe group/project`."],
    ["unsubscribe everything", "There is no rule “everything”. `/belfry list` shows the rules of this channel."],

    [
      "list",
      "*Rules of this channel*\n• `aaaaaaa` `acme/api push`\n   waiting for the first delivery\n• `bbbbbbb` `acme/web pipeline:failed`\n   paused: Slack: not_in_channel. Invite me there: `/invite @belfry`\n• `fffffff` `acme/** release`\n   waiting for the first delivery\nNothing can arrive: this workspace has no hook. `/belfry connect gitlab` makes one.",
    ],
    [
      "list all",
      "*Rules of this workspace*\n• <#C1> (here): 3 rules, 1 paused\n• <#C2>: 1 rule\nOther private channels and other channels of rules.yml are not shown.",
    ],
    ["list acme/api", "“acme/api” cannot be listed. Type `/belfry list` or `/belfry list all`."],

    ["mute pipeline", "Muted here until 2026-11-22 00:25 UTC:\n`pipeline`\n`/belfry unmute ID` ends it."],
    ["mute ci for 30m", "Muted here until 2026-11-21 22:55 UTC:\n`pipeline`\n`/belfry unmute ID` ends it."],
    ["mute acme/api 1d", "Muted here until 2026-11-22 22:25 UTC:\n`acme/api`\n`/belfry unmute ID` ends it."],
    [
      "mute acme/** push until unmuted",
      "Muted here until somebody unmutes it:\n`acme/** push`\n`/belfry unmute ID` ends it.",
    ],
    ["mute", "Name what to mute, such as `mute pipeline for 2h` or `mute group/project`."],
    ["mute for 2h", "Name what to mute, such as `mute pipeline for 2h` or `mute group/project`."],
    ["mute push for a while", "“a while” is not a time. Write `30m`, `2h`, `1d` or `until unmuted`."],
    ["mute push for 400d", "Mute for at least a minute and at most 90 days, or `until unmuted`."],
    ["mute push branch:main", "A mute has projects and kinds only.\n```push branch:main\n     ^^^^^^^^^^^```"],
    ["unmute", "Nothing is muted here."],
    ["unmute zzzzzzz", "“zzzzzzz” is not muted here."],

    ["audit zzzzzzz", "There are no changes of `zzzzzzz` here."],
    ["audit", "Nothing was changed here yet."],
    ["audit acme/api", "“acme/api” is not the id of a rule."],

    [
      "whoami",
      "You are ada, <@UADA>, in <#C1>.\nYou may change the rules of the channel in which you type. You may connect hooks, and change those that you connected; administrators may change all.",
    ],

    // No command at all.
    ["cancel", "Nothing was changed."],
    ["subscrbe acme/api", "There is no command `subscrbe`. Did you mean `/belfry subscribe`?"],
    ["thank you", "There is no command `thank`. `/belfry help` lists what there is."],
    ["help list", listHelp],
    ["list --help", listHelp],
    ["LIST -h", listHelp],
    ["list help", listHelp],
    ["list —help", listHelp],
    ["frobnicate", "There is no command `frobnicate`. `/belfry help` lists what there is."],
    ["__proto__", "There is no command `__proto__`. `/belfry help` lists what there is."],
    ["acme/api push", "To post what happens there, type `/belfry subscribe acme/api push`"],
    ["push acme/api", "To post what happens there, type `/belfry subscribe push acme/api`"],
    [
      "https://gitlab.acme.io/acme/api",
      "To post what happens there, type `/belfry subscribe https://gitlab.acme.io/acme/api`",
    ],
    ["<!channel> hi", "There is no command `&lt;!channel&gt;`. `/belfry help` lists what there is."],
    ["help frobnicate", "There is no help on “frobnicate”. `/belfry help` shows what there is."],
    ["help kindz", "There is no help on “kindz”. Did you mean `/belfry help kinds`?"],
    [
      "help branch",
      "`branch` is a condition, such as `branch:main`: branch of a push, pipeline, job or deployment; source branch of a merge request, also for comments on it",
    ],
    [
      "help pr",
      "`merge_request` is a kind. Its actions: open, close, reopen, update, merge, approved, unapproved, approval, unapproval, ready, commits. `ready`: an update that marks a draft as ready. `commits`: an update that brings new commits. You may also type mr, mrs, pr, prs, merge_requests, pull_request, pull_requests, pulls.",
    ],
    [
      "help resume",
      "`/belfry resume &lt;rule|all&gt;`\n`/belfry resume abc2345` lets the rule post again, from the next delivery on; `/belfry resume all` does so with all rules of this channel.\nYou may also type: start, enable, unpause, continue",
    ],
  ])("%s", async ([line, says], { rule, answer }) => {
    await prepare(rule);
    expect((await answer(line)).replace(/unmute [a-z0-9]{7}/, "unmute ID")).toBe(says);
  });
});
