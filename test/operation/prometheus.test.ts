import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createPrometheus, type Figures } from "../../src/operation/prometheus.ts";
import { counters, gauges, histograms } from "../../src/operation/table.ts";

const known = { forges: ["gitlab", "wvs"], kinds: ["push", "pipeline"] };
const nothing = Object.fromEntries(Object.keys(gauges).map((name) => [name, undefined])) as Figures;

/** The lines of a metric with their values. */
const linesOf = (text: string, name: string) =>
  text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

test("deliveries, messages, refusals", async () => {
  const { metrics, text } = createPrometheus(known);
  metrics.arrived("gitlab", "stored");
  metrics.arrived("gitlab", "stored");
  metrics.arrived("wvs", "duplicate");
  metrics.read("gitlab", "event", "push");
  metrics.read("gitlab", "unreadable");
  metrics.message("sent");
  metrics.message("dead");
  metrics.refused(401);
  metrics.refused(undefined);
  const page = (await text(nothing)).text;
  expect(linesOf(page, "belfry_deliveries_total")).toEqual([
    'belfry_deliveries_total{forge="gitlab",outcome="stored"} 2',
    'belfry_deliveries_total{forge="wvs",outcome="duplicate"} 1',
  ]);
  expect(linesOf(page, "belfry_deliveries_read_total")).toEqual([
    'belfry_deliveries_read_total{forge="gitlab",kind="push",outcome="event"} 1',
    'belfry_deliveries_read_total{forge="gitlab",kind="none",outcome="unreadable"} 1',
  ]);
  expect(linesOf(page, "belfry_messages_total")).toEqual([
    'belfry_messages_total{outcome="sent"} 1',
    'belfry_messages_total{outcome="dead"} 1',
  ]);
  expect(linesOf(page, "belfry_refused_requests_total")).toEqual([
    'belfry_refused_requests_total{status="401"} 1',
    'belfry_refused_requests_total{status="none"} 1',
  ]);
});

test("what a sender can choose makes no new line", async () => {
  const { metrics, text } = createPrometheus(known);
  for (let n = 0; n < 50; n++) {
    metrics.arrived(`forge-${n}`, "stored");
    metrics.read(`forge-${n}`, "event", `kind-${n}`);
    metrics.refused(500 + n);
  }
  const page = (await text(nothing)).text;
  expect(linesOf(page, "belfry_deliveries_total")).toEqual([
    'belfry_deliveries_total{forge="other",outcome="stored"} 50',
  ]);
  expect(linesOf(page, "belfry_deliveries_read_total")).toHaveLength(1);
  expect(linesOf(page, "belfry_refused_requests_total")).toEqual([
    'belfry_refused_requests_total{status="other"} 49',
    'belfry_refused_requests_total{status="503"} 1',
  ]);
});

test("times", async () => {
  const { metrics, text } = createPrometheus(known);
  metrics.took("receive", 0.003);
  metrics.took("delay", 7_200);
  metrics.slackCall("post", "rate_limited", 0.2);
  const page = (await text(nothing)).text;
  expect(page).toContain('belfry_receive_seconds_bucket{le="0.005"} 1');
  expect(page).toContain('belfry_delay_seconds_bucket{le="3600"} 0');
  expect(page).toContain('belfry_delay_seconds_bucket{le="14400"} 1');
  expect(page).toContain('belfry_slack_call_seconds_count{call="post",outcome="rate_limited"} 1');
});

test("gauges: what is not known is absent, also after it was known", async () => {
  const { text } = createPrometheus(known);
  const seen = async (figures: Figures) => linesOf((await text(figures)).text, "belfry_open_messages");
  expect(await seen({ ...nothing, open: 0 })).toEqual(["belfry_open_messages 0"]);
  expect(await seen({ ...nothing, open: 12 })).toEqual(["belfry_open_messages 12"]);
  expect(await seen(nothing)).toEqual([]);
});

test("the process itself, and two that do not mix", async () => {
  const [one, other] = [createPrometheus(known), createPrometheus(known)];
  one.metrics.message("sent");
  const [mine, yours] = [(await one.text(nothing)).text, (await other.text(nothing)).text];
  expect(mine).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(mine).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  expect(linesOf(yours, "belfry_messages_total")).toEqual([]);
});

describe("docs/operations.md", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(belfry_\w+)(?:\{([\w,]+)\})?` \| (\w+) \| (.+) \|$/gm)].map(
    ([, name, labels, type, help]) => [name, labels ?? "", type, help],
  );

  test("has each metric with its labels, type and words, and no other", () => {
    const all = { counter: counters, histogram: histograms, gauge: gauges };
    const expected = Object.entries(all).flatMap(([type, table]) =>
      Object.values(table).map(({ name, labels, help }) => [name, labels.join(","), type, help]),
    );
    expect(rows).toEqual(expected);
  });
});
