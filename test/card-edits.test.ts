import { join } from "node:path";
import { describe, expect } from "vitest";
import { finishEdit } from "../src/store/finish-edits.ts";
import { mendTimes } from "../src/store/lanes.ts";
import type { Store } from "../src/store/store.ts";
import { takeCards } from "../src/store/take-cards.ts";
import { loadTemplates } from "../src/templates/load.ts";
import { mergeRequestOf } from "./conversations/payloads/merge-request.ts";
import { bo } from "./conversations/payloads/people.ts";
import { commitOf, projectOf } from "./conversations/payloads/project.ts";
import { clockOf } from "./conversations/payloads/step.ts";
import { openStage, type Stage } from "./conversations/stage.ts";
import { textOf } from "./conversations/transcript.ts";
import { engines, testOn } from "./support/stores.ts";

/** Edits that did not go as planned: what a card shows in the end is the newest state all the same. */

const templates = loadTemplates(join(import.meta.dirname, "../templates"));
const began = clockOf("2026-03-02")("09:00");
const second = 1_000;
const hours = 3_600 * second;

/** A merge request whose card was posted ten seconds ago. */
async function posted(stage: Stage) {
  const project = projectOf("platform/api");
  const commit = commitOf(project, "Add the table", bo, began);
  const mr = mergeRequestOf({ iid: 12, project, author: bo, title: "As it was", branch: "feature/vat", commit });
  const scene = await stage.scene({ api: ["platform/api merge_request"] });
  await scene.deliver([mr.open(began)]);
  await stage.advance(began + 10 * second);
  const channel = scene.channels["api"] ?? "";
  return {
    channel,
    rename: (after: number, title: string) => scene.deliver([mr.rename(began + after * second, bo, title)]),
    shown: () => stage.slack.messages(channel).map(textOf),
  };
}

const open = (store: Store) => openStage({ store, templates, start: began - second });

/** Ten seconds later its title is another one, and nobody works any more. */
async function renamed(store: Store): Promise<Stage> {
  const stage = await open(store);
  try {
    const { rename } = await posted(stage);
    await rename(20, "Another title");
    await stage.settle();
  } finally {
    await stage.close();
  }
  return stage;
}

const storeAt = (store: Store, time: number): Store => ({ ...store, now: () => new Date(time) });

const take = async (store: Store, stage: Stage, { after, worker }: { after: number; worker: string }) => {
  const limits = { most: 1, without: [] };
  const { taken } = await takeCards(storeAt(store, stage.now() + after), limits, { worker, pace: undefined });
  return taken[0];
};

/** What happens to the cards of a worker that is given up. */
const free = ({ db }: Store) => db.updateTable("cards").set({ owner: null }).execute();

describe.each(engines)("%s", (engine) => {
  const test = testOn(engine);

  test("an edit whose answer was lost is undone where the object is as it was before", async ({ store }) => {
    const stage = await open(store);
    try {
      const { rename, shown, channel } = await posted(stage);
      stage.slack.failNext("chat.update", "lost", channel);
      await rename(20, "Another title");
      await stage.advance(began + 12 * second);
      expect(shown()).toEqual([expect.stringContaining("Another title")]);
      await rename(30, "As it was");
      await stage.finish();
      expect(shown()).toEqual([expect.stringContaining("As it was")]);
    } finally {
      await stage.close();
    }
  });

  test("an edit that ends after another worker's is made once more", async ({ store }) => {
    const stage = await renamed(store);
    const sent = { text: "of some state", blocks: [] };
    const slow = await take(store, stage, { after: 2 * second, worker: "slow" });
    await free(store);
    const fast = await take(store, stage, { after: 30 * second, worker: "fast" });
    if (!slow || !fast) throw new Error("no card is due");
    const end = { end: "passed" } as const;
    const later = storeAt(store, stage.now() + 31 * second);
    await finishEdit(later, fast, { end: "shown", sent, edited: true }, end);
    expect(await take(store, stage, { after: 60 * second, worker: "fast" })).toBeUndefined();
    await finishEdit(later, slow, { end: "shown", sent, edited: true }, end);
    const again = await take(store, stage, { after: 60 * second, worker: "fast" });
    expect(again?.id).toBe(slow.id);
    expect(again?.message.sent, "nobody knows what it shows").toBeUndefined();
  });

  test("a card that was taken by a clock that was wrong does not wait for it", async ({ store }) => {
    const stage = await renamed(store);
    expect(await take(store, stage, { after: 2 * hours, worker: "gone" })).toBeDefined();
    await free(store);
    await mendTimes(storeAt(store, stage.now()));
    expect(await take(store, stage, { after: 30 * second, worker: "new" })).toBeDefined();
  });
});
