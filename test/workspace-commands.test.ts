import { afterEach, describe, expect, test } from "vitest";
import { addRule, pauseRule } from "../src/store/change-rules.ts";
import { addHook } from "../src/store/hooks.ts";
import { openStore } from "../src/store/store.ts";
import { uninstall } from "../src/store/uninstall.ts";
import { ensureTeam, putWorkspace } from "../src/store/workspaces.ts";
import { createBench } from "./support/commands.ts";
import { gitlabHook } from "./support/hook.ts";

/** Commands on a store whose workspaces installed the app themselves. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function prepare(...ids: string[]) {
  const bench = createBench();
  cleanups.push(bench.remove);
  const store = await openStore({ data: bench.env["BELFRY_DATA"] ?? "" });
  cleanups.push(store.close);
  for (const id of ids) {
    await putWorkspace(store, { id, token: `xoxb-${id}`, name: `Name of ${id}` });
    await addHook(store, gitlabHook(id, `of-${id.toLowerCase()}`, "s3cret"), { actor: "U1" });
  }
  const names = async (...args: string[]) => (await bench.json("hook", "list", ...args)).map(({ name }) => name);
  return { bench, store, names };
}

describe("without --workspace", () => {
  test("commands are about the only workspace that installed the app", async () => {
    const { bench, names } = await prepare("T1");
    expect(await names()).toEqual(["of-t1"]);
    await bench.run("hook", "add", "--name", "new");
    expect(await names("--workspace", "T1")).toEqual(["of-t1", "new"]);
    expect(await names("--workspace", "preview")).toEqual([]);
  });

  test("and where several did, they say which", async () => {
    const { bench } = await prepare("T1", "T2");
    for (const args of [
      ["hook", "list"],
      ["hook", "add", "--name", "x"],
    ]) {
      expect(await bench.run(...args)).toMatchObject({
        code: 1,
        err: expect.stringContaining("Choose one with --workspace: preview, slack, T1 (Name of T1), T2 (Name of T2)."),
      });
    }
  });

  test("an organization counts through its teams, and what was uninstalled does not", async () => {
    const { store, names } = await prepare("E1", "T2");
    await ensureTeam(store, "T1", "E1");
    await addHook(store, gitlabHook("T1", "of-team", "s3cret"));
    await uninstall(store, "T2", "uninstalled");
    expect(await names()).toEqual(["of-team"]);
    expect(await names("--workspace", "T2")).toEqual(["of-t2"]);
    expect(await names("--workspace", "E1")).toEqual(["of-e1"]);
  });

  test("the workspace of SLACK_BOT_TOKEN comes first, from its first use on", async () => {
    const { bench, names } = await prepare("T1");
    await bench.run("hook", "add", "--name", "ours", "--workspace", "slack");
    expect(await names()).toEqual(["ours"]);
  });
});

test("an unknown workspace is said to be unknown, with those that there are", async () => {
  const { bench } = await prepare("T1");
  const { code, err } = await bench.run("rules", "list", "--workspace", "T9");
  expect([code, err.trim()]).toEqual([1, "There is no workspace “T9”. There are: preview, slack, T1 (Name of T1)."]);
});

test("rules, deliveries and messages are those of the workspace that is named", async () => {
  const { bench, store } = await prepare("T1", "T2");
  const { id } = await addRule(store, "T1", "command", { channel: "C1", words: "** push" }, { actor: "U1" });
  const of = (...args: string[]) => bench.run(...args, "--workspace", "T1");
  expect((await of("rules", "pause", id)).out).toContain("Paused: C1  ** push");
  expect(await bench.json("rules", "list", "--workspace", "T1")).toMatchObject([{ id, paused: "by hand" }]);
  expect(await bench.run("rules", "resume", id, "--workspace", "T2")).toMatchObject({
    ...{ code: 1, err: expect.stringContaining(`There is no rule “${id}”`) },
  });
  for (const list of ["deliveries", "messages"]) {
    expect(await bench.json(list, "list", "--workspace", "T1")).toEqual([]);
  }
});

test("audit list tells when, who and what, the newest first", async () => {
  const { bench, store } = await prepare("T1");
  const ada = { actor: "U1", channel: "C1" };
  const { id } = await addRule(store, "T1", "command", { channel: "C1", words: "** push" }, ada);
  await pauseRule(store, "T1", id, "by hand");
  const { out } = await bench.run("audit", "list");
  const [head, ...lines] = out.trim().split("\n");
  expect(head).toMatch(/^WHEN +WHO +WHAT +CHANNEL +WORDS$/);
  expect(lines.map((line) => line.replace(/^\S+Z +/, "").replace(/ {2,}/g, " | "))).toEqual([
    `terminal | pause ${id} | by hand`,
    `U1 | subscribe ${id} | C1 | ** push`,
    "U1 | connect of-t1",
  ]);
  expect(await bench.json("audit", "list", "--of", id, "--limit", "1")).toEqual([
    { at: expect.any(String), actor: "terminal", action: "pause", object: id, channel: null, words: "by hand" },
  ]);
  expect((await bench.run("audit", "list", "--workspace", "preview")).out.trim()).toBe("Nothing was changed yet.");
});
