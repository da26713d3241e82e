import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { View } from "../../src/cards/views.ts";
import type { Event, Kind } from "../../src/events.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { presetNames } from "../../src/templates/presets.ts";
import { render, type Wish } from "../../src/templates/templates.ts";
import { expectInert, expectWithinLimits, hostile, textsOf } from "../slack/hostile.ts";
import { events as plainEvents } from "./all-events.ts";
import { views } from "./views.ts";

const templates = loadTemplates(join(import.meta.dirname, "../../templates"));

const events: Record<string, Event | View> = { ...plainEvents, ...views };

/** Every way to ask for a message. */
const wishes: Wish[] = presetNames.flatMap((template) => [
  { template, thread: false },
  { template, thread: true },
]);

/** Fields that are texts of ours or choose the template; every other text comes from the payload. */
const chosen = ["kind", "action"];

/** The event with every text replaced by what `next` gives. */
function retold(value: unknown, next: () => string, key = ""): unknown {
  if (typeof value === "string") return chosen.includes(key) ? value : next();
  if (Array.isArray(value)) return value.map((one) => retold(one, next));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, retold(one, next, name)]));
}

const isEvent = (value: unknown): value is Event | View =>
  typeof value === "object" && value !== null && "kind" in value;

function retell(event: Event | View, texts: readonly string[]): Event | View {
  let index = 0;
  const told = retold(event, () => texts[index++ % texts.length] ?? "");
  if (!isEvent(told)) throw new Error("no event");
  return told;
}

/** Quotations of descriptions begin with a sign of Slack's own. */
const withoutQuotes = (mrkdwn: string): string => mrkdwn.replace(/^\s*(?:[•\d.)*-]*[ \t]*>[ \t]?)+/gm, "");

const address = fc.oneof(
  hostile,
  fc.webUrl(),
  fc.constantFrom("javascript:alert(1)", "https://a:b@c.example/", "https://x.example/a|b>"),
);

test("whatever the texts of an event are, its message is inert, within Slack's limits and without holes", () => {
  const texts = fc.array(
    fc.oneof(
      hostile,
      address,
      hostile.map((one) => one.repeat(80)),
    ),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(events)),
      texts,
      fc.constantFrom(...wishes),
      (original, words, wish) => {
        const { message, used } = render(templates, retell(original, words), wish);
        expectWithinLimits(message);
        expectInert(message.text);
        expect(used).not.toBe("");
        for (const text of message.blocks.flatMap(textsOf)) {
          expectInert(withoutQuotes(text));
          // Addresses in links are percent-encoded, so what is searched for can only come from a template.
          if (!words.some((word) => /undefined|null|object/.test(word)))
            expect(text).not.toMatch(/undefined|null|\[object|&#/);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("hostile texts are no reason for the built-in line", () => {
  const nasty = ["<!channel>", "*`_~", ":tada:", "{{x}}", "\u202e\u0000", ">", "<https://evil.example|x>"];
  for (const event of Object.values(events))
    for (const wish of wishes) expect(render(templates, retell(event, nasty), wish).notice).toBeUndefined();
});

/** Fields that some kinds cannot do without, and that are optional in others. */
const needed: Partial<Record<Kind, string[]>> = {
  job: ["name"],
  feature_flag: ["name"],
  milestone: ["title"],
  access_token: ["name"],
  vulnerability: ["title"],
  subgroup: ["name"],
  pipeline: ["state"],
  release: ["state"],
};

test("every optional field may be absent, one at a time and all together", () => {
  const isOptional = (key: string): boolean =>
    /^(?:actor|url|title|description|branch|target|author|milestone|fork|commit|tag|name|message|duration|source|environment|environmentUrl|jobUrl|mergeRequestTitle|mergeRequestUrl|before|after|at|state|stage|reason|pipeline|pipelineUrl|mergeRequest|diffUrl|start|due|severity|report|file|issueTitle|issueUrl|expires|interval|lastUsed|role|from|visibility|subject|user|detail|pipeline|mergedBy|closedBy|since|brokenFor|culprit|fixedBy|rejectedBy|replaces|news|approver|comment)$/.test(
      key,
    );
  for (const event of Object.values(events)) {
    const optional = Object.keys(event).filter((key) => isOptional(key) && !needed[event.kind]?.includes(key));
    for (const absent of [...optional.map((key) => [key]), optional]) {
      const rest = Object.fromEntries(Object.entries(event).filter(([key]) => !absent.includes(key)));
      if (!isEvent(rest)) throw new Error("no event");
      for (const wish of wishes) {
        const { message, notice } = render(templates, rest, wish);
        expect(notice).toBeUndefined();
        expect(message.text).not.toMatch(/undefined|null| {2}| $|`{2}|· ·|·$|^\S+$/);
        const details = message.blocks.filter(({ type }) => type === "context").flatMap(textsOf);
        for (const text of [message.text.split("\n", 1)[0], ...details])
          expect(text).not.toMatch(/\b(?:by|since|with|replaces)(?: {2}·.*)?$|[ (][,:)]|[,:] *$|·$|^·/);
      }
    }
  }
});

test("empty texts leave a readable message", () => {
  for (const event of Object.values(events)) {
    for (const wish of wishes) expectWithinLimits(render(templates, retell(event, [""]), wish).message);
  }
});
