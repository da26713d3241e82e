import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRule } from "../../src/rules/format.ts";
import { parseRule } from "../../src/rules/parse.ts";

const defaults =
  "merge_request:open,ready,close,reopen,merge,approved pipeline:broken,fixed deployment release tag_push push:default";

function canonical(text: string): string {
  const read = parseRule(text);
  return "rule" in read ? formatRule(read.rule) : read.problem.message;
}

describe("projects", () => {
  test.each([
    ["platform/api push", "platform/api push"],
    ["Platform/API push", "Platform/API push"],
    ["group/** push", "group/** push"],
    ["push */api -group/noisy", "*/api -group/noisy push"],
    ["group/name.git push", "group/name push"],
    ["a/b a/b push", "a/b push"],
    ["gitlab.acme.io/group/name push", "gitlab.acme.io/group/name push"],
    ["gitlab.acme.io:8443/group/name push", "gitlab.acme.io:8443/group/name push"],
    ["https://gitlab.acme.io/group/sub/name push", "gitlab.acme.io/group/sub/name push"],
    ["https://GitLab.acme.io:8443/group/name/-/merge_requests/12 push", "gitlab.acme.io:8443/group/name push"],
    ["https://gitlab.acme.io/group/name/-/issues/3#note_1 push", "gitlab.acme.io/group/name push"],
    ["https://gitlab.acme.io/group/name/-/pipelines?page=2 push", "gitlab.acme.io/group/name push"],
    ["https://gitlab.acme.io/group/name/merge_requests/12 push", "gitlab.acme.io/group/name push"],
    ["https://gitlab.acme.io/group/name/issues/3 push", "gitlab.acme.io/group/name push"],
    ["https://gitlab.acme.io/group/name/blob/main/src/a.ts push", "gitlab.acme.io/group/name push"],
    ["https://gitlab.acme.io/group/sub/issues push", "gitlab.acme.io/group/sub/issues push"],
    ["https://gitlab.acme.io/groups/platform/-/issues push", "gitlab.acme.io/platform/** push"],
    ["https://gitlab.acme.io/platform push", "gitlab.acme.io/platform/** push"],
    ["https://gitlab.acme.io push", "gitlab.acme.io/** push"],
    ["<https://gitlab.acme.io/a/b|gitlab.acme.io/a/b> push", "gitlab.acme.io/a/b push"],
    ["a/** -https://gitlab.acme.io/a/b push", "a/** -gitlab.acme.io/a/b push"],
    ["git@gitlab.acme.io:group/name.git push", "gitlab.acme.io/group/name push"],
    ["ssh://git@gitlab.acme.io:2222/group/name.git push", "gitlab.acme.io/group/name push"],
  ])("%s -> %s", (text, words) => expect(canonical(text)).toBe(words));
});

