import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pushesView } from "../src/cards/burst.ts";
import { forges } from "../src/forges/index.ts";
import type { Log } from "../src/log.ts";
import { noMetrics } from "../src/operation/metrics.ts";
import { readPending } from "../src/read/reader.ts";
import { addDeliveries } from "../src/store/add-deliveries.ts";
import { addRule } from "../src/store/change-rules.ts";
import { listDeliveries, replayDelivery } from "../src/store/deliveries.ts";
import { addHook } from "../src/store/hooks.ts";
import { listMessages } from "../src/store/messages.ts";
import { findObjects } from "../src/store/objects.ts";
import type { Store } from "../src/store/store.ts";
import { addWorker } from "../src/store/workers.ts";
import { createKeyed } from "../src/work/keyed.ts";
import { fixtures } from "./support/fixtures.ts";
import { gitlabHook } from "./support/hook.ts";
import { engines, newStorePlace, type StorePlace } from "./support/stores.ts";

/** GitLab's own payloads through two hooks of a workspace, as the hooks of a group and of its project get them. */

const workspace = "acme";
const all = new Map(fixtures("gitlab").map((fixture) => [fixture.name, fixture]));

describe.each(engines)("%s", (engine) => {
  let place: StorePlace;
  let store: Store;
  let hooks: string[];
  let keys = 0;
  beforeEach(async () => {
    place = await newStorePlace(engine);
    store = await place.open();
    await addRule(store, workspace, "command", {
      ...{ channel: "#api", words: "** merge_request:open,close pipeline push tag_push feature_flag note" },
    });
    const add = (name: string) => addHook(store, gitlabHook(workspace, name, "s"));
    hooks = [(await add("group")).id, (await add("project")).id];
  });
  afterEach(() => place.remove());

  /** Sends through the hooks, one after the other, and reads. @returns states in the order of arrival */
  async function send(
    name: string,
    { through = [0, 1], change = (text: string) => text, key = () => `id ${keys++}` } = {},
  ) {
    const { header, json } = all.get(name) ?? { header: "", json: "" };
    for (const at of through) {
      await addDeliveries(store, [
        {
          ...{ workspace, hook: hooks[at] ?? "", forge: "gitlab", brand: undefined, key: key() },
          headers: { "x-gitlab-event": header },
          body: Buffer.from(change(json)),
        },
      ]);
    }
    await read();
    return (await listDeliveries(store, { workspace, limit: through.length })).reverse().map(({ state }) => state);
  }

  async function read(): Promise<void> {
    const worker = await addWorker(store);
    const failed: unknown[] = [];
    const keyed = createKeyed({ most: 8, onDone: () => {}, onError: (error) => void failed.push(error) });
    const none = () => {};
    const metrics = noMetrics;
    const log = { debug: none, info: none, warn: none, error: none } as Log;
    const parseLarge = async () => ({ state: "ignored" as const, reason: "large" });
    await readPending({ store, worker: () => worker, forges, parseLarge, onMessages: none, log, metrics }, keyed);
    await keyed.settle();
    expect(failed).toEqual([]);
  }

  const messages = async () => (await listMessages(store, { workspace, limit: 99 })).length;

  test.each(["merge_request_hook__open", "pipeline_hook__failed", "push_hook__one_commit", "tag_push_hook__delete"])(
    "%s through two hooks makes one message",
    async (name) => {
      expect((await send(name)).sort()).toEqual(["duplicate", "event"]);
      expect(await messages()).toBe(1);
      const [copy] = await listDeliveries(store, { workspace, state: "duplicate", limit: 9 });
      const [first] = await listDeliveries(store, { workspace, state: "event", limit: 9 });
      expect(copy).toMatchObject({ duplicate_of: first?.id, kind: first?.kind, action: first?.action });
      expect(copy?.project).toBe(first?.project);
      expect(copy?.reason).toMatch(/^the same event came through hook “(group|project)”$/);
    },
  );

  test("a retried pipeline that fails again is told again, once", async () => {
    await send("pipeline_hook__failed");
    const times = (json: string) =>
      json.replaceAll('"finished_at": "', '"finished_at": "2031-01-01 00:00:00 UTC", "was": "');
    expect((await send("pipeline_hook__failed", { change: times })).sort()).toEqual(["duplicate", "event"]);
    expect(await messages()).toBe(2);
  });

  test("a push there, back and there again is told as three pushes, in one message", async () => {
    const back = (json: string) => {
      const payload = JSON.parse(json) as { before: string; after: string };
      return JSON.stringify({ ...payload, before: payload.after, after: payload.before });
    };
    await send("push_hook__one_commit");
    await send("push_hook__one_commit", { change: back });
    expect((await send("push_hook__one_commit")).sort()).toEqual(["duplicate", "event"]);
    expect(await messages()).toBe(1);
    const { project, object, episode } = await store.db.selectFrom("cards").selectAll().executeTakeFirstOrThrow();
    const [known] = await findObjects(store, workspace, [{ project, object }]);
    expect(pushesView(known?.facts ?? {}, episode)).toMatchObject({ action: "several", pushes: 3 });
  });

  test("a flag, which says nothing of when, is told by each hook", async () => {
    expect(await send("feature_flag_hook__on")).toEqual(["event", "event"]);
    expect(await messages()).toBe(2);
  });

  test("a replay is told again", async () => {
    await send("merge_request_hook__open");
    const [first] = await listDeliveries(store, { workspace, state: "event", limit: 9 });
    expect(await replayDelivery(store, workspace, first?.id ?? "")).toBe(true);
    await read();
    expect((await listMessages(store, { workspace, limit: 9 })).map(({ state }) => state)).toEqual([
      "pending",
      "suppressed",
    ]);
  });
});
