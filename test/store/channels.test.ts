import { describe, expect } from "vitest";
import { channelIds, inOneLane, namesOf, noteChannel } from "../../src/store/channels.ts";
import { listMessages } from "../../src/store/messages.ts";
import { addMessages } from "../../src/store/open-messages.ts";
import type { Store } from "../../src/store/store.ts";
import { takeMessages } from "../../src/store/take-message.ts";
import { push } from "../rules/events.ts";
import { watchQueries } from "../support/plans.ts";
import { engines, testOn } from "../support/stores.ts";

const workspace = "T1";
const unpaced = { worker: "w", pace: { channel: undefined, posts: undefined }, collectBefore: undefined };

/** Writes a message to each of these channels in one transaction, as the reader does. @returns their lanes */
const write = (one: Store, ...channels: string[]) =>
  one.db.transaction().execute(async (trx) => {
    const messages = channels.map((channel) => ({ workspace, channel, delivery: "d", rule: "r", event: push() }));
    const lanes = await inOneLane(one, trx, workspace, messages);
    await addMessages(one, trx, lanes);
    return lanes.map(({ channel }) => channel);
  });

/** Ends all that waits in a lane. */
const empty = (store: Store, channel: string) =>
  store.db
    .updateTable("messages")
    .set({ state: "sent" })
    .where("channel", "=", channel)
    .where("state", "=", "pending")
    .execute();

describe.each(engines)("on %s:", (engine) => {
  const test = testOn(engine);

  test("that a name and an id are one channel is known from a post, or from who named both", async ({ store }) => {
    expect(await channelIds(store, workspace, ["#api", "C1"])).toEqual(new Map());
    expect(await namesOf(store.db, workspace, ["#api", "C1"])).toEqual(
      new Map([
        ["#api", ["#api"]],
        ["C1", ["C1"]],
      ]),
    );
    await noteChannel(store, workspace, "#api", "C1");
    await noteChannel(store, workspace, "#old", "C1");
    await noteChannel(store, workspace, "#ops", "C2");
    await noteChannel(store, "T2", "#theirs", "C1");
    expect(await channelIds(store, workspace, ["#api", "C1", "#ops", "#theirs"])).toEqual(
      new Map([
        ["#api", "C1"],
        ["#ops", "C2"],
      ]),
    );
    const names = await namesOf(store.db, workspace, ["#api", "C1", "C2", "#none"]);
    expect(Object.fromEntries([...names].map(([channel, same]) => [channel, same.toSorted()]))).toEqual({
      "#api": ["#api", "#old", "C1"],
      C1: ["#api", "#old", "C1"],
      C2: ["#ops", "C2"],
      "#none": ["#none"],
    });
    await noteChannel(store, workspace, "#api", "C3");
    expect(await channelIds(store, workspace, ["#api"])).toEqual(new Map([["#api", "C3"]]));
  });

  test("channels that nobody has called the same keep their lanes", async ({ store }) => {
    expect(await write(store, "#api", "C1", "#api")).toEqual(["#api", "C1", "#api"]);
    await noteChannel(store, workspace, "#ops", "C2");
    expect(await write(store, "#ops", "C1")).toEqual(["#ops", "C1"]);
    expect(await write(store)).toEqual([]);
  });

  test("what comes to a channel comes behind what waits there, whichever of its names it has", async ({ store }) => {
    await noteChannel(store, workspace, "#api", "C1");
    expect(await write(store, "#api")).toEqual(["#api"]);
    expect(await write(store, "C1", "#other", "C1", "#api")).toEqual(["#api", "#other", "#api", "#api"]);
    await empty(store, "#api");
    expect(await write(store, "C1", "#api")).toEqual(["C1", "C1"]);
    expect(await write(store, "#api")).toEqual(["C1"]);
    await empty(store, "C1");
    expect(await write(store, "#api")).toEqual(["#api"]);
  });

  test("where something waits in both lanes, it comes behind the newest", async ({ store }) => {
    await write(store, "#api");
    await write(store, "C1");
    await noteChannel(store, workspace, "#api", "C1");
    expect(await write(store, "#api")).toEqual(["C1"]);
    await empty(store, "C1");
    expect(await write(store, "C1")).toEqual(["#api"]);
  });

  test("a message under way still counts as waiting", async ({ store }) => {
    await noteChannel(store, workspace, "#api", "C1");
    await write(store, "#api");
    await store.db.updateTable("messages").set({ state: "uncertain" }).execute();
    expect(await write(store, "C1")).toEqual(["#api"]);
  });

  test.runIf(engine === "postgres")(
    "several that write to one channel at once choose one lane",
    async ({ place, store }) => {
      const other = await place.open();
      await noteChannel(store, workspace, "#api", "C1");
      for (let round = 0; round < 10; round++) {
        const lanes = await Promise.all([write(store, "#api"), write(other, "C1"), write(store, "C1")]);
        expect(new Set(lanes.flat()).size).toBe(1);
        await empty(store, lanes[0]?.[0] ?? "");
      }
      expect(await listMessages(store, { workspace, limit: 99 })).toHaveLength(30);
    },
  );

  test.runIf(engine === "sqlite")(
    "names are found through indexes, however many lanes there are",
    async ({ store }) => {
      await noteChannel(store, workspace, "#api", "C1");
      const { watched, plan } = watchQueries(store);
      await namesOf(watched.db, workspace, ["#api", "C1", "C2"]);
      expect(await plan()).toEqual([
        "SEARCH lanes USING INDEX sqlite_autoindex_lanes_1 (workspace_id=? AND channel=?)",
        "SEARCH lanes USING INDEX lanes_named (workspace_id=? AND channel_id=?)",
      ]);
    },
  );

  test("what was noted is still known when the lane has been looked into", async ({ store }) => {
    await noteChannel(store, workspace, "#api", "C1");
    await write(store, "#api");
    const { taken } = await takeMessages(store, { most: 9, without: [] }, unpaced);
    expect(taken).toEqual([]);
    expect(await channelIds(store, workspace, ["#api"])).toEqual(new Map([["#api", "C1"]]));
  });
});
