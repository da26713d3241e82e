import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Metrics } from "./metrics.ts";
import { counters, type Described, gauges, histograms } from "./table.ts";

/** Values of the gauges at one moment; undefined: not known, and left out. */
export type Figures = Record<keyof typeof gauges, number | undefined>;

export interface Prometheus {
  metrics: Metrics;
  /** All metrics in Prometheus' text format, with these values of the gauges. */
  text(figures: Figures): Promise<{ type: string; text: string }>;
}

/** Seconds. A forge waits 10 s for its answer, and Slack's limit is 12 s. */
const quick = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const long = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];
const statuses = new Set([400, 401, 404, 408, 413, 415, 429, 503]);

/**
 * The metrics of this process, in a registry of their own.
 * @param known the forges and kinds that labels may name; others count as `other`
 */
export function createPrometheus(known: { forges: readonly string[]; kinds: readonly string[] }): Prometheus {
  const registry = new Registry();
  // 10 ms by default: it would wake an idle process a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });

  const made = ({ name, help, labels }: Described) => ({ name, help, labelNames: labels, registers: [registry] });
  const each = <Name extends string, Made>(table: Record<Name, Described>, make: (one: Described) => Made) =>
    Object.fromEntries(Object.entries<Described>(table).map(([key, one]) => [key, make(one)])) as Record<Name, Made>;
  const counter = each(counters, (one) => new Counter(made(one)));
  const histogram = each(
    histograms,
    (one) => new Histogram({ ...made(one), buckets: one === histograms.delay ? long : quick }),
  );
  const gauge = each(gauges, (one) => new Gauge(made(one)));

  const oneOf = (values: readonly string[]) => {
    const set = new Set(values);
    return (value: string) => (set.has(value) ? value : "other");
  };
  const [forge, kind] = [oneOf(known.forges), oneOf(known.kinds)];

  return {
    metrics: {
      arrived: (name, outcome) => counter.arrived.inc({ forge: forge(name), outcome }),
      refused: (status) => counter.refused.inc({ status: status === undefined ? "none" : statusOf(status) }),
      read: (name, outcome, of) =>
        counter.read.inc({ forge: forge(name), kind: of === undefined ? "none" : kind(of), outcome }),
      message: (outcome) => counter.message.inc({ outcome }),
      slackCall: (call, outcome, seconds) => histogram.slackCall.observe({ call, outcome }, seconds),
      took: (what, seconds) => histogram[what].observe(seconds),
    },
    text: async (figures) => {
      for (const [name, value] of Object.entries(figures) as [keyof Figures, number | undefined][]) {
        if (value === undefined) gauge[name].remove();
        else gauge[name].set(value);
      }
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

const statusOf = (status: number) => (statuses.has(status) ? String(status) : "other");
