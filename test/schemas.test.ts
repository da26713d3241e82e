import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { payloads, schemaFiles } from "../scripts/schemas.ts";
import { kinds as events } from "../src/events.ts";
import { kinds, systemKinds } from "../src/forges/gitlab/kinds.ts";
import { forges } from "../src/forges/index.ts";
import { systemHooks, webhooks } from "../src/webhooks.ts";
import { fixtures } from "./support/fixtures.ts";

/** The schemas that others use: `belfry/webhooks` and docs/schemas. */

const folder = join(import.meta.dirname, "../docs/schemas");
const written = Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));

const Body = z.record(z.string(), z.json());
const Names = z.object({ object_kind: z.string().optional(), event_name: z.string().optional() });
const Demands = z.object({ required: z.array(z.string()).default([]) });

const delivered = fixtures().flatMap((fixture) => {
  const forge = forges[fixture.forge];
  const reading = forge?.parse({
    headers: { [forge.eventHeaders()[0] ?? ""]: fixture.header },
    body: fixture.body,
  });
  return reading?.state === "event" ? [{ ...fixture, kind: reading.event.kind }] : [];
});

test("docs/schemas is as npm run schemas writes it", () => {
  expect(written).toEqual(schemaFiles());
});

test("every kind has a schema", () => {
  expect(Object.keys(payloads).sort()).toEqual(Object.keys(events).sort());
});

test("the tables have the headers and system events that Belfry reads", () => {
  expect(Object.keys(webhooks).sort()).toEqual(Object.keys(kinds).sort());
  expect(Object.keys(systemHooks).sort()).toEqual(Object.keys(systemKinds).sort());
});

test.each(delivered)("$forge $name is listed under its kind's schema", ({ header, json, kind }) => {
  const { object_kind, event_name } = Names.parse(JSON.parse(json));
  const table: Readonly<Record<string, z.ZodType>> = header === "System Hook" ? systemHooks : webhooks;
  const name = header === "System Hook" ? (object_kind ?? event_name) : header;
  expect(table[name ?? ""]).toBe(payloads[kind]);
});

describe.each(Object.keys(payloads))("%s", (kind) => {
  const ours = delivered.filter((fixture) => fixture.kind === kind);
  const schema = z.fromJSONSchema(Body.parse(JSON.parse(written[`${kind}.json`] ?? "")));

  test("has fixtures", () => expect(ours).not.toEqual([]));

  test.each(ours)("$forge $name fits its JSON Schema and its zod schema", ({ json }) => {
    expect(schema.safeParse(JSON.parse(json)).error?.issues).toBeUndefined();
    expect(payloads[kind]?.safeParse(JSON.parse(json)).error?.issues).toBeUndefined();
  });

  test.each([{ body: [] }, { body: "text" }, { body: null }])("$body does not fit", ({ body }) => {
    expect(schema.safeParse(body).success).toBe(false);
  });

  const { required } = Demands.parse(JSON.parse(written[`${kind}.json`] ?? ""));
  test.each(required)("without %s a payload fits neither", (name) => {
    const { [name]: _, ...rest } = Body.parse(JSON.parse(ours[0]?.json ?? ""));
    expect(schema.safeParse(rest).success).toBe(false);
    expect(payloads[kind]?.safeParse(rest).success).toBe(false);
  });
});
