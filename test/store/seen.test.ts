import { describe, expect } from "vitest";
import { parseRule } from "../../src/rules/parse.ts";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { listDeliveries } from "../../src/store/deliveries.ts";
import { addHook } from "../../src/store/hooks.ts";
import { hookActivity, lastSeen } from "../../src/store/seen.ts";
import type { Store } from "../../src/store/store.ts";
import { gitlabHook } from "../support/hook.ts";
import { watchQueries } from "../support/plans.ts";
import { engines, testOn } from "../support/stores.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 0, minute)).toISOString();

/** Deliveries of these projects, one a minute; without a project: not read yet. */
async function deliver(store: Store, workspace: string, hook: string, projects: readonly (string | undefined)[]) {
  const rows = await addDeliveries(
    store,
    projects.map((_, minute) => ({
      ...{ workspace, hook, forge: "gitlab", brand: undefined, key: crypto.randomUUID(), headers: {} },
      body: Buffer.from("{}"),
      received: { id: crypto.randomUUID(), at: at(minute) },
    })),
  );
  for (const [index, project] of projects.entries()) {
    if (project === undefined) continue;
    const change = store.db.updateTable("deliveries").set({ project, state: "event" });
    await change.where("id", "=", rows[index]?.id ?? "").execute();
  }
}

const seen = async (store: Store, words: string, workspace = "T1") => {
  const parsed = parseRule(words);
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  const found = await lastSeen(store, workspace, parsed.rule);
  return found && `${found.project} ${found.receivedAt.slice(14, 16)}`;
};

/** One of T1 for each minute up to 8, and twenty of T2. */
async function deliverSome(store: Store) {
  await deliver(store, "T1", "h", [
    ...["platform/api", "Platform/Web", "platform/api", "other/api", "platform/deep/er", "platform-x/api"],
    ...["platform", "a.b/c"],
    undefined,
  ]);
  await deliver(store, "T2", "h", Array(20).fill("platform/api"));
}

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("the newest delivery of the projects that a rule names, and of no other", async ({ store }) => {
    await deliverSome(store);
    const expected: Record<string, string | undefined> = {
      "platform/api": "platform/api 02",
      "PLATFORM/WEB": "Platform/Web 01",
      "platform/*": "platform/api 02",
      "platform/**": "platform/deep/er 04",
      "platform/w*": "Platform/Web 01",
      "platform/** -platform/deep/**": "platform/api 02",
      "*/api": "platform-x/api 05",
      "** -platform-x/* -a.b/*": "platform 06",
      "**": "a.b/c 07",
      "other/api platform/web": "other/api 03",
      "platform/api platform/api*": "platform/api 02",
      "gitlab.acme.io/platform/api": "platform/api 02",
      "gitlab.acme.io/platform/*": "platform/api 02",
      "gitlab.acme.io:8443/other/api": "other/api 03",
      "a.b/c": "a.b/c 07",
      "platform/none": undefined,
      "none/**": undefined,
      "api/platform": undefined,
    };
    const found = await Promise.all(Object.keys(expected).map(async (words) => [words, await seen(store, words)]));
    expect(Object.fromEntries(found)).toEqual(expected);
    expect(await seen(store, "**", "T3")).toBeUndefined();
  });

  test("a list of a project's deliveries takes it in either case", async ({ store }) => {
    await deliverSome(store);
    const rows = await listDeliveries(store, { workspace: "T1", project: "platform/WEB", limit: 9 });
    expect(rows.map(({ project }) => project)).toEqual(["Platform/Web"]);
  });

  test("of more than a thousand projects the first thousand are looked at, with a row for each", async ({ store }) => {
    const projects = Array.from({ length: 1_100 }, (_, index) => `big/p${String(index).padStart(4, "0")}`);
    await deliver(store, "T4", "h", projects);
    await deliver(store, "T4", "h", projects.slice(0, 50));
    const { watched, rows } = watchQueries(store);
    const parsed = parseRule("big/**");
    if ("problem" in parsed) throw new Error(parsed.problem.message);
    expect(await lastSeen(watched, "T4", parsed.rule)).toMatchObject({ project: "big/p0049" });
    expect(rows()).toEqual([1_000, 1]);
  });

  test("the last delivery of each hook", async ({ store }) => {
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => addHook(store, gitlabHook("T5", name, "s"))));
    const other = await addHook(store, gitlabHook("T6", "a", "s"));
    if (!a || !b || !c) throw new Error("three hooks");
    await deliver(store, "T5", a.id, ["x/y", "x/y", undefined]);
    await deliver(store, "T5", b.id, ["x/y"]);
    await deliver(store, "T6", other.id, ["x/y"]);
    expect(Object.fromEntries(await hookActivity(store, "T5"))).toEqual({
      [a.id]: { receivedAt: at(2), state: "pending" },
      [b.id]: { receivedAt: at(0), state: "event" },
    });
    expect(await hookActivity(store, "T7")).toEqual(new Map());
  });
});
