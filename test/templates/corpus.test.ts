import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Event } from "../../src/events.ts";
import { forgeNamed, forges } from "../../src/forges/index.ts";
import { draw } from "../../src/slack/draw.ts";
import { presetNames } from "../../src/templates/presets.ts";
import { render, type Wish } from "../../src/templates/templates.ts";
import { expectInert, expectWithinLimits, textsOf } from "../slack/hostile.ts";
import { templates } from "./shown.ts";

/** Every event of the recorded deliveries, in every preset, in channels and in threads. See test/forges/corpus.test.ts. */
const folder = process.env["BELFRY_CORPUS"];
if (!folder)
  console.info("test/templates/corpus.test.ts is left out: BELFRY_CORPUS names no folder of recorded deliveries.");

function recorded(root: string): [file: string, event: Event][] {
  const [head = "", ...lines] = readFileSync(join(root, "INDEX.tsv"), "utf8").trim().split("\n");
  const columns = head.split("\t");
  return lines.flatMap((line) => {
    const cells = line.split("\t");
    const cell = (name: string) => cells[columns.indexOf(name)] ?? "";
    if (!Object.hasOwn(forges, cell("forge"))) return [];
    const forge = forgeNamed(cell("forge"));
    const [header = ""] = forge.eventHeaders();
    const body = readFileSync(join(root, cell("file")));
    const reading = forge.parse({ headers: { [header]: cell("event_header_value") }, body });
    return reading.state === "event" ? [[cell("file"), reading.event] as [string, Event]] : [];
  });
}

const wishes: Wish[] = presetNames.flatMap((template) => [
  { template, thread: false },
  { template, thread: true },
]);

const holes = /undefined|\bnull\b|\[object Object\]|NaN|&#|&amp;(amp|lt|gt);|<\||<[^<>|]*\|>|<>|\*\*|\* \*|__|``(?!`)/;
const most = { full: 50, compact: 2, "one-line": 1 } as const;

test.skipIf(!folder)("recorded events read well in every preset and in threads", () => {
  const all = recorded(folder ?? "");
  expect(all.length).toBeGreaterThan(100);
  for (const [file, event] of all)
    for (const wish of wishes) {
      const name = `${file} ${JSON.stringify(wish)}`;
      const { message, used, notice } = render(templates, event, wish);
      expect(notice, name).toBeUndefined();
      expect(used, name).not.toBe("built-in");
      expectWithinLimits(message);
      for (const text of message.blocks.flatMap(textsOf)) expectInert(text.replace(/^\s*>+[ \t]?/gm, ""));
      expect(message.text + JSON.stringify(message.blocks), name).not.toMatch(holes);
      const shown = draw(message, { colour: false });
      expect(shown.split("\n")[0], name).toMatch(/\S \S/);
      const lines = Object.entries(most).find(([preset]) => preset === wish.template)?.[1] ?? 0;
      expect(shown.split("\n").length, name).toBeLessThanOrEqual(lines);
      if (!wish.thread) expect(shown, name).toContain(event.project.path);
    }
});
