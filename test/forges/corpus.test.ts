import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/events.ts";
import { gitlab } from "../../src/forges/gitlab/index.ts";
import { draw } from "../../src/slack/draw.ts";
import type { Message } from "../../src/slack/message.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render } from "../../src/templates/templates.ts";

/**
 * Deliveries that other projects recorded or wrote down, too many to keep here: BELFRY_CORPUS names a folder with an
 * INDEX.tsv (columns forge, event_kind, event_header_value, file) and the bodies that it lists.
 */
const folder = process.env["BELFRY_CORPUS"];
if (!folder)
  console.info("test/forges/corpus.test.ts is left out: BELFRY_CORPUS names no folder of recorded deliveries.");

const kinds = ["push", "tag_push", "merge_request", "pipeline", "deployment", "release"];

interface Row {
  event_kind: string;
  event_header_value: string;
  file: string;
}

function rows(root: string): Row[] {
  const [head = "", ...lines] = readFileSync(join(root, "INDEX.tsv"), "utf8").trim().split("\n");
  const columns = head.split("\t");
  return lines
    .map((line) => {
      const cells = line.split("\t");
      const cell = (name: string) => cells[columns.indexOf(name)] ?? "";
      return {
        forge: cell("forge"),
        event_kind: cell("event_kind"),
        event_header_value: cell("event_header_value"),
        file: cell("file"),
      };
    })
    .filter(({ forge, event_kind }) => forge === "gitlab" && kinds.includes(event_kind));
}

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));

/** What people read: the text, and the blocks as the preview draws them. */
const readable = (message: Message) => `${message.text}\n${draw(message, { colour: false })}`;

/** What the event is about, in words that its message has to name. */
function objectOf(event: Event): string | undefined {
  const names: Record<Event["kind"], () => string | undefined> = {
    push: () => (event.kind === "push" ? event.branch : undefined),
    tag_push: () => (event.kind === "tag_push" ? event.tag : undefined),
    merge_request: () => (event.kind === "merge_request" ? `!${event.number}` : undefined),
    pipeline: () => (event.kind === "pipeline" ? event.number : undefined),
    deployment: () => (event.kind === "deployment" ? event.environment : undefined),
    release: () => (event.kind === "release" ? event.tag : undefined),
  };
  return names[event.kind]();
}

/** What shows that a field was missing, or that text was escaped twice. */
const holes = /undefined|\bnull\b|\[object Object\]|NaN|&#|&amp;(amp|lt|gt);|<\||<[^<>|]*\|>|<>|\*\*|\* \*|__|``(?!`)/;

describe.skipIf(!folder)("recorded deliveries", () => {
  const all = folder ? rows(folder) : [];

  test("there are some of each kind", () => {
    expect(new Set(all.map(({ event_kind }) => event_kind))).toEqual(new Set(kinds));
  });

  test.each(all)("$file", ({ file, event_kind, event_header_value }) => {
    const body = readFileSync(join(folder ?? "", file));
    const reading = gitlab.parse({ headers: { "x-gitlab-event": event_header_value }, body });
    if (reading.state !== "event") throw new Error(`${reading.state}: ${reading.reason}`);
    const { event } = reading;
    expect(event.kind).toBe(event_kind);

    const { message, used, notice } = render(templates, event);
    expect(notice).toBeUndefined();
    expect(used).not.toBe("built-in");
    const text = readable(message);
    expect(text).toContain(event.project.path);
    if (event.actor) expect(text).toContain(event.actor.name);
    const object = objectOf(event);
    if (object) expect(text).toContain(object);
    expect(message.text + JSON.stringify(message.blocks)).not.toMatch(holes);
  });
});
