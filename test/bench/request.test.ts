import { describe, expect, test } from "vitest";
import { mergeRequest, type Payload, pipeline, push } from "../../bench/payloads/gitlab.ts";
import { githubPush, slackMention } from "../../bench/payloads/others.ts";
import { fillIn, numberText, type PreparedRequest, prepare } from "../../bench/request.ts";
import { gitlab } from "../../src/forges/gitlab/index.ts";

const values = {
  number: numberText(7),
  hook: "h".repeat(32),
  secret: "s".repeat(24),
  project: "group-0001/project-00002",
};

function filled(request: PreparedRequest): { head: string; body: string } {
  fillIn(request, values);
  const [head = "", body = ""] = request.bytes.toString().split("\r\n\r\n");
  return { head, body };
}

test("a request is whole HTTP, and its places are filled in", () => {
  const request = prepare({ path: "/hooks/{{hook}}", headers: { key: "a-{{number}}" }, body: '{"ü":"{{number}}"}' });
  const { head, body } = filled(request);
  expect(head.split("\r\n")).toEqual([
    `POST /hooks/${values.hook} HTTP/1.1`,
    "host: 127.0.0.1",
    "content-type: application/json",
    "key: a-000000000007",
    `content-length: ${Buffer.byteLength(body)}`,
  ]);
  expect(body).toBe('{"ü":"000000000007"}');
});

test("it is filled in again and again", () => {
  const request = prepare({ path: "/", headers: {}, body: "{{number}}" });
  fillIn(request, values);
  fillIn(request, { number: numberText(123) });
  expect(request.bytes.toString()).toMatch(/000000000123$/);
});

test("a value of another width would move everything behind it", () => {
  const request = prepare({ path: "/", headers: {}, body: "{{number}}" });
  expect(() => fillIn(request, { number: "7" })).toThrow("number must have 12 characters, not “7”");
  expect(() => fillIn(request, {})).toThrow("number must have 12 characters");
  expect(() => prepare({ path: "/", headers: {}, body: "{{name}}" })).toThrow("the place name has no width");
});

describe.each([5_000, 15_000, 200_000])("of %i bytes", (bytes) => {
  const all: [string, (bytes: number) => Payload][] = Object.entries({
    ...{ push, mergeRequest, pipeline, githubPush, slackMention },
  });

  test.each(all)("%s is that large, and JSON", (_, make) => {
    const { body } = filled(prepare({ path: "/", headers: {}, body: make(bytes).body }));
    expect(Buffer.byteLength(body)).toBe(bytes);
    expect(() => JSON.parse(body)).not.toThrow();
  });

  test.each([
    ["push", push],
    ["merge_request", mergeRequest],
    ["pipeline", pipeline],
  ])("%s is what Belfry reads, and names its number and project", (kind, make) => {
    const { event, body } = make(bytes);
    const request = filled(prepare({ path: "/", headers: {}, body }));
    const reading = gitlab.parse({ headers: { "x-gitlab-event": event }, body: Buffer.from(request.body) });
    expect(reading).toMatchObject({ state: "event", event: { kind, project: { path: values.project } } });
    expect(JSON.stringify(reading)).toContain("bench-000000000007");
  });
});

test("what is too small for one item is said", () => {
  expect(() => mergeRequest(100)).toThrow("a payload of 100 bytes is too small for one item");
});
