import { describe, expect } from "vitest";
import { listChanges } from "../../src/store/audit.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { install } from "../../src/store/install.ts";
import { pauseRules } from "../../src/store/pause-rules.ts";
import { listRules } from "../../src/store/rules.ts";
import type { Store } from "../../src/store/store.ts";
import { uninstall } from "../../src/store/uninstall.ts";
import { ensureTeam, findToken, putWorkspace, tokenHolder } from "../../src/store/workspaces.ts";
import { engines, testOn } from "../support/stores.ts";

const reasons = ["Slack: invalid_auth", "Slack: missing_scope"];
const again = { id: "T1", token: "xoxb-again", installer: "U1" };

/** A rule for each reason, paused for it. */
async function fill(store: Store, workspace: string, ...paused: (string | undefined)[]) {
  for (const [at, reason] of paused.entries()) {
    await addRule(store, workspace, "command", { channel: `C${at}`, words: "** push" });
    if (reason !== undefined) await pauseRules(store, workspace, { channel: `C${at}` }, reason);
  }
}
const paused = async (store: Store, workspace: string) =>
  Object.fromEntries((await listRules(store, workspace)).map(({ channel, paused }) => [channel, paused]));

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("the first install is on record", async ({ store }) => {
    expect(await install(store, again, reasons)).toBe(0);
    expect(await findToken(store, "T1")).toBe("xoxb-again");
    const changes = await listChanges(store, "T1", { limit: 9 });
    expect(changes.map(({ actor, action, object }) => [actor, action, object])).toEqual([["U1", "install", "T1"]]);
  });

  test("a new token lets go on what a token had paused, and nothing else", async ({ store }) => {
    for (const id of ["T1", "T2"]) {
      await putWorkspace(store, { id, token: "xoxb-1" });
      await fill(store, id, "Slack: invalid_auth", "by hand", undefined);
    }
    expect(await install(store, again, reasons)).toBe(0);
    expect(await paused(store, "T1")).toEqual({ C0: undefined, C1: "by hand", C2: undefined });
    expect(await paused(store, "T2")).toMatchObject({ C0: "Slack: invalid_auth" });
    const changes = await listChanges(store, "T1", { limit: 2 });
    expect(changes.map(({ action }) => action)).toEqual(["resume", "install"]);
  });

  test("after an uninstall all rules wait for a person, and are counted", async ({ store }) => {
    await putWorkspace(store, { id: "T1", token: "xoxb-1" });
    await fill(store, "T1", "Slack: invalid_auth", undefined);
    await uninstall(store, "T1", "Belfry was uninstalled");
    expect(await install(store, again, reasons)).toBe(2);
    expect(await paused(store, "T1")).toEqual({ C0: "Slack: invalid_auth", C1: "Belfry was uninstalled" });
  });

  test("an organization's concerns its teams, but not those with a token of their own", async ({ store }) => {
    await putWorkspace(store, { id: "E1", token: "xoxb-org" });
    await putWorkspace(store, { id: "T2", token: "xoxb-own" });
    for (const team of ["T1", "T2"]) {
      await ensureTeam(store, team, "E1");
      await fill(store, team, "Slack: missing_scope");
    }
    expect([await tokenHolder(store, "T1"), await tokenHolder(store, "T2")]).toEqual(["E1", "T2"]);
    await install(store, { id: "E1", token: "xoxb-new" }, reasons);
    expect(await paused(store, "T1")).toEqual({ C0: undefined });
    expect(await paused(store, "T2")).toEqual({ C0: "Slack: missing_scope" });
    await uninstall(store, "E1", "Belfry was uninstalled");
    expect(await tokenHolder(store, "T1")).toBeUndefined();
    expect(await install(store, { id: "E1", token: "xoxb-new" }, reasons)).toBe(1);
  });
});
