import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileLimit, readRulesFile } from "../../src/rules/file.ts";
import { formatProblem } from "../../src/rules/file-problem.ts";
import { watchRulesFile } from "../../src/rules/watch.ts";

const known = { forges: { gitlab: ["token", "basic", "signed"], wvs: ["token", "basic"] } };

function problemsOf(text: string): string[] {
  const read = readRulesFile(text, known);
  return "problems" in read ? read.problems.map((problem) => formatProblem(problem)) : [];
}

test("hooks and rules are read, rules in canonical words with their line", () => {
  const text = `
hooks:
  - { name: gitlab, forge: gitlab, scheme: token, secret_env: GITLAB_HOOK_SECRET }
  - { name: wvs, forge: wvs, scheme: basic, secret_env: "WVS_SECRET", brand: Acme }
  - name: turning
    forge: gitlab
    scheme: signed
    secret_env: [NEW_SECRET, OLD_SECRET]
rules:
  - "#deploys  platform/**   deployment release"
  - C0123ABCD platform/api mr pipeline:failed branch:main -author:*bot*
  - '#größe a/b mr label:"a b"'
`;
  const read = readRulesFile(text, known);
  if ("problems" in read) throw new Error(problemsOf(text).join("\n"));
  expect(read.hooks).toEqual([
    { name: "gitlab", forge: "gitlab", scheme: "token", secret_env: ["GITLAB_HOOK_SECRET"], line: 3 },
    { name: "wvs", forge: "wvs", scheme: "basic", secret_env: ["WVS_SECRET"], brand: "Acme", line: 4 },
    { name: "turning", forge: "gitlab", scheme: "signed", secret_env: ["NEW_SECRET", "OLD_SECRET"], line: 5 },
  ]);
  expect(read.rules.map(({ channel, words, line }) => [line, channel, words])).toEqual([
    [10, "#deploys", "platform/** deployment release"],
    [11, "C0123ABCD", "platform/api merge_request pipeline:failed branch:main -author:*bot*"],
    [12, "#größe", 'a/b merge_request label:"a b"'],
  ]);
});

test.each(["", "# only a comment", "rules:", "hooks: []\nrules: []"])("%j is an empty file", (text) => {
  expect(readRulesFile(text, known)).toEqual({ hooks: [], rules: [] });
});

