import { lanes } from "./lanes.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { receive } from "./receive.ts";
import { render } from "./render.ts";
import type { BenchmarkName } from "./results.ts";
import { rules } from "./rules.ts";
import type { Benchmark } from "./run.ts";
import { start } from "./start.ts";
import { throughput } from "./throughput.ts";

export const benchmarks: Record<BenchmarkName, Benchmark> = {
  receive: { run: receive, usual: { rounds: 5, seconds: 4 }, quick: 0.4 },
  latency: { run: latency, usual: { rounds: 3, seconds: 15 }, quick: 1 },
  throughput: { run: throughput, usual: { rounds: 3, seconds: 10 }, quick: 1 },
  rules: { run: rules, usual: { rounds: 5, seconds: 2 }, quick: 0.2 },
  render: { run: render, usual: { rounds: 5, seconds: 0.2 }, quick: 0.02 },
  lanes: { run: lanes, usual: { rounds: 5, seconds: 2 }, quick: 0.3 },
  memory: { run: memory, usual: { rounds: 1, seconds: 60 }, quick: 2 },
  start: { run: start, usual: { rounds: 5, seconds: 1 }, quick: 1 },
};
