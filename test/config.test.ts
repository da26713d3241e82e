import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { UserError } from "../src/errors.ts";

const problemOf = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "";
};

test("without any setting", () => {
  expect(readConfig({})).toMatchObject({
    port: 3000,
    host: "127.0.0.1",
    database: undefined,
    trustProxy: undefined,
    logLevel: "warn",
    slack: undefined,
    pace: {
      channel: { interval: 1000, burst: 3 },
      posts: { interval: 250, burst: 20 },
      updates: { interval: 60_000 / 45, burst: 5 },
    },
    collectAfter: 86_400_000,
    keep: { bodies: 7 * 86_400_000, rows: 30 * 86_400_000 },
    metricsToken: undefined,
    metricsPort: undefined,
  });
});

test("an empty variable counts as unset", () => {
  expect(readConfig({ BELFRY_PACE_CHANNEL: "", BELFRY_KEEP_ROWS: "", BELFRY_METRICS_TOKEN: "" })).toMatchObject({
    pace: { channel: { interval: 1000, burst: 3 } },
    keep: { rows: 30 * 86_400_000 },
    metricsToken: undefined,
  });
});

test.each([
  ["off", undefined],
  ["1/s", { interval: 1000, burst: 1 }],
  ["50/s", { interval: 20, burst: 1 }],
  ["50/s burst 50", { interval: 20, burst: 50 }],
  [" 240/min  burst  20 ", { interval: 250, burst: 20 }],
  ["1000/s burst 1000", { interval: 1, burst: 1000 }],
])("a pace of %j", (value, pace) => {
  const { pace: paces } = readConfig({
    BELFRY_PACE_CHANNEL: value,
    BELFRY_PACE_POSTS: value,
    BELFRY_PACE_UPDATES: value,
  });
  expect(paces).toEqual({ channel: pace, posts: pace, updates: pace });
});

test.each(["0/s", "1/s burst 0", "1001/s", "1/s burst 1001", "1/h", "1 /s", "s", "1/s burst", "-1/s", "1.5/s", "OFF"])(
  "no pace: %j",
  (value) => {
    expect(problemOf({ BELFRY_PACE_POSTS: value })).toBe(
      "The settings need a correction:\n  BELFRY_PACE_POSTS: must look like 1/s, 240/min burst 20 or off (at most 1000 of each)",
    );
  },
);

test.each([
  ["30s", 30_000],
  ["10m", 600_000],
  ["12h", 43_200_000],
  ["3650d", 3650 * 86_400_000],
])("a duration of %s", (value, milliseconds) => {
  const { collectAfter, keep } = readConfig({ BELFRY_COLLECT_AFTER: value, BELFRY_KEEP_BODIES: value });
  expect([collectAfter, keep.bodies]).toEqual([milliseconds, milliseconds]);
});

test.each([
  ["2d", 2],
  ["48h", 2],
  ["400d", 400],
])("rows are kept for %s", (value, days) => {
  expect(readConfig({ BELFRY_KEEP_ROWS: value }).keep.rows).toBe(days * 86_400_000);
});

test.each(["47h", "1d", "30s"])("rows are not kept for %s only: repeats are told by them", (value) => {
  expect(problemOf({ BELFRY_KEEP_ROWS: value })).toBe(
    "The settings need a correction:\n  BELFRY_KEEP_ROWS: must be at least 2d",
  );
});

test.each(["0d", "7", "d", "7 d", "7w", "1.5h", "-1d", "3651d", "999999999d", "off"])("no duration: %j", (value) => {
  expect(problemOf({ BELFRY_KEEP_BODIES: value })).toBe(
    "The settings need a correction:\n  BELFRY_KEEP_BODIES: must be a number with s, m, h or d, such as 30m or 7d (at most 3650d)",
  );
});

