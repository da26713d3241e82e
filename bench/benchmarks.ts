import { exampleKinds } from "./examples.ts";
import { lanes } from "./lanes.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { receive } from "./receive.ts";
import { render } from "./render.ts";
import type { BenchmarkName } from "./results.ts";
import { rules } from "./rules.ts";
import type { Benchmark } from "./run.ts";
import { start } from "./start.ts";
import { subjects } from "./subjects/subjects.ts";
import { throughput, variants } from "./throughput.ts";
import { stores } from "./workplace.ts";

export const benchmarks: Record<BenchmarkName, Benchmark> = {
  receive: {
    run: receive,
    names: () => subjects.map(({ name }) => name),
    usual: { rounds: 3, seconds: 3 },
    quick: 0.4,
  },
  latency: { run: latency, names: () => stores, usual: { rounds: 3, seconds: 15 }, quick: 1 },
  throughput: {
    run: throughput,
    names: () => variants.map(({ name }) => name),
    usual: { rounds: 3, seconds: 6 },
    quick: 1,
  },
  rules: { run: rules, names: () => stores, usual: { rounds: 3, seconds: 2 }, quick: 0.2 },
  render: { run: render, names: () => exampleKinds(), usual: { rounds: 3, seconds: 0.2 }, quick: 0.02 },
  lanes: { run: lanes, names: () => stores, usual: { rounds: 3, seconds: 2 }, quick: 0.3 },
  memory: { run: memory, names: () => ["sqlite"], usual: { rounds: 1, seconds: 60 }, quick: 2 },
  start: { run: start, names: () => stores, usual: { rounds: 3, seconds: 1 }, quick: 1 },
};
