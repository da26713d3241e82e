import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gitlab } from "../../src/forges/gitlab/index.ts";
import { readJson } from "../../src/forges/json.ts";
import { fixtures } from "../support/fixtures.ts";

const read = (text: string | Buffer): unknown => {
  const outcome = readJson(Buffer.from(text));
  if ("problem" in outcome) throw new Error(outcome.problem);
  return outcome.json;
};
const problemOf = (text: string | Buffer) => {
  const outcome = readJson(Buffer.from(text));
  return "problem" in outcome ? outcome.problem : undefined;
};
const parse = (header: string, body: string | Buffer) =>
  gitlab.parse({ headers: { "x-gitlab-event": header }, body: Buffer.from(body) });
const fixture = (name: string) => {
  const found = fixtures("gitlab").find((one) => one.name === name);
  if (!found) throw new Error(`no fixture ${name}`);
  return JSON.parse(found.json);
};

describe("what is not JSON", () => {
  const secret = "glpat-CANARY";
  test.each<[body: string | Buffer, problem: string]>([
    ["", "the body is empty"],
    [`{"token":"${secret}",`, "the body is not JSON"],
    [secret, "the body is not JSON"],
    ["payload=%7B%7D", "the body is not JSON"],
    [" ", "the body is not JSON"],
    ["{}{}", "the body is not JSON"],
    ["NaN", "the body is not JSON"],
    [Buffer.from('{"ref":1}', "utf16le"), "the body is not JSON"],
    [Buffer.from([0xff, 0xfe, 0x00]), "the body is not JSON"],
    ["]".repeat(100), "the body is not JSON"],
  ])("%j: %s", (body, problem) => {
    expect(problemOf(body)).toBe(problem);
    expect(parse("Push Hook", body)).toEqual({ state: "unreadable", reason: problem });
  });
});

