import { join } from "node:path";
import { describe, expect } from "vitest";
import { loadTemplates } from "../../src/templates/load.ts";
import { engines, testOn } from "../support/stores.ts";
import { mergeRequestOf } from "./payloads/merge-request.ts";
import { bo } from "./payloads/people.ts";
import { commitOf, projectOf } from "./payloads/project.ts";
import { clockOf } from "./payloads/step.ts";
import { openStage } from "./stage.ts";
import { numbersOf, textOf } from "./transcript.ts";

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));
const began = clockOf("2026-03-02")("09:00");
const project = projectOf("platform/api");

/** A merge request whose title changes a hundred times within a minute. */
function steps() {
  const commit = commitOf(project, "Add the table", bo, began);
  const mr = mergeRequestOf({ iid: 12, project, author: bo, title: "Title 0", branch: "feature/vat", commit });
  const open = mr.open(began);
  return [
    open,
    ...Array.from({ length: 100 }, (_, index) => mr.rename(began + (index + 1) * 590, bo, `Title ${index + 1}`)),
  ];
}

describe.each(engines)("%s: a hundred states of one card within a minute", (engine) => {
  testOn(engine)("are at most ten updates, and the last state is shown", async ({ store }) => {
    const stage = await openStage({ store, templates, start: began - 1_000 });
    try {
      const scene = await stage.scene({ api: ["platform/api merge_request:open"] });
      for (const step of steps()) {
        await stage.advance(step.at);
        await scene.deliver([step]);
      }
      await stage.advance(began + 60_000);
      const updates = scene.calls().filter(({ method }) => method === "chat.update");
      expect(updates.length).toBeLessThanOrEqual(10);
      expect(updates.length).toBeGreaterThan(5);
      await stage.finish();
      const messages = stage.slack.messages(scene.channels["api"] ?? "");
      expect(messages.map(textOf)).toEqual([expect.stringContaining("!12 Title 100")]);
      const times = scene.calls().map(({ at }) => at);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(7_000);
      expect(stage.errors()).toEqual([]);
    } finally {
      await stage.close();
    }
  });

  testOn(engine)("that come at once are one post of the last", async ({ store }) => {
    const stage = await openStage({ store, templates, start: began - 1_000 });
    try {
      const scene = await stage.scene({ api: ["platform/api merge_request:open"] });
      await scene.deliver(steps());
      await stage.finish();
      const { posts, replies, edits } = numbersOf(scene.calls());
      expect({ posts, replies }).toEqual({ posts: 1, replies: 0 });
      expect(edits).toBeLessThanOrEqual(1);
      const messages = stage.slack.messages(scene.channels["api"] ?? "");
      expect(messages.map(textOf)).toEqual([expect.stringContaining("!12 Title 100")]);
    } finally {
      await stage.close();
    }
  });
});
