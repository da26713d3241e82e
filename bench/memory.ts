import { setTimeout as sleep } from "node:timers/promises";
import { startBelfry } from "./belfry.ts";
import { untilPosted } from "./drained.ts";
import { type Fleet, postedRequests, startFleet } from "./fleet.ts";
import { fullStore } from "./full-store.ts";
import type { Findings, Row } from "./results.ts";
import type { Run } from "./run.ts";
import { median } from "./statistics.ts";
import { atMost } from "./targets.ts";
import { memoryOf } from "./usage.ts";

const town = { workspaces: 50, channels: 2_000 };
const quickTown = { workspaces: 5, channels: 100 };
const sampleEvery = 250;
/** By the seconds of a measurement: idle before and after, and the steady load. */
const parts = { idle: 1 / 6, steady: 10 };
const steadyRate = 200;
const connections = 50;

/** Memory of the one process on SQLite: idle, under all the load it takes, after it, under a steady load, and full. */
export async function memory(run: Run): Promise<Findings> {
  const rows = new Map<string, number[][]>();
  const note = (label: string, samples: readonly number[]) => {
    const row = rows.get(label) ?? [[], []];
    row[0]?.push(median(samples) / 1e6);
    row[1]?.push(Math.max(...samples) / 1e6);
    rows.set(label, row);
  };
  for (let round = 0; round < run.rounds; round++) {
    run.say(`round ${round + 1}: load`);
    await load(run, note);
    run.say(`round ${round + 1}: a full store`);
    const { place, deliveries } = await fullStore(run, "sqlite");
    const belfry = await startBelfry(run, { command: "start", place });
    const full = `idle with ${deliveries.toLocaleString("en")} stored deliveries`;
    note(full, await sample(belfry.pid, sleep(run.seconds * parts.idle * 1000)));
    await belfry.stop();
  }
  const of = (label: string, column: number) => rows.get(label)?.[column] ?? [];
  const begin = of(labels.first, 0);
  const grown = of(labels.last, 0).map((last, round) => last - (begin[round] ?? Number.NaN));
  return {
    how: [
      "`start` on SQLite, one process, resident memory (VmRSS) four times a second; median and most of each part.",
      `Full load: pushes, merge requests and pipelines of 5 KB over ${connections} connections that are never idle, posted, pace off. Steady load: ${steadyRate} a second for ${parts.steady} times as long.`,
      "After it: as long as idle, once all was posted. V8 keeps what it may need again, so it is not what was there before.",
    ],
    tables: [
      {
        title: "Megabytes",
        labels: ["while"],
        columns: ["median MB", "most MB"].map((name) => ({ name, digits: 0 })),
        rows: [...rows].map(([label, figures]): Row => ({ labels: [label], figures })),
      },
    ],
    targets: [
      atMost({ says: "memory idle, most", values: of(labels.idle, 1), than: 120, unit: " MB", digits: 0 }),
      atMost({ says: "memory under full load, most", values: of(labels.load, 1), than: 300, unit: " MB", digits: 0 }),
      atMost({
        says: "memory, steady load: last quarter less the first",
        values: grown,
        than: 10,
        unit: " MB",
        digits: 1,
      }),
    ],
    failures: [],
  };
}

const labels = {
  idle: "idle after the start",
  load: "full load",
  after: "idle after it",
  first: `${steadyRate}/s, first quarter`,
  last: `${steadyRate}/s, last quarter`,
};

async function load(run: Run, note: (label: string, samples: readonly number[]) => void): Promise<void> {
  const fleet = await startFleet(run, "sqlite", run.quick ? quickTown : town);
  const { web, load, slack } = fleet;
  const milliseconds = run.seconds * 1000;
  const idle = () => sample(web.pid, sleep(milliseconds * parts.idle));
  try {
    note(labels.idle, await idle());
    const traffic = trafficOf(fleet);
    let sent = 0;
    const busy = load.closed({ ...traffic, first: 1_000_000, connections, milliseconds }).then((done) => {
      ({ sent } = done);
    });
    note(labels.load, await sample(web.pid, busy));
    await untilPosted(slack, sent);
    await slack.take();
    note(labels.after, await idle());
    const steady = load.open({
      ...traffic,
      first: 2_000_000,
      rate: steadyRate,
      milliseconds: milliseconds * parts.steady,
    });
    const samples = await sample(web.pid, steady);
    const quarter = Math.ceil(samples.length / 4);
    note(labels.first, samples.slice(0, quarter));
    note(labels.last, samples.slice(-quarter));
  } finally {
    await fleet.stop();
  }
}

const trafficOf = ({ web, addresses }: Fleet) => ({ port: web.port, requests: postedRequests(), targets: addresses });

/** Looks at a process until the work is done. */
async function sample(pid: number, work: Promise<unknown>): Promise<number[]> {
  const samples = [memoryOf(pid)];
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await Promise.race([done, sleep(sampleEvery)]);
    samples.push(memoryOf(pid));
  }
  await done;
  return samples;
}
