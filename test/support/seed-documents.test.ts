import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { temporaryFolder } from "./belfry.ts";
import { seedDocuments } from "./seed-documents.ts";

/** What a page may do to its examples, in documents of our own. */

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function documents(texts: Record<string, string>) {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
  return seedDocuments(folder);
}

const push = {
  object_kind: "push",
  repository: { name: "api", homepage: "" },
  commits: [
    { id: "1", message: "}\n{", author: { name: "Alice" } },
    { id: "2", message: "Two", author: { name: "Bo" } },
  ],
  total_commits_count: 2,
};
const whole = `# Webhooks\n\nX-Gitlab-Event: Push Hook\n\n\`\`\`json\n${JSON.stringify(push, undefined, 2)}\n\`\`\`\n\nX-Gitlab-Token\n`;

test("a whole document is read as it is", () => {
  const [document] = documents({ "1.txt": whole });
  expect(document).toMatchObject({ forge: "gitlab", scheme: "token", tokenHeader: "X-Gitlab-Token", documented: 1 });
  expect(document?.examples).toMatchObject([{ line: 3, header: "X-Gitlab-Event", event: "Push Hook" }]);
  expect(JSON.parse(document?.examples[0]?.body ?? "")).toEqual(push);
  expect(document?.mends).toEqual([]);
});

test("lines that are only a timestamp are left out", () => {
  const [document] = documents({ "1.txt": whole.replaceAll(/(?<=\n)(?=\s*")/g, "2016-04-02 18:10:28 +05:30\n") });
  expect(JSON.parse(document?.examples[0]?.body ?? "")).toEqual(push);
  expect(document?.mends).toEqual([expect.stringMatching(/^14 lines that are only a timestamp/)]);
});

test("lost brackets and commas are put back, and each is told", () => {
  const lost = [
    "GitSwarm is not meant here",
    "X-AtomGit-Event: Push Hook",
    "",
    '"object_kind": "push",',
    '"repository": {',
    '"name": "api",',
    '"homepage": "",',
    '"commits": [',
    '"id": "1",',
    '"message": "}\\n{",',
    '"author": {',
    '"name": "Alice"',
    '"id": "2",',
    '"id": "3",',
    '"message": "Two"',
    '"author": {',
    '"name": "Bo"',
    '"total_commits_count": 2',
    "",
    "HTTP Basic Authentication",
  ];
  const [, document] = documents({ "1.txt": whole, "2.txt": lost.join("\n") });
  expect(document).toMatchObject({ forge: "atomgit", scheme: "basic", documented: 1 });
  const { commits } = push;
  expect(JSON.parse(document?.examples[0]?.body ?? "")).toEqual({
    ...push,
    commits: [commits[0], { id: "2" }, { ...commits[1], id: "3" }],
  });
  expect(document?.mends).toEqual([
    "line 4: the example has no “{”: begun here",
    "line 8: “repository” has no end: ended before “commits”",
    "line 7: a comma before an end: left out",
    "line 9: an item of “commits” has no brackets: begun before “id”",
    "line 13: “author” has no end: ended before “id”",
    "line 13: an item of “commits” has no brackets: begun before “id”",
    "line 14: an item of “commits” has no brackets: begun before “id”",
    "line 15: no comma before the next key: set",
    "line 18: “author” has no end: ended before “total_commits_count”",
    "line 18: “commits” has no end: ended before “total_commits_count”",
    "line 18: the example has no “}”: ended here",
  ]);
});

test("an example that cannot be read is an error, not one fewer", () => {
  expect(() => documents({ "1.txt": whole.replace('"total_commits_count"', "total") })).toThrow("no JSON begins here");
  expect(() => documents({ "1.txt": 'X-AtomGit-Event: Push Hook\n\n"a": 1,\nwords\n' })).toThrow("line 4");
});
