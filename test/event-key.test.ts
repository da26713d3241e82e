import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Emoji, Event, FeatureFlag, Release, TagPush, WikiPage } from "../src/events.ts";
import { forgeNamed, forges } from "../src/forges/index.ts";
import { eventKey, tellsTime } from "../src/read/event-key.ts";
import { ada, bot, deployment, issue, job, joined, mergeRequest, note, pipeline, push } from "./rules/events.ts";
import { fixtures } from "./support/fixtures.ts";

const at = "2026-03-02T09:30:00.000Z";
const later = "2026-03-02T09:30:01.000Z";
const { project } = push();
const common = { project, actor: ada, key: "it", confidential: false };

const tag = (fields: Partial<TagPush>): TagPush => ({ ...common, kind: "tag_push", action: "create", ...fields });
const flag: FeatureFlag = { ...common, kind: "feature_flag", action: "on", name: "dark" };
const wiki = (version?: string): WikiPage => ({
  ...common,
  ...{ kind: "wiki_page", action: "update", diffUrl: version && `https://a.example/?version_id=${version}` },
});
const emoji = (fields: Partial<Emoji>): Emoji => ({
  ...common,
  ...{ kind: "emoji", action: "award", emoji: "tada", on: "issue", at },
  ...fields,
});
const release = (description: string): Release => ({
  ...common,
  ...{ kind: "release", action: "update", assetCount: 0, at, description },
});
const update = (field: string) => ({ at, action: "update", changes: [{ field }] });
const member = (name: string): Event => ({ ...joined("acme"), at, key: `member ${name}` });
const commit = (id: string) => ({ commit: { id, title: "t" } });
const approved = (fields = {}) => mergeRequest({ at, action: "approved", ...fields });

test.each<[name: string, one: Event, other: Event]>([
  ["a branch goes on and back", push({ before: "A", after: "B" }), push({ before: "B", after: "A" })],
  ["two branches", push({ before: "A", after: "B", key: "branch a" }), push({ before: "A", after: "B" })],
  ["a tag goes on and back", tag({ before: "A", after: "B" }), tag({ before: "B", after: "A" })],
  [
    "a tag is removed, and one made",
    tag({ action: "delete", before: "A", after: "0" }),
    tag({ before: "0", after: "A" }),
  ],
  ["a pipeline fails again after a retry", pipeline({ at }), pipeline({ at: later })],
  ["two states of a pipeline", pipeline({ at }), pipeline({ at, action: "running", status: "running" })],
  ["two closes", mergeRequest({ at, action: "close" }), mergeRequest({ at: later, action: "close" })],
  ["two approvals at once", approved(), approved({ actor: bot })],
  ["an approval, and the last one needed", approved({ action: "approval" }), approved()],
  ["two changes at once", mergeRequest(update("title")), mergeRequest(update("labels"))],
  [
    "two pushes at once",
    mergeRequest({ ...update("x"), ...commit("a") }),
    mergeRequest({ ...update("x"), ...commit("b") }),
  ],
  ["two changes of an issue", issue(update("labels")), issue(update("due"))],
  ["an issue and a comment", issue({ at }), note({ at })],
  ["two comments of one text", note({ at, note: "1", text: "+1" }), note({ at, note: "2", text: "+1" })],
  ["a comment is edited twice", note({ at, action: "update", text: "a" }), note({ at, action: "update", text: "b" })],
  ["two reactions", emoji({}), emoji({ emoji: "heart" })],
  [
    "reactions on two comments",
    emoji({ url: "https://a.example/#note_1" }),
    emoji({ url: "https://a.example/#note_2" }),
  ],
  ["a reaction is taken back", emoji({}), emoji({ action: "revoke" })],
  ["two deployments to one place", deployment({ at, ...commit("a") }), deployment({ at, ...commit("b") })],
  ["a release, which tells when it was made, is changed twice", release("a"), release("b")],
  ["two members", member("ada"), member("bo")],
  ["two edits of a page", wiki("1"), wiki("2")],
  ["two projects", job({ at }), job({ at, project: { ...project, path: "platform/web" } })],
  ["two forges", job({ at }), job({ at, project: { ...project, host: "gitlab.com" } })],
  ["what all may see and what not all", issue({ at }), issue({ at, confidential: true })],
])("two events, two keys: %s", (_, one, other) => {
  expect(eventKey(one)).toMatch(/^[0-9a-f]{32}$/);
  expect(eventKey(other)).toMatch(/^[0-9a-f]{32}$/);
  expect(eventKey(one)).not.toBe(eventKey(other));
});

test.each<[name: string, event: Event]>([
  ["a feature flag", flag],
  ["a page without its version", wiki()],
  ["a merge request without a time", mergeRequest()],
  ["a push that hides where the branch was", push({ after: "B" })],
])("nothing tells one from the next: %s", (_, event) => {
  expect(eventKey(event)).toBeUndefined();
  expect(tellsTime(event)).toBe(false);
});

