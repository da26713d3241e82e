import { appendFileSync, cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/store/engine/engine.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { temporaryFolder } from "../support/belfry.ts";
import { newStorePlace, type StorePlace } from "../support/stores.ts";
import { conversations } from "./all.ts";
import { brokenBranch } from "./broken-branch.ts";
import type { Conversation } from "./conversation.ts";
import { mergeRequest } from "./merge-request.ts";
import { tell, tellAtOnce } from "./run.ts";
import { openStage, type Scene, type Stage } from "./stage.ts";
import { textOf } from "./transcript.ts";

/** Deliveries come late, in any order and more than once: what stands in the channel at last is the same. */

const root = join(import.meta.dirname, "../..");

/** Our templates; each card says how new the state is that it shows. */
function telling() {
  const { folder, remove } = temporaryFolder();
  cpSync(join(root, "templates"), folder, { recursive: true });
  for (const name of readdirSync(folder).filter((name) => /\.(card|branch)\.hbs$/.test(name))) {
    const age = name === "pipeline.branch.hbs" ? "state" : "at";
    appendFileSync(join(folder, name), `\n{{#if ${age}}}{{#context}}shows {{${age}}}{{/context}}{{/if}}\n`);
  }
  return { templates: loadTemplates(folder), remove };
}

let place: StorePlace;
let stage: Stage;
const { templates, remove } = telling();
afterAll(remove);

const onStage = (engine: Engine["name"]) => {
  beforeAll(async () => {
    place = await newStorePlace(engine);
    stage = await openStage({ store: await place.open(), templates, start: Date.parse("2026-03-02T08:00:00Z") });
  });
  afterAll(async () => {
    await stage.close();
    await place.remove();
  });
};

/** What stands in the channel, without threads. */
const rootsOf = ({ channels }: Scene) =>
  stage.slack
    .messages(channels["api"] ?? "")
    .filter(({ thread_ts }) => !thread_ts)
    .map(textOf)
    .sort();

/** The same without what came too early for its thread; of nothing there are two. */
function cardsOf(scene: Scene, { early }: Conversation): string[] {
  const roots = rootsOf(scene);
  const heads = roots.map((text) => text.split("\n", 1)[0]);
  expect(heads).toEqual([...new Set(heads)]);
  return roots.filter((text) => !early?.test(text));
}

/** The ages of the states that each message of the channel showed, one after the other. */
function agesOf(scene: Scene): string[][] {
  const shown = new Map<string, string[]>();
  const told = scene.calls().filter(({ done }) => done);
  const posted = stage.slack.messages(scene.channels["api"] ?? "").map(({ ts }) => ts);
  let posts = 0;
  for (const { method, args } of told) {
    const ts = method === "chat.postMessage" ? posted[posts++] : String(args["ts"]);
    const age = /shows ([\w:.-]+)/.exec(JSON.stringify(args))?.[1];
    if (ts !== undefined && age !== undefined) shown.set(ts, [...(shown.get(ts) ?? []), age]);
  }
  return [...shown.values()];
}

/** Each delivery comes through two hooks, all of them in any order, some at once and some seconds apart. */
const mixed = (size: number) =>
  fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: size * 2 }, (_, index) => index),
      { minLength: size * 2, maxLength: size * 2 },
    ),
    chunk: fc.integer({ min: 1, max: 12 }),
    pause: fc.integer({ min: 0, max: 15_000 }),
  });

async function tellMixed(
  { rule, steps }: Conversation,
  { order, chunk, pause }: { order: number[]; chunk: number; pause: number },
) {
  const scene = await stage.scene({ api: [rule] });
  const all = steps();
  for (let at = 0; at < order.length; at += chunk) {
    for (const [hook, isOf] of [
      ["project", (index: number) => index < all.length] as const,
      ["group", (index: number) => index >= all.length] as const,
    ]) {
      const some = order.slice(at, at + chunk).filter(isOf);
      await scene.deliver(
        some.flatMap((index) => all[index % all.length] ?? []),
        hook,
      );
    }
    await stage.advance(stage.now() + pause);
  }
  await stage.finish();
  return scene;
}

const ordered = conversations.filter(({ isOrdered }) => isOrdered !== false);
const unordered = conversations.filter(({ isOrdered }) => isOrdered === false);

/** Cards of a channel, none of which ever showed an older state. */
function check(scene: Scene, conversation: Conversation): string[] {
  for (const ages of agesOf(scene)) expect(ages).toEqual(ages.toSorted());
  return cardsOf(scene, conversation);
}

/** What is long is told once. */
const runs = (size: number, usual: number) => ({ numRuns: size > 100 ? 1 : usual, interruptAfterTimeLimit: 40_000 });

async function sameCards(conversation: Conversation, usual: number): Promise<void> {
  const size = conversation.steps().length;
  const cards = check((await tellAtOnce(stage, conversation)).scene, conversation);
  if (size <= 100) expect(check((await tell(stage, conversation)).scene, conversation)).toEqual(cards);
  await fc.assert(
    fc.asyncProperty(mixed(size), async (mix) => {
      expect(check(await tellMixed(conversation, mix), conversation)).toEqual(cards);
    }),
    runs(size, usual),
  );
  expect(stage.errors()).toEqual([]);
}

describe("sqlite", () => {
  onStage("sqlite");
  test.each(ordered)("$name ends in the same cards, none of which ever showed an older state", (conversation) =>
    sameCards(conversation, 4),
  );

  test.each(unordered)("$name ends in no more messages than in order", async (conversation) => {
    const size = conversation.steps().length;
    const { length } = cardsOf((await tell(stage, conversation)).scene, conversation);
    await fc.assert(
      fc.asyncProperty(mixed(size), async (mix) => {
        expect(check(await tellMixed(conversation, mix), conversation).length).toBeLessThanOrEqual(length);
      }),
      runs(size, 3),
    );
    expect(stage.errors()).toEqual([]);
  });
});

// Here both hooks are read at the same time.
describe("postgres", () => {
  onStage("postgres");
  test.each([mergeRequest, brokenBranch])("$name ends in the same cards", (conversation) => sameCards(conversation, 2));
});
