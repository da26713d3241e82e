import { join } from "node:path";
import { expect } from "vitest";
import { loadTemplates } from "../../src/templates/load.ts";
import { testOn } from "../support/stores.ts";
import { busyDay, dayBegan } from "./busy-day.ts";
import { sumOf, tellDay } from "./run-day.ts";
import { openStage } from "./stage.ts";

/** A short version of what `scripts/busy-day.ts` prints. */

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));
const steps = busyDay({ seed: 1, deliveries: 250, hours: 2 });

testOn("sqlite")("a busy morning under the default rules", async ({ store }) => {
  const stage = await openStage({ store, templates, start: dayBegan - 1_000 });
  try {
    const { scene, heard } = await tellDay(stage, steps);
    const { events, onePerEvent, posts, replies } = sumOf([...heard.values()].flatMap((one) => [...one.values()]));
    expect(events).toBe(steps.length);
    expect(posts).toBeGreaterThan(10);
    expect(posts).toBeLessThan(onePerEvent);
    expect(posts + replies).toBeLessThan(events / 3);

    const edits = scene.calls().filter(({ method }) => method === "chat.update");
    for (const of of Object.values(Object.groupBy(edits, ({ args }) => String(args["ts"])))) {
      const times = (of ?? []).map(({ at }) => at);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(Math.min(Number.POSITIVE_INFINITY, ...gaps)).toBeGreaterThanOrEqual(7_000);
    }
    expect(scene.calls().filter(({ result }) => result !== "ok")).toEqual([]);
    const states = await store.db.selectFrom("messages").select("state").distinct().execute();
    expect(states).toEqual([{ state: "sent" }]);
    expect(stage.errors()).toEqual([]);
  } finally {
    await stage.close();
  }
});