test.each<[name: string, tells: boolean, event: Event]>([
  ["a merge request", true, mergeRequest({ at })],
  ["a comment", true, note({ at })],
  ["a pipeline", true, pipeline({ at })],
  ["a push, whose commits may come again", false, push({ at, before: "A", after: "B" })],
  ["a release, which tells when it was made", false, release("a")],
  ["an approval, which may leave the time as it is", false, approved()],
])("does it tell when it happened? %s: %s", (_, tells, event) => {
  expect(eventKey(event)).toBeDefined();
  expect(tellsTime(event)).toBe(tells);
});

interface Read {
  file: string;
  event: Event;
}

/** What a delivery says under the event header of its forge. */
function read(forge: string, header: string, file: string, body: Buffer): Read[] {
  const known = forgeNamed(forge);
  const [name = ""] = known.eventHeaders();
  const reading = known.parse({ headers: { [name]: header }, body });
  return reading.state === "event" ? [{ file, event: reading.event }] : [];
}

const ours = fixtures().flatMap(({ forge, header, name, body }) => read(forge, header, `${forge}/${name}`, body));

/** What all that share a key have in common, whatever else examples say. */
function checkKeys(all: readonly Read[]): void {
  const keys = Map.groupBy(all, ({ event }) => eventKey(event));
  for (const { event, file } of keys.get(undefined) ?? []) expect(event.at, file).toBeUndefined();
  keys.delete(undefined);
  for (const same of keys.values()) {
    const told = same.map(({ event }) => {
      const { kind, action, key, at: time } = event;
      const who = event.actor?.username ?? event.actor?.name;
      const ids = "before" in event ? [event.before, event.after] : [];
      const changes = "changes" in event ? event.changes : [];
      return JSON.stringify([event.project.host, event.project.path, kind, action, key, time, who, ids, changes]);
    });
    expect(new Set(told).size, same.map(({ file }) => file).join(", ")).toBe(1);
  }
}

test("deliveries of our fixtures share a key only where they tell one event", () => {
  expect(ours.length).toBeGreaterThan(200);
  checkKeys(ours);
});

test("a member, a push or a project is the same through a hook of the group and one of the system", () => {
  const keyOf = (name: string) => {
    const found = ours.find(({ file }) => file === `gitlab/${name}`);
    if (!found) throw new Error(`no fixture ${name}`);
    return eventKey(found.event);
  };
  for (const [one, other] of [
    ["member_hook__add", "system_hook__member_add_group"],
    ["push_hook__one_commit", "system_hook__push"],
    ["project_hook__create", "system_hook__project_create"],
  ] as const) {
    expect(keyOf(one)).toBeDefined();
    expect(keyOf(one)).toBe(keyOf(other));
  }
});

const anyEvent = fc.constantFrom(
  ...ours.filter(({ event }) => eventKey(event) !== undefined).map(({ event }) => event),
);

test("host, project, object, action, time and actor count, each in its place", () => {
  const changed = (event: Event, field: number, text: string): Event => {
    const changes: Partial<Event>[] = [
      { project: { ...event.project, host: text } },
      { project: { ...event.project, path: text } },
      { key: text },
      { action: text },
      { at: text },
      { actor: { name: text, username: text, bot: false } },
    ];
    return { ...event, ...changes[field] } as Event;
  };
  fc.assert(
    fc.property(anyEvent, fc.nat(5), fc.nat(5), fc.string({ minLength: 1 }), (event, one, other, text) => {
      const keys = [event, changed(event, one, `${text}…`), changed(event, other, `${text}…`)].map(eventKey);
      expect(new Set(keys).size).toBe(one === other ? 2 : 3);
    }),
  );
});

test("wordings, labels, counts and where its pages are do not", () => {
  fc.assert(
    fc.property(anyEvent, fc.string(), fc.array(fc.string()), (event, text, texts) => {
      const { project: at, ...rest } = event;
      const project = { ...at, name: text, url: text, defaultBranch: text };
      const noise = { commits: [], commitCount: 7, paths: texts, labels: texts, jobs: texts, duration: 7, state: text };
      expect(eventKey({ ...rest, ...noise, project } as Event)).toBe(eventKey(event));
    }),
  );
});

const corpus = process.env["BELFRY_CORPUS"];

describe.skipIf(!corpus)("recorded deliveries", () => {
  test("share a key only where they tell one event", () => {
    const root = corpus ?? "";
    const [head = "", ...lines] = readFileSync(join(root, "INDEX.tsv"), "utf8").trim().split("\n");
    const columns = head.split("\t");
    const all = lines.flatMap((line) => {
      const cells = line.split("\t");
      const cell = (name: string) => cells[columns.indexOf(name)] ?? "";
      if (!Object.hasOwn(forges, cell("forge"))) return [];
      return read(cell("forge"), cell("event_header_value"), cell("file"), readFileSync(join(root, cell("file"))));
    });
    expect(all.length).toBeGreaterThan(100);
    checkKeys(all);
  });
});
