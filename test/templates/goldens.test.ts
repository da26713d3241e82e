import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../src/events.ts";
import { draw } from "../../src/slack/draw.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render } from "../../src/templates/templates.ts";
import { events } from "./all-events.ts";

const folder = join(import.meta.dirname, "../../templates");
const templates = loadTemplates(folder);

test.each(Object.keys(events))("%s reads well", async (name) => {
  const event = events[name];
  if (!event) throw new Error(name);
  const { message, used, notice } = render(templates, event);
  expect(notice).toBeUndefined();
  expect(used).not.toBe("built-in");
  const golden = `${draw(message, { colour: false })}\n`;
  await expect(golden).toMatchFileSnapshot(join(import.meta.dirname, `goldens/${name}.txt`));
});

test("every kind and action has a golden", () => {
  const missing = Object.entries(kinds).flatMap(([kind, actions]) =>
    actions.map((action) => `${kind}.${action}`).filter((name) => !(name in events)),
  );
  expect(missing).toEqual([]);
});

test("every kind has a template for actions that nobody knows yet", () => {
  expect(Object.keys(kinds).filter((kind) => !templates.has(kind))).toEqual([]);
});