describe("kinds", () => {
  test.each([
    ["a/b", `a/b ${defaults}`],
    ["a/b -push", `a/b ${defaults.replace(" push:default", "")}`],
    ["a/b -mr:merged,approved", `a/b ${defaults.replace(",merge,approved", "")}`],
    ["a/b -deployment:running", `a/b ${defaults.replace("deployment", "deployment -deployment:running")}`],
    ["a/b mr:merged,opened ci:failure", "a/b merge_request:merge,open pipeline:failed"],
    ["a/b PR", "a/b merge_request"],
    ["a/b merged approved", "a/b merge_request:merge,approved"],
    ["a/b tags deploys releases commits", "a/b tag_push deployment release push"],
    ["a/b push:created,deleted", "a/b push:create,delete"],
    ["a/b deploy:created", "a/b deployment:created"],
    ["a/b pipeline:cancelled,passed", "a/b pipeline:canceled,success"],
    ["a/b pipeline:failed pipeline:success pipeline:failed", "a/b pipeline:failed,success"],
    ["a/b pipeline:failed pipeline", "a/b pipeline"],
    ["a/b pipeline -pipeline:running,pending", "a/b pipeline -pipeline:running,pending"],
    ["a/b pipeline:failed,success -pipeline:success", "a/b pipeline:failed"],
    ["a/b push:update -push:default", "a/b push:update -push:default"],
    ["a/b push:default,create -push:update", "a/b push:create"],
    ["a/b pipeline -push", "a/b pipeline"],
    ['"a/b" "push"', "a/b push"],
    ["a/b issues comments wiki flags members", "a/b issue note wiki_page feature_flag member"],
    ["a/b builds epics milestones tokens vulns", "a/b job work_item milestone access_token vulnerability"],
    ["a/b reactions projects subgroups system_hooks", "a/b emoji project subgroup system"],
    ["a/b tasks work_items epic", "a/b work_item"],
    ["a/b job:failed", "a/b job:failed"],
    ["a/b job:passed,cancelled -job:manual", "a/b job:success,canceled"],
    ["a/b build:failed", "a/b job:failed"],
    ["a/b mr:undrafted,pushed,commit", "a/b merge_request:ready,commits"],
    ["a/b ready broken fixed", "a/b merge_request:ready pipeline:broken,fixed"],
    ['a/b ci:broke,"back to normal"', "a/b pipeline:broken,fixed"],
    ["a/b mr:update,ready -mr:ready", "a/b merge_request:update -merge_request:ready"],
    ["a/b pipeline:success,broken -pipeline:failed", "a/b pipeline:success"],
    ["a/b milestone:close,deleted", "a/b milestone:close,delete"],
    ["a/b tag:deleted", "a/b tag_push:delete"],
    ["a/b member:added,left,requested", "a/b member:add,remove,request"],
    ["a/b subgroup:deleted project:renamed,moved,removed", "a/b subgroup:destroy project:rename,transfer,destroy"],
    ["a/b flag:enabled token:expires emoji:add", "a/b feature_flag:on access_token:expiring emoji:award"],
    ["a/b issue:edited wiki:removed", "a/b issue:update wiki_page:delete"],
    ["a/b system:user_create,key_create", "a/b system:user_create,key_create"],
  ])("%s -> %s", (text, words) => expect(canonical(text)).toBe(words));
});

describe("conditions and options", () => {
  test.each([
    ["a/b push branch:main,release/*", "a/b push branch:main,release/*"],
    ["a/b mr label:a+b -label:c,d", "a/b merge_request label:a+b -label:c,d"],
    ["a/b mr -label:a+b", "a/b merge_request -label:a,b"],
    ["a/b mr label:a+a", "a/b merge_request label:a"],
    ["a/b mr label:“needs review”,x", 'a/b merge_request label:"needs review",x'],
    ['a/b mr label:"c++","a,b"', 'a/b merge_request label:"c++","a,b"'],
    ['a/b mr label:"say \\"hi\\""', 'a/b merge_request label:"say \\"hi\\""'],
    ["a/b mr author:@ada -author:*bot*", "a/b merge_request author:ada -author:*bot*"],
    ["a/b deploy env:prod status:failure", "a/b deployment environment:prod status:failed"],
    ["a/b pipeline status:*ed", "a/b pipeline status:*ed"],
    ["a/b pipeline job:lint,failed", "a/b pipeline job:lint,failed"],
    ['a/b pipeline job:"failed"', 'a/b pipeline job:"failed"'],
    ['a/b pipeline job:"failed",success', 'a/b pipeline job:"failed","success"'],
    ["a/b pipeline job:failed+success", "a/b pipeline job:failed+success"],
    ['a/b pipeline -job:"run"', 'a/b pipeline -job:"run"'],
    ['a/b issue milestone:"close" -milestone:Q*', 'a/b issue milestone:"close" -milestone:Q*'],
    ["a/b tag tag:v*", "a/b tag_push tag:v*"],
    ["a/b comments path:src/** label:bug author:ada", "a/b note path:src/** label:bug author:ada"],
    ["a/b job stage:test env:prod branch:main tag:v*", "a/b job stage:test environment:prod branch:main tag:v*"],
    ["a/b mr Draft:NO confidential:yes bots:only", "a/b merge_request draft:no confidential:yes bots:only"],
    ["as:x/y thread:OFF a/b template:loud/mr mr", "a/b merge_request thread:off template:loud/mr as:x/y"],
    ['a/b mr broadcast:merged,closed as:"Release train"', 'a/b merge_request broadcast:merge,close as:"Release train"'],
  ])("%s -> %s", (text, words) => expect(canonical(text)).toBe(words));
});

