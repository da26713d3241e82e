import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { picturesOf } from "../../scripts/pictures.ts";
import { createClock } from "../../src/pages/slack-post.ts";
import { drawSheet } from "../../src/pages/slack-sheet.ts";
import { temporaryFolder } from "../support/belfry.ts";
import { findChromium, openChromium } from "../support/chromium.ts";

/** Every kind in every preset as a browser draws it; `scripts/screenshots.ts` writes the same to pictures, to be looked at. */

const chromium = findChromium();
if (chromium === undefined)
  console.warn("There is no Chromium (BELFRY_CHROMIUM): the pictures of messages are left out.");

const pictures = picturesOf([]);

test("there is a picture of every kind, in three presets", () => {
  expect(pictures.length).toBeGreaterThanOrEqual(19);
  for (const { parts } of pictures) expect(parts.map(({ title }) => title)).toEqual(["full", "compact", "one-line"]);
});

describe.skipIf(chromium === undefined)("in Chromium", () => {
  let browser: Awaited<ReturnType<typeof openChromium>>;
  const { folder, remove } = temporaryFolder();
  beforeAll(async () => {
    browser = await openChromium(chromium ?? "");
  });
  afterAll(async () => {
    await browser.close();
    remove();
  });

  test.each(pictures)("$name: nothing is empty, sticks out or is refused", async ({ name, parts }) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, drawSheet(name, parts, createClock("UTC")));
    for (const width of [760, 390]) {
      const page = await browser.open(pathToFileURL(file).href, { width, height: 200 });
      const seen = await page.evaluate(
        `({ width: document.documentElement.scrollWidth, texts: [...document.querySelectorAll(".post")].map((one) => one.innerText.trim().length) })`,
      );
      const posts = parts.reduce((sum, part) => sum + part.posts.length, 0);
      expect(seen).toMatchObject({ width, texts: { length: posts } });
      expect((seen as { texts: number[] }).texts.filter((length) => length < 15)).toEqual([]);
      expect(page.complaints).toEqual([]);
      expect((await page.picture()).subarray(1, 4).toString()).toBe("PNG");
      await page.close();
    }
  });
});
