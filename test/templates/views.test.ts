import { join } from "node:path";
import { expect, test } from "vitest";
import type { View } from "../../src/cards/views.ts";
import { type Event, type Kind, kinds } from "../../src/events.ts";
import { draw } from "../../src/slack/draw.ts";
import { presetNames } from "../../src/templates/presets.ts";
import { render, type Wish } from "../../src/templates/templates.ts";
import { events } from "./all-events.ts";
import { mergeRequest, push, renovate } from "./events.ts";
import { page, shown, templates } from "./shown.ts";
import { files, table, updates, views } from "./views.ts";

const golden = (path: string) => join(import.meta.dirname, "goldens", `${path}.txt`);

const wishes: Record<string, Wish> = Object.fromEntries(presetNames.map((template) => [template, { template }]));
/** Of the views only these stand in threads. */
const inThread: Record<string, Wish> = { "full, in a thread": { thread: true } };

test.each(Object.entries(views))("%s reads well", async (name, view) => {
  const all = { ...wishes, ...(view.kind === "note" && inThread) };
  const messages = Object.fromEntries(Object.entries(all).map(([wish, how]) => [wish, shown(view, how)]));
  expect(render(templates, view).used).toBe(`${view.kind}.${view.action}`);
  await expect(page(messages)).toMatchFileSnapshot(golden(`views/${name}`));
});

const ofKind = (kind: Kind) => Object.entries(events).filter(([, event]) => event.kind === kind);
/** What stands in the thread of a card. */
const threaded = ["merge_request", "pipeline", "job", "deployment", "note", "release"] as const;

test.each(threaded)("replies of %s do not repeat their card", async (kind) => {
  const messages = Object.fromEntries(ofKind(kind).map(([name, event]) => [name, shown(event, { thread: true })]));
  for (const text of Object.values(messages)) expect(text).not.toContain("platform/api");
  await expect(page(messages)).toMatchFileSnapshot(golden(`replies/${kind}`));
});

test.each(Object.keys(kinds) as Kind[])("short messages of %s say what matters", async (kind) => {
  const messages = Object.fromEntries(
    ofKind(kind).flatMap(([name, event]) => {
      const [compact, line] = [shown(event, { template: "compact" }), shown(event, { template: "one-line" })];
      return [[name, compact === line ? compact : `${compact}\n-- one-line\n${line}`]];
    }),
  );
  await expect(page(messages)).toMatchFileSnapshot(golden(`presets/${kind}`));
});

test("full is what templates say, and neither it nor another preset calls for a notice", () => {
  for (const said of [...Object.values(events), ...Object.values(views)]) {
    expect(render(templates, said, { template: "full" })).toEqual(render(templates, said));
    for (const template of presetNames) expect(render(templates, said, { template })).not.toHaveProperty("notice");
  }
});

test("links lead to what their labels name", () => {
  const places: [RegExp, (label: string) => RegExp][] = [
    [/^!(\d+)/, (label) => new RegExp(`/merge_requests/${/\d+/.exec(label)}$`)],
    [/^Pipeline (\d+)$/, (label) => new RegExp(`/pipelines/(41873|41880|${/\d+/.exec(label)})$`)],
    [/^[0-9a-f]{8}$/, (label) => new RegExp(`/commit/${label}`)],
    [/^(unit|lint|smoke|job)$/, () => /\/jobs\/\d+$/],
    [/^platform\/api$/, () => /\/platform\/api$/],
    [/^\d+ commits?$/, () => /\/compare\//],
    [/comment|^more$/, () => /#note_\d+$/],
  ];
  for (const [name, view] of Object.entries(views)) {
    if (name.endsWith("nothing_known")) continue;
    const drawn = JSON.stringify(render(templates, view).message.blocks);
    const links = [...drawn.matchAll(/<(https?:[^|>]+)\|([^>]+)>/g)];
    expect(links.length, name).toBeGreaterThan(1);
    for (const [, url = "", label = ""] of links)
      for (const [is, leads] of places) if (is.test(label)) expect(url, `${name}: ${label}`).toMatch(leads(label));
  }
});

const long: [string, Event | View, number][] = [
  ["60 commits in 200 files", push({ commits: updates(20), commitCount: 60, paths: files }), 7],
  ["a bot's table of 250 updates", mergeRequest({ author: renovate, actor: renovate, description: table }), 2],
  ["somebody's table of 250 updates", mergeRequest({ description: table }), 8],
  ...Object.entries({
    "push.several__monorepo": 7,
    "merge_request.card__bot": 3,
    "merge_request.card__pipeline_failed": 5,
    "pipeline.card__many_children": 8,
    "note.talk__long": 24,
  }).flatMap(([name, lines]): typeof long => (views[name] ? [[name, views[name], lines]] : [])),
];

test.each(long)("%s: what is long is short", (_name, said, most) => {
  const lines = (wish: Wish) => draw(render(templates, said, wish).message, { colour: false }).split("\n").length;
  expect(lines({})).toBeLessThanOrEqual(most);
  expect(lines({ template: "compact" })).toBeLessThanOrEqual(2);
  expect(lines({ template: "one-line" })).toBe(1);
});
