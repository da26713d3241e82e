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

test.each([
  ["1", 1],
  ["loopback, 10.0.0.0/8", "loopback, 10.0.0.0/8"],
])("proxies: %s", (value, trustProxy) => {
  expect(readConfig({ BELFRY_TRUST_PROXY: value }).trustProxy).toBe(trustProxy);
});
