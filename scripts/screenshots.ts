import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createClock } from "../src/pages/slack-post.ts";
import { drawSheet } from "../src/pages/slack-sheet.ts";
import { findChromium, openChromium } from "../test/support/chromium.ts";
import { picturesOf } from "./pictures.ts";

/**
 * Pictures of all messages, one PNG for each kind with the presets below each other:
 * `sh scripts/with-node.sh node scripts/screenshots.ts <folder> [--dark] [--width 760] [kind or file.json …]`.
 * A kind chooses among those of test/forges/gitlab and test/templates/views.ts. A file holds messages by name,
 * `{"name": {"text": …, "blocks": […], "color": …}}`, and becomes a picture of its own. Needs a Chromium (BELFRY_CHROMIUM).
 */

async function main([folder, ...words]: string[]): Promise<void> {
  const chromium = findChromium();
  if (folder === undefined || chromium === undefined) {
    console.error(
      folder === undefined ? "Name a folder for the pictures." : "There is no Chromium: set BELFRY_CHROMIUM.",
    );
    process.exitCode = 1;
    return;
  }
  const widthAt = words.indexOf("--width");
  const width = widthAt < 0 ? 760 : Number(words[widthAt + 1]);
  const scheme = words.includes("--dark") ? "dark" : "light";
  const asked = words.filter((word, at) => !word.startsWith("--") && (widthAt < 0 || at !== widthAt + 1));

  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "belfry-pages-"));
  const browser = await openChromium(chromium);
  try {
    for (const { name, parts } of picturesOf(asked)) {
      const page = join(scratch, `${name}.html`);
      writeFileSync(page, drawSheet(name, parts, createClock("UTC")));
      const shown = await browser.open(pathToFileURL(page).href, { width, height: 200, scheme, scale: 2 });
      writeFileSync(join(folder, `${name}${scheme === "dark" ? "-dark" : ""}.png`), await shown.picture());
      await shown.close();
    }
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