describe("problems", () => {
  test.each([
    ["", "Name a project, such as `group/name`; `**` means every project.", ""],
    ["-a/b push", "Name a project, such as `group/name`; `**` means every project.", ""],
    ["a/b pshu", "“pshu” is not a project, kind or condition. Did you mean `push`?", "pshu"],
    ["a/b -pshu", "“pshu” is not a project, kind or condition. Did you mean `push`?", "pshu"],
    [
      "a/b merge_reqest",
      "“merge_reqest” is not a project, kind or condition. Did you mean `merge_request`?",
      "merge_reqest",
    ],
    ["a/b merge_request:opne", "“opne” is not an action of merge_request. Did you mean `open`?", "opne"],
    ["a/b mr:merged,opne", "“opne” is not an action of merge_request. Did you mean `open`?", "opne"],
    [
      "a/b mr:",
      "An action is missing here. Its actions: open, close, reopen, update, merge, approved, unapproved, approval, unapproval, ready, commits.",
      "",
    ],
    [
      "a/b push,pipeline",
      "“push,pipeline” is not a project, kind or condition. Did you mean `push pipeline`?",
      "push,pipeline",
    ],
    ["a/b mr.open", "“mr.open” is not a project, kind or condition. Did you mean `mr:open`?", "mr.open"],
    ["a/b opened", "“opened” is not a project, kind or condition. Did you mean `merge_request:open`?", "opened"],
    ["a/b isues", "“isues” is not a project, kind or condition. Did you mean `issues`?", "isues"],
    ["a/b job:", "job: needs a value, such as `job:lint*`.", ""],
    [
      "a/b member:banned",
      "“banned” is not an action of member. Its actions: add, update, remove, request, deny.",
      "banned",
    ],
    ["a/b issue reviewer:ada", "This rule would never post: reviewer is known of merge_request only.", "reviewer:ada"],
    ["a/b failed", "“failed” is not a project, kind or condition. Did you mean `pipeline:failed`?", "failed"],
    ["platform", "“platform” is not a project, kind or condition. Did you mean `platform/**`?", "platform"],
    ["platform/", "A project does not end with a slash. Did you mean `platform/**`?", "platform/"],
    ["a//b", "A part of the project is empty. Did you mean `a/b`?", "a//b"],
    ["{a,b}/c", "“{” cannot be in a project. Write * for a part and ** for any depth.", "{a,b}/c"],
    ["+(+(+(a)))/*", "“(” cannot be in a project. Write * for a part and ** for any depth.", "+(+(+(a)))/*"],
    ["a/{1..1e9}", "“{” cannot be in a project. Write * for a part and ** for any depth.", "a/{1..1e9}"],
    [`a/${"x".repeat(256)}`, "A project has at most 256 characters.", `a/${"x".repeat(256)}`],
    ["a/b brnch:main", "“brnch” is not a kind or condition. Did you mean `branch`?", "brnch"],
    ["a/b brnch:feature/x", "“brnch” is not a kind or condition. Did you mean `branch`?", "brnch"],
    ["a/b branch:", "branch: needs a value, such as `branch:main`.", ""],
    ["a/b draft", "“draft” needs a value, such as `draft:no`.", "draft"],
    ["a/b draft:nope", "draft is yes, no or only, not “nope”. Did you mean `no`?", "nope"],
    ["a/b -draft:yes", "draft has no opposite with a minus. Did you mean `draft:no`?", "-draft:yes"],
    ["a/b label:a,,b", 'A value is missing here. One with a comma or plus needs quotes: "c++".', ""],
    ["a/b label:a,b+c", "Write , for any of them or + for all of them, not both.", "a,b+c"],
    ["a/b status:faild", "“faild” is not a status. Did you mean `failed`?", "faild"],
    [
      "a/b merge_request env:prod",
      "This rule would never post: environment is known of deployment, job only.",
      "env:prod",
    ],
    ["a/b push -push", "No kind is left to post.", "-push"],
    ['a/b label:"x', "This quote is not closed.", '"x'],
    ["a/b thread:maybe", "“maybe” is not on or off.", "maybe"],
    ["a/b -thread:on", "An option is not taken away. Did you mean `thread:on`?", "-thread:on"],
    ["a/b thread:on thread:off", "thread is here twice.", "thread:off"],
    ["a/b template:../x", "“../x” is not the name of a template: a-z, 0-9 and _ . / - only, at most 64.", "../x"],
    ["a/b broadcast:merg", "“merg” is not an action. Did you mean `merge`?", "merg"],
    ["a/b\u0000", "There is an unreadable character here.", "\u0000"],
    [`a/b ${"push ".repeat(50)}`, "A rule has at most 2,000 characters and 50 words.", "push"],
    [`a/b ${" ".repeat(2_000)}`, "A rule has at most 2,000 characters and 50 words.", ""],
  ])("%s -> %s", (text, message, word) => {
    const read = parseRule(text);
    if ("rule" in read) throw new Error(`read as ${formatRule(read.rule)}`);
    const { problem } = read;
    expect(problem).toMatchObject({ message, word, length: word.length });
    expect(text.slice(problem.at, problem.at + problem.length)).toBe(word);
  });

  test("a suggestion put in place of the word makes the line better", () => {
    const text = "a/b merge_request:opne,merge";
    const read = parseRule(text);
    if (!("problem" in read)) throw new Error("no problem");
    const { at, length, suggestion } = read.problem;
    expect(canonical(`${text.slice(0, at)}${suggestion}${text.slice(at + length)}`)).toBe(
      "a/b merge_request:open,merge",
    );
  });

  test("what is short as typed and too long when spelled out is refused", () => {
    const text = Array.from({ length: 46 }, (_, index) => `a/b${index}`).join(" ");
    expect(canonical(text)).toBe("A rule has at most 2,000 characters and 50 words.");
  });
});