describe("problems in rules", () => {
  test.each([
    [
      'rules:\n  - "#api a/b merge_reqest"',
      "rules.yml:2:15: “merge_reqest” is not a project, kind or condition. Did you mean `merge_request`?",
      '    - "#api a/b merge_reqest"',
      "                ^^^^^^^^^^^^",
    ],
    [
      'rules:\n  - "#api a/b label:\\"x\\" pshu"',
      "rules.yml:2:27: “pshu” is not a project, kind or condition. Did you mean `push`?",
      '    - "#api a/b label:\\"x\\" pshu"',
      "                            ^^^^",
    ],
    [
      "rules: ['#api a/b as:o''hara pshu']",
      "rules.yml:1:30: “pshu” is not a project, kind or condition. Did you mean `push`?",
      "  rules: ['#api a/b as:o''hara pshu']",
      "                               ^^^^",
    ],
    [
      "rules:\n  - C0123ABCD a/b pshu",
      "rules.yml:2:19: “pshu” is not a project, kind or condition. Did you mean `push`?",
      "    - C0123ABCD a/b pshu",
      "                    ^^^^",
    ],
    [
      'rules: ["Deploys a/b"]',
      "rules.yml:1:10: “Deploys” is not a channel: write #name in lower case, or its id. Did you mean `#deploys`?",
      '  rules: ["Deploys a/b"]',
      "           ^^^^^^^",
    ],
    [
      'rules: ["#api push"]',
      "rules.yml:1:19: Name a project, such as `group/name`; `**` means every project.",
      '  rules: ["#api push"]',
      "                    ^",
    ],
    [
      'rules:\n  - "#api a/b mr"\n  - "#api  a/b merge_request"',
      "rules.yml:3:5: This rule is the same as in line 2.",
      '    - "#api  a/b merge_request"',
      "      ^",
    ],
    [
      "rules: [12]",
      'rules.yml:1:9: A rule is a text in quotes: "#channel group/name …".',
      "  rules: [12]",
      "          ^",
    ],
    ["rulez: []", "rules.yml:1:1: “rulez” is not a key here. Did you mean `rules`?", "  rulez: []", "  ^^^^^"],
    ["rules: x", "rules.yml:1:8: rules is not a list.", "  rules: x", "         ^"],
    ["- x", "rules.yml:1:1: The file is not made of keys and values.", "  - x", "  ^"],
    [
      "rules: [&a x]",
      "rules.yml:1:12: Anchors (&) and aliases (*) are not read here.",
      "  rules: [&a x]",
      "             ^",
    ],
  ])("%j", (text, ...lines) => expect(problemsOf(text)).toEqual([lines.join("\n")]));

  test("a long line is shown around the word", () => {
    const [shown] = problemsOf(`rules: ["#api ${"a/b ".repeat(40)}pshu"]`);
    const [, line = "", caret = ""] = (shown ?? "").split("\n");
    expect(line.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("pshu");
    expect(line.length).toBeLessThan(125);
  });
});

describe("problems in hooks", () => {
  const hook = (more: string) => `hooks:\n  - name: gitlab\n    forge: gitlab\n    scheme: token\n    ${more}\n`;
  test.each([
    [hook("secret_env: A\n    forge2: x"), "rules.yml:6:5: “forge2” is not a key here. Did you mean `forge`?"],
    [hook("x: 1"), "rules.yml:2:5: secret_env is missing."],
    [
      hook("secret_env: A").replace("token", "tokn"),
      "rules.yml:4:13: “tokn” is not one of token, basic, signed. Did you mean `token`?",
    ],
    [
      hook("secret_env: A").replace("forge: gitlab\n    scheme: token", "forge: wvs\n    scheme: signed"),
      "rules.yml:4:13: “signed” is not one of token, basic.",
    ],
    [
      hook("secret_env: A").replace("forge: gitlab", "forge: gitlb"),
      "rules.yml:3:12: “gitlb” is not one of gitlab, wvs. Did you mean `gitlab`?",
    ],
    [
      hook("secret_env: A").replace("name: gitlab", "name: Git Lab"),
      "rules.yml:2:11: A name has a-z, 0-9, _ and -, at most 40.",
    ],
    [
      `${hook("secret_env: A")}${hook("secret_env: A").replace("hooks:\n", "")}`,
      "rules.yml:6:11: Another hook has the name gitlab.",
    ],
    [
      hook("secret_env: A\n    brand: Git Swarm"),
      "rules.yml:6:12: A brand is written as in X-<Brand>-Event: letters, digits, _ and -, at most 40.",
    ],
    [
      hook("secret_env: []"),
      "rules.yml:5:17: secret_env is the name of an environment variable, or a list of up to 9, newest first.",
    ],
    [
      hook("secret_env: [A, b]"),
      "rules.yml:5:21: secret_env is the name of an environment variable, such as GITLAB_HOOK_SECRET.",
    ],
    [
      hook("secret_env: { a: 1 }"),
      "rules.yml:5:17: secret_env is the name of an environment variable, or a list of up to 9, newest first.",
    ],
    ["hooks: [1]", "rules.yml:1:9: An entry is not made of keys and values."],
  ])("%j", (text, message) => expect(problemsOf(text)[0]?.split("\n")[0]).toBe(message));

  test.each([
    hook("secret: hunter2"),
    hook("secret_env: hunter2"),
    hook('secret_env: "A hunter2"'),
    hook("secret_env: [A, hunter2]"),
    hook("secret_env:\n      hunter2"),
    hook("secret_env:\n      - A\n      - hunter2"),
    hook("secret_env:\n      key: hunter2"),
    hook("token: hunter2"),
    "hooks:\n  - { nme: x, secret: hunter2 }",
    "hooks:\n  - { name: x, secret: hunter2, scheme: tokn, forge: gitlb }",
    "hooks:\n  - { name: x, secret: hunter2 ]",
    "hooks:\n  - secret: !hunter2 x",
    "hooks:\n  - secret: *hunter2",
  ])("no secret is shown: %j", (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expect(problemsOf(text).join("\n")).not.toContain("hunter2");
  });

  test("a line that only names variables is shown with what is wrong in it", () => {
    const text = "hooks: [{ name: x, forge: gitlab, scheme: tokn, secret_env: [NEW_SECRET, OLD_SECRET] }]";
    expect(problemsOf(text)[0]).toContain(text);
  });

  test("a secret in the file gets advice", () => {
    const advice = "Write the name of an environment variable in secret_env; secrets do not belong in this file.";
    expect(problemsOf(hook("secret: hunter2"))).toContain(`rules.yml:5:5: ${advice}`);
  });
});

test("all problems are told, in the order of the file", () => {
  const text = 'hooks: [{ name: x }]\nrules:\n  - "#api a/b pshu"\n  - 12\n  - "#api"\nrulez: 1\n';
  const lines = problemsOf(text).map((problem) => Number(problem.split(":")[1]));
  expect(lines).toEqual([1, 1, 1, 3, 4, 5, 6]);
});

test.each([
  ["too large", " ".repeat(fileLimit + 1), /^rules.yml:1:1: The file is over 1,048,576 characters\.$/],
  ["very deep", "[".repeat(20_000), /^rules.yml:1:\d+: This is not YAML/],
  ["laughs", `a: &a [x,x]\nb: &b [*a,*a]\nrules: [*b,*b]`, /Anchors/],
  ["two documents", "rules: []\n---\nrules: []", /not YAML/],
  ["a key twice", "rules: []\nrules: []", /^rules.yml:2:1: This is not YAML: Map keys must be unique/],
])("hostile file: %s", (_name, text, message) => expect(problemsOf(text)[0]).toMatch(message));

test("any text is read or refused with places in the file", () => {
  const unit = fc.constantFrom(
    "rules:",
    "hooks:",
    "\n",
    "  - ",
    '"',
    "'",
    "#a ",
    "a/b ",
    "pshu",
    "{",
    "[",
    "&a",
    "*a",
    ": ",
    "\\",
    "|",
    "\t",
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 20 }), (text) => {
      const read = readRulesFile(text, known);
      if (!("problems" in read)) return;
      expect(read.problems.length).toBeGreaterThan(0);
      for (const { line, column } of read.problems) {
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(text.split("\n").length);
        expect(column).toBeGreaterThan(0);
      }
    }),
    { numRuns: 1_000 },
  );
});

describe("on disk", () => {
  const inFolder = async (use: (path: string) => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-rules-"));
    try {
      await use(join(folder, "rules.yml"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test("a file made, written, replaced or removed is noticed once each, and nothing after the stop", () =>
    inFolder(async (path) => {
      let calls = 0;
      let changed = Promise.withResolvers<void>();
      const stop = watchRulesFile(
        path,
        () => {
          calls += 1;
          changed.resolve();
        },
        { intervalMs: 5 },
      );
      const steps = [
        () => writeFileSync(path, "a"),
        () => writeFileSync(path, "rules: []"),
        () => {
          writeFileSync(`${path}.new`, "rules: []");
          renameSync(`${path}.new`, path);
        },
        () => rmSync(path),
      ];
      for (const step of steps) {
        changed = Promise.withResolvers<void>();
        step();
        await changed.promise;
      }
      stop();
      expect(calls).toBe(steps.length);
    }));
});
