import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { forgeNamed } from "../../src/forges/index.ts";
import { loadTemplates } from "../../src/templates/load.ts";
import { render } from "../../src/templates/templates.ts";
import { type Fixture, fixtures } from "../support/fixtures.ts";

/** Whatever a forge leaves out or gets wrong: a delivery ends in a known state, and an event in a message. */

const all = fixtures();
const templates = loadTemplates(join(import.meta.dirname, "../../templates"));
const states = ["event", "unsupported", "unreadable", "ignored"];

/** Reads and renders a payload; the state that it ended in. */
function outcome({ forge: name, header }: Pick<Fixture, "forge" | "header">, payload: unknown): string {
  const forge = forgeNamed(name);
  const body = Buffer.from(JSON.stringify(payload) ?? "");
  const reading = forge.parse({ headers: { [forge.eventHeaders()[0] ?? ""]: header }, body });
  expect(states).toContain(reading.state);
  if (reading.state !== "event") {
    expect(reading.reason).not.toBe("");
    return reading.state;
  }
  const { message, used, notice } = render(templates, reading.event);
  expect(used, notice).not.toBe("built-in");
  expect(message.text.trim()).not.toBe("");
  expect(message.blocks.length).toBeGreaterThan(0);
  expect(message.text + JSON.stringify(message.blocks)).not.toMatch(/undefined|\[object Object\]|NaN|\bnull\b/);
  return reading.state;
}

type Path = (string | number)[];

/** Every place in a payload, lists only by their first item. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? value.slice(0, 1).map((_item, at) => at) : Object.keys(value);
  return keys.flatMap((key) => {
    const here = [...path, key];
    return [here, ...placesOf(Reflect.get(value, key), here)];
  });
}

/** A copy in which one place holds another value, or is left out. */
function changed(payload: object, path: Path, change: { value: unknown } | "left out"): unknown {
  const copy = structuredClone(payload);
  const [last = "", ...rest] = path.toReversed();
  const parent = rest.toReversed().reduce<object>((inner, key) => Reflect.get(inner, key), copy);
  if (change === "left out") Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, change.value);
  return copy;
}

const wrong: unknown[] = [
  null,
  0,
  -1.5,
  true,
  "",
  "x",
  "<!channel> &amp; `*_~\u0000\u202e\ud800",
  "x".repeat(100_000),
  [],
  [null],
  ["x", 1, {}],
  {},
  { previous: {}, current: [] },
  { a: { b: { c: [{}] } } },
  "9007199254740993",
  "0000000000000000000000000000000000000000",
];

test.each(all)("$forge $name without each of its keys", (fixture) => {
  const payload = JSON.parse(fixture.json);
  const ends = placesOf(payload).map((path) => outcome(fixture, changed(payload, path, "left out")));
  // A minimal delivery may have nothing to spare.
  if (!fixture.name.endsWith("__minimal")) expect(ends).toContain("event");
});

test("each delivery with a wrong value in each of its places, a sample of all", () => {
  const places = all.flatMap((fixture) => {
    const payload = JSON.parse(fixture.json);
    return placesOf(payload).map((path) => ({ fixture, payload, path }));
  });
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.constantFrom(...wrong), ({ fixture, payload, path }, value) => {
      outcome(fixture, changed(payload, path, { value }));
    }),
    { numRuns: 4_000 },
  );
});

test.each(all.filter(({ name }) => /__(open|success|one_commit|create|8_2|hostile|running)$/.test(name)))(
  "$name with every wrong value in every place at the top",
  (fixture) => {
    const payload = JSON.parse(fixture.json);
    const inner = Object.keys(payload.object_attributes ?? {}).map((key) => ["object_attributes", key]);
    for (const path of [...Object.keys(payload).map((key) => [key]), ...inner]) {
      for (const value of wrong) outcome(fixture, changed(payload, path, { value }));
    }
  },
);

test("any JSON under any header", () => {
  const [one = { header: "" }] = all;
  const headers = [...new Set(all.map(({ header }) => header))];
  fc.assert(
    fc.property(fc.constantFrom(...headers), fc.jsonValue({ maxDepth: 4 }), (header, payload) => {
      outcome({ ...one, header } as Fixture, payload);
    }),
    { numRuns: 2_000 },
  );
});
