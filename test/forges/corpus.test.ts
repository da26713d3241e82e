import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/events.ts";
import { forgeNamed, forges } from "../../src/forges/index.ts";
import { draw } from "../../src/slack/draw.ts";
import type { Message } from "../../src/slack/message.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render } from "../../src/templates/templates.ts";

/**
 * Deliveries that other projects recorded or wrote down, too many to keep here: BELFRY_CORPUS names a folder with an
 * INDEX.tsv (columns forge, event_kind, event_header_value, file, gitlab_era) and the bodies that it lists.
 */
const folder = process.env["BELFRY_CORPUS"];
if (!folder)
  console.info("test/forges/corpus.test.ts is left out: BELFRY_CORPUS names no folder of recorded deliveries.");

/** The kinds as INDEX.tsv names them, and ours. */
const kinds: Readonly<Record<string, Event["kind"]>> = {
  push: "push",
  tag_push: "tag_push",
  merge_request: "merge_request",
  pipeline: "pipeline",
  deployment: "deployment",
  release: "release",
  issue: "issue",
  work_item: "work_item",
  note: "note",
  emoji: "emoji",
  build: "job",
  wiki_page: "wiki_page",
  feature_flag: "feature_flag",
  milestone: "milestone",
  vulnerability: "vulnerability",
  access_token: "access_token",
  subgroup_create: "subgroup",
  ...allOf("member", [
    "user_add_to_group",
    "user_add_to_team",
    "user_remove_from_group",
    "user_remove_from_team",
    "user_update_for_group",
    "user_update_for_team",
  ]),
  ...allOf("project", ["project_create", "project_destroy", "project_rename", "project_transfer", "project_update"]),
  ...allOf("system", ["group_create", "group_destroy", "group_rename", "key_create", "key_destroy"]),
  ...allOf("system", ["user_create", "user_destroy", "repository_update"]),
};

function allOf(kind: Event["kind"], names: string[]): Record<string, Event["kind"]> {
  return Object.fromEntries(names.map((name) => [name, kind]));
}

interface Row {
  forge: string;
  event_kind: string;
  event_header_value: string;
  file: string;
  /** `>=13.9`, `<8.5`, `18.9` */
  gitlab_era: string;
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
        gitlab_era: cell("gitlab_era"),
      };
    })
    .filter(({ forge, event_kind }) => Object.hasOwn(forges, forge) && Object.hasOwn(kinds, event_kind));
}

/** What a delivery says under the event header of a forge. */
function read(name: string, { event_header_value, file }: Row) {
  const forge = forgeNamed(name);
  const body = readFileSync(join(folder ?? "", file));
  const headers = forge.eventHeaders().map((header) => ({ [header]: event_header_value }));
  return headers.map((one) => forge.parse({ headers: one, body }));
}

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));

/** What people read: the text, and the blocks as the preview draws them. */
const readable = (message: Message) => `${message.text}\n${draw(message, { colour: false })}`;

/** What the event is about, in words that its message has to name. */
function objectOf(event: Event): string | undefined {
  const names: Partial<Record<Event["kind"], () => string | undefined>> = {
    push: () => (event.kind === "push" ? event.branch : undefined),
    tag_push: () => (event.kind === "tag_push" ? event.tag : undefined),
    merge_request: () => (event.kind === "merge_request" ? `!${event.number}` : undefined),
    pipeline: () => (event.kind === "pipeline" ? event.number : undefined),
    deployment: () => (event.kind === "deployment" ? event.environment : undefined),
    release: () => (event.kind === "release" ? event.tag : undefined),
    issue: () => (event.kind === "issue" ? `#${event.number}` : undefined),
    work_item: () => (event.kind === "work_item" ? `#${event.number}` : undefined),
    note: () => (event.kind === "note" ? event.reference : undefined),
    emoji: () => (event.kind === "emoji" ? event.reference : undefined),
    job: () => (event.kind === "job" ? event.name : undefined),
    wiki_page: () => (event.kind === "wiki_page" ? event.title : undefined),
    feature_flag: () => (event.kind === "feature_flag" ? event.name : undefined),
    milestone: () => (event.kind === "milestone" ? event.title : undefined),
    vulnerability: () => (event.kind === "vulnerability" ? event.title : undefined),
    access_token: () => (event.kind === "access_token" ? event.name : undefined),
    member: () => (event.kind === "member" ? event.member.name : undefined),
    subgroup: () => (event.kind === "subgroup" ? event.path : undefined),
    project: () => (event.kind === "project" ? event.from : undefined),
    system: () => (event.kind === "system" ? event.subject : undefined),
  };
  return names[event.kind]?.();
}

/** What shows that a field was missing, or that text was escaped twice. */
const holes = /undefined|\bnull\b|\[object Object\]|NaN|&#|&amp;(amp|lt|gt);|<\||<[^<>|]*\|>|<>|\*\*|\* \*|__|``(?!`)/;

describe.skipIf(!folder)("recorded deliveries", () => {
  const all = folder ? rows(folder) : [];

  test("there are some of each kind", () => {
    expect(new Set(all.map(({ event_kind }) => event_kind))).toEqual(new Set(Object.keys(kinds)));
    expect(new Set(all.map(({ forge }) => forge))).toEqual(new Set(["gitlab", "gitswarm", "atomgit"]));
  });

  const modern = all.filter(({ forge, gitlab_era: era }) => forge === "gitlab" && /^(>=)?1[3-9]/.test(era));

  test("those of GitLab 13 and newer say the same when WVS sends them", () => {
    expect(modern.length).toBeGreaterThan(20);
    for (const row of modern) {
      const [asGitlab] = read("gitlab", row);
      expect(asGitlab?.state, row.file).toBe("event");
      for (const asWvs of read("wvs", row)) expect(asWvs, row.file).toEqual(asGitlab);
    }
  });

  test.each(all)("$file", (row) => {
    const [reading, ...underOtherHeaders] = read(row.forge, row);
    const { event_kind } = row;
    if (reading?.state !== "event") throw new Error(`${reading?.state}: ${reading?.reason}`);
    for (const other of underOtherHeaders) expect(other).toEqual(reading);
    const { event } = reading;
    expect(event.kind).toBe(kinds[event_kind]);

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
