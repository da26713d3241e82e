import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Event } from "../src/events.ts";
import { forges } from "../src/forges/index.ts";
import { createClock, type Post } from "../src/pages/slack-post.ts";
import { drawSheet } from "../src/pages/slack-sheet.ts";
import type { Message } from "../src/slack/message.ts";
import { loadTemplates } from "../src/templates/load.ts";
import { render } from "../src/templates/templates.ts";
import { findChromium, openChromium } from "../test/support/chromium.ts";
import { fixtures } from "../test/support/fixtures.ts";

/**
 * Pictures of all messages, one PNG for each kind with the presets below each other:
 * `sh scripts/with-node.sh node scripts/screenshots.ts <folder> [--dark] [--width 760] [kind or file.json …]`.
 * A kind chooses among those of test/forges/gitlab and test/templates/views.ts. A file holds messages by name,
 * `{"name": {"text": …, "blocks": […], "color": …}}`, and becomes a picture of its own. Needs a Chromium (BELFRY_CHROMIUM).
 */

const root = join(import.meta.dirname, "..");
const templates = loadTemplates(join(root, "templates"));
/** The default one has no name for rules. */
const presets = { full: undefined, compact: "compact", "one-line": "one-line" };

/** One event of each kind and action, in the order of the fixtures' names; merge requests that change in several ways once. */
function fixtureEvents(): Event[] {
  const events = new Map<string, Event>();
  for (const { header, body } of fixtures("gitlab")) {
    const reading = forges["gitlab"]?.parse({ headers: { "x-gitlab-event": header }, body });
    if (reading?.state !== "event") continue;
    const name = `${reading.event.kind}.${reading.event.action}`;
    if (!events.has(name)) events.set(name, reading.event);
  }
  return [...events.values()];
}

/** The views of live cards, once they are there: by name, or several by name. */
async function viewEvents(): Promise<Event[]> {
  const file = join(root, "test/templates/views.ts");
  if (!existsSync(file)) return [];
  const { views }: { views: Record<string, Event | Event[]> } = await import(pathToFileURL(file).href);
  return Object.values(views).flat();
}

interface Picture {
  name: string;
  parts: { title: string; posts: Post[] }[];
}

const post = (message: Message, at: string | undefined, id: string): Post => ({ id, message, at });

const drawEvents = (kind: string, events: readonly Event[]): Picture => ({
  name: kind,
  parts: Object.entries(presets).map(([title, template]) => ({
    title,
    posts: events.map((event, at) => post(render(templates, event, { template }).message, event.at, `${title}-${at}`)),
  })),
});

function drawFile(file: string): Picture {
  const messages: Record<string, Message> = JSON.parse(readFileSync(file, "utf8"));
  const parts = Object.entries(messages).map(([title, message]) => ({
    title,
    posts: [post(message, undefined, title)],
  }));
  return { name: file.replace(/^.*\/|\.json$/g, ""), parts };
}

async function picturesOf(asked: readonly string[]): Promise<Picture[]> {
  const files = asked.filter((one) => one.endsWith(".json"));
  const kinds = asked.filter((one) => !files.includes(one));
  const byKind = Object.groupBy([...(await viewEvents()), ...fixtureEvents()], ({ kind }) => kind);
  const chosen = Object.entries(byKind).filter(([kind]) => kinds.includes(kind) || asked.length === 0);
  return [...chosen.map(([kind, events]) => drawEvents(kind, events)), ...files.map(drawFile)];
}

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
    for (const { name, parts } of await picturesOf(asked)) {
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