/** Words that are often right, so that most lines are rules. */
const value = fc.oneof(
  fc.constantFrom(
    "main",
    "release/*",
    "**",
    '"a b"',
    "“x,y”",
    '"\\"q\\\\"',
    "@ada",
    "c\\",
    '"\\"',
    "failed",
    '"failed"',
    "create",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).map((text) => `"${text.replace(/["“”„‟\\]/g, "\\$&")}"`),
  fc.string({ minLength: 1, maxLength: 6 }),
);
const word = fc.oneof(
  fc.constantFrom("a/b", "-a/noisy", "group/**", "https://x.io/a/b/-/issues/1", "*/api", "mr", "-push", "ci:failure"),
  fc.constantFrom("merged", "-deployment:running,failed", "push:update", "-push:default", "-push:update", "draft:no"),
  fc
    .tuple(
      fc.constantFrom("branch", "-label", "label", "author", "env", "as", "job", "-job", "tag", "milestone", "-status"),
      value,
      value,
      fc.constantFrom(",", "+", ""),
    )
    .map(([key, a, b, between]) => (between === "" ? `${key}:${a}` : `${key}:${a}${between}${b}`)),
  fc.string({ maxLength: 8 }),
);
const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));

test("the canonical words are read as the same rule, and spelled the same again", () => {
  let rules = 0;
  fc.assert(
    fc.property(line, (text) => {
      const first = parseRule(`a/b ${text}`);
      if ("problem" in first) return;
      rules += 1;
      const words = formatRule(first.rule);
      const second = parseRule(words);
      expect(second).toEqual(first);
      expect("rule" in second && formatRule(second.rule)).toBe(words);
    }),
    { numRuns: 3_000 },
  );
  expect(rules).toBeGreaterThan(300);
});

test("any text is a rule or a problem that lies within it", () => {
  fc.assert(
    fc.property(fc.oneof(line, fc.string({ unit: "binary", maxLength: 60 })), (text) => {
      const read = parseRule(text);
      if ("rule" in read) return;
      expect(read.problem.at).toBeGreaterThanOrEqual(0);
      expect(read.problem.at).toBeLessThanOrEqual(text.length);
      expect(read.problem.message).toMatch(/[.?]$/);
    }),
    { numRuns: 2_000 },
  );
});
