import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Forge } from "../src/forges/forge.ts";
import type { Log } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { readPending } from "../src/read/reader.ts";
import { addDeliveries } from "../src/store/add-deliveries.ts";
import { addRule } from "../src/store/change-rules.ts";
import { noteChannel } from "../src/store/channels.ts";
import { findDelivery, replayDelivery } from "../src/store/deliveries.ts";
import { listMessages } from "../src/store/messages.ts";
import { addMute, type NewMute, removeMute } from "../src/store/mutes.ts";
import type { Store } from "../src/store/store.ts";
import { addWorker } from "../src/store/workers.ts";
import { createKeyed } from "../src/work/keyed.ts";
import { push } from "./rules/events.ts";
import { engines, newStorePlace, type StorePlace } from "./support/stores.ts";

/** What a channel muted, and channels that rules know by two names. */

const workspace = "acme";
const ada = { actor: "U1" };

/** Bodies are branches of pushes. */
const plain: Forge = {
  ...{ name: "plain", title: "Plain", schemes: [], eventHeaders: () => [], tokenHeaders: () => [] },
  signatureHeaders: () => [],
  parse: ({ body }) => ({ state: "event", event: push({ branch: body.toString() }) }),
};

describe.each(engines)("on %s:", (engine) => {
  let place: StorePlace;
  let store: Store;
  let worker: string;
  let keys = 0;
  beforeEach(async () => {
    place = await newStorePlace(engine);
    store = await place.open();
    worker = await addWorker(store);
  });
  afterEach(() => place.remove());

  async function read() {
    const failed: unknown[] = [];
    const silent = () => {};
    const log = { debug: silent, info: silent, warn: silent, error: (...given: unknown[]) => failed.push(given) };
    const reader = {
      ...{ store, worker: () => worker, forges: { plain }, onMessages: silent, metrics: noMetrics },
      ...{ log: log as Log, parseLarge: async () => ({ state: "ignored" as const, reason: "" }) },
    };
    const hooks = createKeyed({ most: 8, onDone: silent, onError: (error) => void failed.push(error) });
    await readPending(reader, hooks);
    await hooks.settle();
    expect(failed).toEqual([]);
  }

  async function send(...branches: string[]): Promise<string> {
    const delivery = { workspace, hook: "h", forge: "plain", brand: undefined, headers: {} };
    let id = "";
    for (const branch of branches) {
      const [stored] = await addDeliveries(store, [{ ...delivery, key: `k${keys++}`, body: Buffer.from(branch) }]);
      id = stored?.id ?? "";
      await read();
    }
    return id;
  }

  const add = (words: string, channel: string) => addRule(store, workspace, "command", { channel, words });
  const mute = (words: string, more: Partial<NewMute> = {}) =>
    addMute(store, workspace, { channel: "C1", words, until: undefined, ...more }, ada);
  const messages = async () =>
    (await listMessages(store, { workspace, limit: 99 })).reverse().map(({ channel, rule_id }) => [channel, rule_id]);
  const decisions = async (id: string) => {
    const row = await findDelivery(store, workspace, id);
    const { rules } = JSON.parse(row?.decisions ?? "") as { rules: { channel: string; reason: string }[] };
    return Object.fromEntries(rules.map(({ channel, reason }) => [channel, reason]));
  };

  describe("what a channel muted", () => {
    test("is not posted there, with the reason, and is posted elsewhere", async () => {
      await add("** push", "C1");
      const { id } = await add("** push", "C2");
      const until = new Date(Date.now() + 60_000).toISOString();
      await mute("platform/** push", { until });
      const delivery = await send("main");
      expect(await messages()).toEqual([["C2", id]]);
      expect(await decisions(delivery)).toEqual({ C1: `muted until ${until}`, C2: "posts" });
    });

    test("is posted again when the mute ended or was taken away, also by a replay", async () => {
      const { id } = await add("** push", "C1");
      await mute("push", { until: new Date(Date.now() - 1).toISOString() });
      const muted = await mute("push");
      const delivery = await send("main");
      expect(await messages()).toEqual([]);
      expect(await findDelivery(store, workspace, delivery)).toMatchObject({
        reason: "no rule posts it",
      });
      await removeMute(store, workspace, muted, ada);
      await replayDelivery(store, workspace, delivery);
      await read();
      expect(await messages()).toEqual([["C1", id]]);
    });

    test("is also what rules would post that know the channel by its name", async () => {
      await add("** push", "#api");
      await add("** push", "#ops");
      await mute("push", { channelName: "api" });
      await mute("push", { channel: "C2" });
      expect(await decisions(await send("main"))).toEqual({ "#api": "muted", "#ops": "posts" });
      await noteChannel(store, workspace, "#ops", "C2");
      expect(await decisions(await send("main"))).toEqual({ "#api": "muted", "#ops": "muted" });
    });

    test("is asked for only where something would be posted", async () => {
      await add("** issue", "C1");
      await sql`drop table mutes`.execute(store.db);
      expect(await decisions(await send("main"))).toEqual({ C1: "kind push:update is not among issue" });
    });
  });

  describe("a channel with two names", () => {
    test("gets an event once, from the more specific of the rules", async () => {
      await add("** push", "#api");
      const { id } = await add("platform/* push", "C1");
      await noteChannel(store, workspace, "#api", "C1");
      const delivery = await send("main");
      expect(await messages()).toEqual([["C1", id]]);
      expect(await decisions(delivery)).toEqual({ "#api": `rule ${id} is more specific`, C1: "posts" });
    });

    test("gets a hook's events in their order, whichever rule posts them", async () => {
      const named = await add("** push branch:a*", "#api");
      const known = await add("** push branch:b*", "C1");
      await noteChannel(store, workspace, "#api", "C1");
      await send("a1", "b1", "a2", "b2");
      expect(await messages()).toEqual([
        ["#api", named.id],
        ["#api", known.id],
        ["#api", named.id],
        ["#api", known.id],
      ]);
    });
  });
});
