import { describe, expect } from "vitest";
import { listChanges } from "../../src/store/audit.ts";
import { addMute, listMutes, removeMute } from "../../src/store/mutes.ts";
import type { Store } from "../../src/store/store.ts";
import { engines, testOn } from "../support/stores.ts";

const workspace = "T1";
const ada = { actor: "U1", channel: "C1" };
const later = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

const listed = async (store: Store, ...channels: string[]) =>
  (await listMutes(store, workspace, channels)).map(({ words }) => words);

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("a mute is found by the id of its channel and by its name, until it ends", async ({ store }) => {
    const until = later(60_000);
    const made = await addMute(
      ...[store, workspace, { channel: "C1", channelName: "api", words: "platform/** push", until }, ada],
    );
    expect(made).toMatchObject({ channel: "C1", channelName: "api", until, createdBy: "U1" });
    await addMute(store, workspace, { channel: "C1", words: "pipeline", until: undefined }, ada);
    await addMute(store, workspace, { channel: "C1", words: "issue", until: later(-1) }, ada);
    await addMute(store, workspace, { channel: "C2", words: "note", until: undefined }, ada);
    expect((await listed(store, "C1")).toSorted()).toEqual(["pipeline", "platform/** push"]);
    expect(await listed(store, "#api")).toEqual(["platform/** push"]);
    expect(await listed(store, "#api", "C2")).toEqual(["platform/** push", "note"]);
    expect(await listed(store, "#C1", "api", "C3")).toEqual([]);
    expect(await listed(store)).toEqual([]);
    const [found] = await listMutes(store, workspace, ["#api"]);
    expect(found).toEqual(made);
    expect(found?.grammar).toMatchObject({ projects: [{ pattern: "platform/**" }], kinds: [{ kind: "push" }] });
  });

  test("it is ended in its channel only, once, and both are written down", async ({ place, store }) => {
    const { id } = await addMute(store, workspace, { channel: "C1", words: "push", until: undefined }, ada);
    expect(await removeMute(store, workspace, { channel: "C2", id }, ada)).toBe(false);
    const other = await place.another();
    const ended = await Promise.all(
      [store, other].map((one) => removeMute(one, workspace, { channel: "C1", id }, ada)),
    );
    expect(ended.toSorted()).toEqual([false, true]);
    expect(await listed(store, "C1")).toEqual([]);
    expect(await listChanges(store, workspace, { object: id, limit: 9 })).toMatchObject([
      { actor: "U1", action: "unmute", channel: "C1", words: "push" },
      { actor: "U1", action: "mute", channel: "C1", words: "push" },
    ]);
  });

  test("one whose words are not known any more is still listed", async ({ store }) => {
    await addMute(store, workspace, { channel: "C1", words: "brand_new_kind", until: undefined }, ada);
    expect(await listMutes(store, workspace, ["C1"])).toMatchObject([{ words: "brand_new_kind", grammar: undefined }]);
  });
});
