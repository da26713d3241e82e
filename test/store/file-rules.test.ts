import { afterEach, expect, test } from "vitest";
import { type NewRule, pauseRule } from "../../src/store/change-rules.ts";
import { syncFileRules } from "../../src/store/file-rules.ts";
import { listRules, rulesNaming } from "../../src/store/rules.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryFolder } from "../support/belfry.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Stores the rules of a file, `#channel words` a line, and tells how its rules are then. */
async function prepare() {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const store = await openStore({ data: folder });
  cleanups.push(() => store.close());
  const toRule = (line: string): NewRule => {
    const [channel = "", ...words] = line.split(" ");
    return { channel, words: words.join(" ") };
  };
  const sync = async (...lines: string[]) => {
    await syncFileRules(store, "acme", lines.map(toRule));
    const rules = await listRules(store, "acme");
    return rules.map(({ id, createdAt, channel, words, paused }) => ({
      id,
      createdAt,
      line: `${channel} ${words}`,
      paused,
    }));
  };
  const naming = async (path: string) =>
    (await rulesNaming(store, "acme", { path, name: path })).map(({ words }) => words).sort();
  return { store, sync, naming };
}

const removed = "removed from rules.yml";

test("a line that is edited keeps its rule, its age and its place, and is found by its new projects", async () => {
  const { sync, naming } = await prepare();
  const before = await sync("#api acme/a push", "#ops acme/a push");
  const after = await sync("#api acme/b acme/c push", "#ops acme/a push");
  expect(after).toEqual([{ ...before[0], line: "#api acme/b acme/c push" }, before[1]]);
  expect(await naming("acme/a")).toEqual(["acme/a push"]);
  expect(await naming("acme/b")).toEqual(["acme/b acme/c push"]);
  expect(await naming("acme/c")).toEqual(["acme/b acme/c push"]);
});

test("several edited lines of a channel keep their rules in the order of the file", async () => {
  const { sync } = await prepare();
  const before = await sync("#api acme/a push", "#api acme/b push", "#ops acme/a push", "#api acme/c push");
  expect(before.map(({ line }) => line)).toEqual([
    "#api acme/a push",
    "#api acme/b push",
    "#ops acme/a push",
    "#api acme/c push",
  ]);
  const after = await sync("#api acme/a pipeline", "#api acme/b push", "#api acme/c pipeline", "#api acme/d push");
  expect(after).toMatchObject([
    { id: before[0]?.id, line: "#api acme/a pipeline", paused: undefined },
    { id: before[1]?.id, line: "#api acme/b push", paused: undefined },
    { id: before[2]?.id, line: "#ops acme/a push", paused: removed },
    { id: before[3]?.id, line: "#api acme/c pipeline", paused: undefined },
    { line: "#api acme/d push", paused: undefined },
  ]);
});

test("a line of another channel, or one that went away before, is another rule", async () => {
  const { sync } = await prepare();
  const [first] = await sync("#api acme/a push");
  expect(await sync("#ops acme/a push")).toMatchObject([
    { id: first?.id, line: "#api acme/a push", paused: removed },
    { line: "#ops acme/a push", paused: undefined },
  ]);
  const later = await sync("#ops acme/a push", "#api acme/b push");
  expect(later.find(({ id }) => id === first?.id)).toEqual({ ...first, paused: removed });
  expect(later).toHaveLength(3);
});

test("a paused rule stays paused when its line is edited", async () => {
  const { store, sync } = await prepare();
  const [rule] = await sync("#api acme/a push");
  await pauseRule(store, "acme", rule?.id ?? "", "by hand");
  expect(await sync("#api acme/b push")).toEqual([{ ...rule, line: "#api acme/b push", paused: "by hand" }]);
});
