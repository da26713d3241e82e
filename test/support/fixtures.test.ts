import { expect, test } from "vitest";
import { kinds } from "../../src/events.ts";
import { fixtures } from "./fixtures.ts";

const all = fixtures("gitlab");

test("every file is JSON, and its name gives the header", () => {
  expect(all.length).toBeGreaterThan(90);
  expect(fixtures()).toEqual(expect.arrayContaining(all));
  for (const { name, header, json, body } of all) {
    expect(() => JSON.parse(json), name).not.toThrow();
    expect(body.toString(), name).toBe(json);
    expect(header, name).toMatch(/^[A-Z][a-z]+( [A-Z][a-z]+)* Hook$/);
  }
  expect(all.find(({ name }) => name === "merge_request_hook__open")?.header).toBe("Merge Request Hook");
});

test("every merge request action and every pipeline status has a delivery", () => {
  const payloads = all.map(({ json }) => JSON.parse(json));
  const actions = new Set(payloads.map((payload) => payload.object_attributes?.action));
  const statuses = new Set(payloads.map((payload) => payload.object_attributes?.status));
  expect(kinds.merge_request.filter((action) => !actions.has(action))).toEqual([]);
  expect(kinds.pipeline.filter((status) => !statuses.has(status))).toEqual([]);
});