describe("depth", () => {
  const nested = (depth: number, [open, close]: [string, string] = ["[", "]"]) =>
    open.repeat(depth) + (open.endsWith(":") ? "1" : "") + close.repeat(depth);
  const tooDeep = "the body is nested more than 64 levels deep";

  test.each([
    [nested(64), undefined],
    [nested(65), tooDeep],
    [nested(65, ['{"a":', "}"]), tooDeep],
    [nested(1_000_000), tooDeep],
    [`"${"[".repeat(100)}"`, undefined],
    [`["\\"${"[".repeat(100)}\\\\"]`, undefined],
    [`["${"\\\\"}",${nested(64)}]`, tooDeep],
    [`[${Array(100).fill("[[[]]]").join()}]`, undefined],
  ])("%#", (body, problem) => {
    expect(problemOf(body)).toBe(problem);
  });

  test("it is counted before the parser sees the body: what is also broken is still called too deep", () => {
    expect(problemOf("[".repeat(65))).toBe(tooDeep);
    expect(problemOf("[".repeat(64))).toBe("the body is not JSON");
  });

  test("JSON of any shape up to the limit is read as JSON.parse reads it", () => {
    const plain = fc
      .jsonValue({ maxDepth: 6 })
      .filter((value) => !/__proto__|constructor|prototype|variables|\d{16}/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(plain, (value) => {
        expect(read(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("values", () => {
  const tooMany = "the body has more than a million values";

  test.each([
    [`[${"1,".repeat(999_998)}1]`, undefined],
    [`[${"1,".repeat(999_999)}1]`, undefined],
    [`[${"1,".repeat(1_000_000)}1]`, tooMany],
    [`[${"{},".repeat(499_999)}1]`, undefined],
    [`[${"{},".repeat(500_000)}1]`, tooMany],
    [`["${",[{".repeat(1_000_000)}"]`, undefined],
    [`["\\"${",[{".repeat(1_000_000)}"]`, undefined],
  ])("%#", (body, problem) => {
    expect(problemOf(body)).toBe(problem);
  });

  test("they are counted before the parser sees the body: what is also broken is still called too much", () => {
    expect(problemOf(`[${",".repeat(1_000_001)}`)).toBe(tooMany);
  });
});

describe("long lists", () => {
  test("are cut to 5,000, at every level", () => {
    const json = read(`{"commits":${JSON.stringify(Array(20_000).fill(1))},"a":[[${Array(6_000).fill(0).join()}]]}`);
    expect(json).toMatchObject({ commits: { length: 5_000 }, a: [{ length: 5_000 }] });
  });

  test("900,000 wrong items become 20 issues, none with a value", () => {
    const body = `{"project":{"path_with_namespace":"a/b"},"commits":[${"7,".repeat(899_999)}7]}`;
    const reading = parse("Push Hook", body);
    if (reading.state !== "unreadable") throw new Error(`the reading is ${reading.state}`);
    expect(reading.reason.split("; ")).toHaveLength(20);
    expect(reading.reason.split("; ")[19]).toBe("commits.19: expected object");
    expect(reading.reason).not.toMatch(/ 7|7,/);
  });
});

describe("what reaches into prototypes", () => {
  const hostile = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"prototype":1,"a":1}';

  test("is dropped, at every level", () => {
    expect(Object.getOwnPropertyNames(read(hostile))).toEqual(["a"]);
    expect(JSON.stringify(read(`{"x":[${hostile}],"variables":[${hostile}]}`))).toBe(
      '{"x":[{"a":1}],"variables":[{"a":1}]}',
    );
    expect(Object.hasOwn(Object.prototype, "isAdmin")).toBe(false);
  });

  test("in a project's place is no project", () => {
    const body = '{"__proto__":{"project":{"path_with_namespace":"a/b"}},"ref":"refs/heads/main"}';
    expect(parse("Push Hook", body).state).toBe("unreadable");
  });
});

test("of a key given twice the last one counts", () => {
  const body = '{"project":{"path_with_namespace":"a/first"},"project":{"path_with_namespace":"a/last"},"ref":"r"}';
  expect(parse("Push Hook", body)).toMatchObject({ event: { project: { path: "a/last" } } });
});

describe("characters", () => {
  const push = (title: string) =>
    `{"ref":"refs/heads/main","project":{"path_with_namespace":"a/b"},"commits":[{"id":"1","message":"${title}"}]}`;
  test.each([
    ["NUL", "a\\u0000b"],
    ["half of a pair", "\\ud800"],
    ["text that runs backwards", "a\u202eb"],
    ["no width", "a\u200bb"],
    ["a line of a megabyte", "x".repeat(1_000_000)],
    ["ten thousand marks on one letter", `e${"\u0301".repeat(10_000)}`],
  ])("%s makes an event", (_name, title) => {
    expect(parse("Push Hook", push(title)).state).toBe("event");
  });

  test("broken UTF-8 makes an event with replacement characters", () => {
    const reading = parse("Push Hook", Buffer.from(push("a\xff"), "latin1"));
    expect(reading).toMatchObject({ event: { commits: [{ title: "a\ufffd" }] } });
  });

  test("a byte order mark is not part of the text", () => {
    expect(parse("Push Hook", `\ufeff${push("a")}`).state).toBe("event");
  });
});

describe("long numbers", () => {
  test.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", "9007199254740993"],
    ["-9007199254740993", "-9007199254740993"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ["1.0000000000000001", 1],
    ["1e30", 1e30],
  ])("%s", (source, wanted) => {
    // A long number anywhere in the body turns the careful parser on.
    expect(read(`{"id":${source},"other":1234567890123456}`)).toEqual({ id: wanted, other: 1234567890123456 });
  });

  test("two merge requests whose numbers differ in the last digit stay two", () => {
    const key = (iid: string) => {
      const body = `{"project":{"path_with_namespace":"a/b"},"object_attributes":{"iid":${iid}}}`;
      const reading = parse("Merge Request Hook", body);
      return reading.state === "event" ? reading.event.key : reading.reason;
    };
    expect(key("9007199254740992")).toBe("!9007199254740992");
    expect(key("9007199254740993")).toBe("!9007199254740993");
  });
});

describe("CI variables", () => {
  test("lose their values wherever they are, and keep their names", () => {
    const json = read(
      '{"a":{"variables":[{"key":"K","value":"CANARY"},{"key":"N","value":{"deep":"CANARY"}},"x",null]}}',
    );
    expect(json).toEqual({
      a: { variables: [{ key: "K", value: "[removed]" }, { key: "N", value: "[removed]" }, "x", null] },
    });
  });

  test("are nowhere in the event of a pipeline", () => {
    const payload = fixture("pipeline_hook__scheduled_variables");
    const values = payload.object_attributes.variables.map(({ value }: { value: string }) => value);
    expect(values.length).toBeGreaterThan(0);
    payload.object_attributes.variables = [{ key: "DEPLOY_PW", value: "CANARY" }];
    expect(JSON.stringify(parse("Pipeline Hook", JSON.stringify(payload)))).not.toContain("CANARY");
    expect(JSON.stringify(read(JSON.stringify(payload)))).not.toContain("CANARY");
  });
});

test("a reason names fields, never values", () => {
  const canary = "CANARY-8472";
  const bodies: [header: string, payload: unknown][] = [
    ["Merge Request Hook", { object_attributes: canary }],
    ["Merge Request Hook", { object_attributes: { iid: { [canary]: canary }, url: canary }, user: canary }],
    ["Pipeline Hook", { object_attributes: { id: 1, status: [canary] }, project: canary }],
    ["Tag Push Hook", { ref: [canary] }],
    ["Push Hook", { commits: canary }],
    ["Push Hook", { commits: [canary], project: { [canary]: canary } }],
    ["Release Hook", { tag: { [canary]: canary } }],
    ["Deployment Hook", { status: 8472, project: canary }],
    ["System Hook", { event_name: canary }],
    ["System Hook", { event_name: "push", commits: canary }],
    ["Push Hook", canary],
  ];
  for (const [header, payload] of bodies) {
    const reading = parse(header, JSON.stringify(payload));
    if (reading.state === "event") throw new Error(`${header} ${JSON.stringify(payload)} was read`);
    expect(reading.reason).not.toBe("");
    expect(reading.reason).not.toMatch(/CANARY|8472/);
  }
});
