import { describe, expect } from "vitest";
import { listChanges } from "../../src/store/audit.ts";
import { addRule } from "../../src/store/change-rules.ts";
import { namesOfOne, noteChannel } from "../../src/store/channels.ts";
import { moveChannel } from "../../src/store/move-channel.ts";
import { addMute, listMutes } from "../../src/store/mutes.ts";
import { findUntold } from "../../src/store/pause-rules.ts";
import { listRules } from "../../src/store/rules.ts";
import type { Store } from "../../src/store/store.ts";
import { engines, testOn } from "../support/stores.ts";

const ada = { actor: "U1ADA" };
const reason = "the channel is shared";
const old = { from: "G0OLD", to: "C0NEW" };

const rules = async (store: Store, workspace: string) =>
  (await listRules(store, workspace))
    .map(({ channel, words, paused }) => `${channel} ${words}${paused === undefined ? "" : `: ${paused}`}`)
    .toSorted();

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);
  test.beforeEach(async ({ store }) => {
    for (const workspace of ["T1", "T2"]) {
      for (const channel of ["G0OLD", "C0OTHER", "#secret"])
        await addRule(store, workspace, "command", { channel, words: "a/b push" }, ada);
      await addRule(store, workspace, "file", { channel: "G0OLD", words: "a/c push" });
      await noteChannel(store, workspace, "#secret", "G0OLD");
      await addMute(store, workspace, { channel: "G0OLD", words: "pipeline", until: undefined }, ada);
    }
  });

  test("rules and mutes go over to the new id, and all rules of the channel are paused", async ({ store }) => {
    const before = await rules(store, "T2");
    expect(await moveChannel(store, "T1", old, reason)).toBe(3);
    expect(await rules(store, "T1")).toEqual([
      `#secret a/b push: ${reason}`,
      `C0NEW a/b push: ${reason}`,
      "C0OTHER a/b push",
      `G0OLD a/c push: ${reason}`,
    ]);
    expect((await listMutes(store, "T1", ["C0NEW"])).length).toBe(1);
    expect((await listMutes(store, "T1", ["G0OLD"])).length).toBe(0);
    expect((await namesOfOne(store.db, "T1", "C0NEW")).toSorted()).toEqual(["#secret", "C0NEW"]);
    expect((await findUntold(store)).map(({ workspace, channel }) => `${workspace} ${channel}`).toSorted()).toEqual([
      "T1 #secret",
      "T1 C0NEW",
      "T1 G0OLD",
    ]);
    expect(await rules(store, "T2")).toEqual(before);
    expect((await listMutes(store, "T2", ["G0OLD"])).length).toBe(1);
  });

  test("the audit tells of each, once", async ({ store }) => {
    await moveChannel(store, "T1", old, reason);
    expect(await moveChannel(store, "T1", old, reason)).toBe(0);
    const moves = (await listChanges(store, "T1", { limit: 50 })).filter(({ action }) => action === "move");
    expect(moves).toEqual(
      Array(2).fill(expect.objectContaining({ actor: "Slack", channel: "C0NEW", words: "G0OLD → C0NEW" })),
    );
  });

  test("a rule that somebody paused keeps its reason", async ({ store }) => {
    await store.db.updateTable("rules").set({ paused: "by hand" }).where("workspace_id", "=", "T1").execute();
    expect(await moveChannel(store, "T1", old, reason)).toBe(0);
    expect(await rules(store, "T1")).toContain("C0NEW a/b push: by hand");
  });
});
