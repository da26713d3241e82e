import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../src/events.ts";
import { forges } from "../src/forges/index.ts";
import type { Post } from "../src/pages/slack-post.ts";
import type { Message } from "../src/slack/message.ts";
import { loadTemplates } from "../src/templates/load.ts";
import { render } from "../src/templates/templates.ts";
import { fixtures } from "../test/support/fixtures.ts";
import { views } from "../test/templates/views.ts";

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

/** The views of live cards. */
const viewEvents = (): Event[] => Object.values(views as Record<string, Event | Event[]>).flat();

/** Messages of one kind: each preset is a part. */
export interface Picture {
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

/** @param asked kinds, or JSON files with messages by name; none: all kinds */
export function picturesOf(asked: readonly string[]): Picture[] {
  const files = asked.filter((one) => one.endsWith(".json"));
  const kinds = asked.filter((one) => !files.includes(one));
  const byKind = Object.groupBy([...viewEvents(), ...fixtureEvents()], ({ kind }) => kind);
  const chosen = Object.entries(byKind).filter(([kind]) => kinds.includes(kind) || asked.length === 0);
  return [...chosen.map(([kind, events]) => drawEvents(kind, events)), ...files.map(drawFile)];
}