describe("what is wrong is said without the value", () => {
  test.each([
    ["PORT", "65536"],
    ["BELFRY_SUPPORT_URL", "javascript:hidden"],
    ["BELFRY_SUPPORT_URL", "mailto:hidden"],
    ["BELFRY_SUPPORT_URL", "hidden@acme.io"],
    ["BELFRY_URL", "mailto:hidden@acme.io"],
    ["BELFRY_URL", "ftp://hidden"],
    ["BELFRY_TRUST_PROXY", "hidden"],
    ["SLACK_BOT_TOKEN", "hidden-token"],
    ["BELFRY_METRICS_TOKEN", "hidden"],
    ["BELFRY_METRICS_TOKEN", "hidden with spaces in it"],
    ["BELFRY_METRICS_PORT", "hidden"],
    ["BELFRY_PACE_CHANNEL", "hidden"],
    ["BELFRY_COLLECT_AFTER", "hidden"],
  ])("%s=%s", (name, value) => {
    const problem = problemOf({ [name]: value });
    expect(problem).toContain(`  ${name}: must `);
    expect(problem).not.toContain(value);
  });

  test("each of several", () => {
    expect(problemOf({ PORT: "x", BELFRY_KEEP_ROWS: "x" }).split("\n")).toHaveLength(3);
  });
});

test.each(["https://acme.io/help", "http://localhost:8080", "mailto:belfry@acme.io"])("help is at %s", (value) => {
  expect(readConfig({ BELFRY_SUPPORT_URL: value }).supportUrl).toBe(value);
});

test.each([
  ["1", 1],
  ["loopback, 10.0.0.0/8", "loopback, 10.0.0.0/8"],
])("proxies: %s", (value, trustProxy) => {
  expect(readConfig({ BELFRY_TRUST_PROXY: value }).trustProxy).toBe(trustProxy);
});

describe("the Slack app", () => {
  const one = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "0123456789abcdef" };
  const many = {
    ...{ SLACK_CLIENT_ID: "1.2", SLACK_CLIENT_SECRET: "0123456789abcdef", SLACK_SIGNING_SECRET: "0123456789abcdef" },
    BELFRY_URL: "https://belfry.example.com",
  };
  const without = (name: keyof typeof many) => Object.fromEntries(Object.entries(many).filter(([key]) => key !== name));

  test.each([
    ["a token alone posts and takes no commands", { SLACK_BOT_TOKEN: "xoxb-1" }, undefined],
    ["one workspace", one, { signingSecret: "0123456789abcdef", appToken: undefined, oauth: undefined }],
    [
      "one workspace over a socket",
      { SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1" },
      { signingSecret: undefined, appToken: "xapp-1", oauth: undefined },
    ],
    ["many workspaces", many, { oauth: { clientId: "1.2", clientSecret: "0123456789abcdef" } }],
    ["many on this machine", { ...many, BELFRY_URL: "http://127.0.0.1:3000" }, { oauth: { clientId: "1.2" } }],
  ])("%s", (_name, environment, app) => {
    const found = readConfig(environment).app;
    if (app === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(app);
  });

  test.each([
    ["half of OAuth", without("SLACK_CLIENT_SECRET"), "Set both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"],
    ["one and many", { ...many, SLACK_BOT_TOKEN: "xoxb-1" }, "set only one of them"],
    ["nothing to tell who sends", without("SLACK_SIGNING_SECRET"), "set SLACK_SIGNING_SECRET as well"],
    ["no way back", without("BELFRY_URL"), "set BELFRY_URL as well"],
    ["a way back without TLS", { ...many, BELFRY_URL: "http://belfry.example.com" }, "has to begin with https://"],
    ["a secret of nothing", { SLACK_SIGNING_SECRET: "0123456789abcdef" }, "set SLACK_BOT_TOKEN (one workspace)"],
    ["another token", { ...one, SLACK_APP_TOKEN: "xoxb-CANARY" }, "must start with xapp-"],
    ["a client id of words", { ...many, SLACK_CLIENT_ID: "CANARY" }, "two numbers with a dot between"],
  ])("%s is refused, without the value", (_name, environment, says) => {
    expect(() => readConfig(environment)).toThrow(says);
    expect(() => readConfig(environment)).not.toThrow("CANARY");
  });
});
