import { untilPosted } from "./drained.ts";
import { type Fleet, postedRequests, startFleet, usageColumns, watchUsage } from "./fleet.ts";
import type { Findings, Row } from "./results.ts";
import type { Run } from "./run.ts";
import { times } from "./statistics.ts";
import { atMost } from "./targets.ts";
import { type StoreName, stores, titleOf } from "./workplace.ts";

const rates = [50, 200, 500];
const town = { workspaces: 50, channels: 2_000 };
const quickTown = { workspaces: 5, channels: 100 };
const warmUp = { rate: 100, seconds: 5 };

const columns = [
  ...["p50 ms", "p90 ms", "p99 ms", "most ms", "answer p50 ms", "load late p99 ms"].map((name) => ({
    name,
    digits: 1,
  })),
  { name: "not posted", digits: 0 },
  ...usageColumns,
];

/** From the first byte of a delivery to the first byte at the fake Slack, at fixed arrival times. */
export async function latency(run: Run): Promise<Findings> {
  const wanted = stores.filter((name) => run.wants(name));
  const found = new Map<string, number[][]>();
  for (let round = 0; round < run.rounds; round++) {
    for (const store of round % 2 ? wanted.toReversed() : wanted) {
      run.say(`round ${round + 1}: ${store}`);
      await measure(run, store, (rate, figures) => {
        const key = `${store} ${rate}`;
        const before = found.get(key) ?? columns.map(() => []);
        found.set(
          key,
          before.map((values, at) => [...values, figures[at] ?? Number.NaN]),
        );
      });
    }
  }
  const rows = wanted.flatMap((store) =>
    rates.map((rate): Row => {
      const processes = store === "sqlite" ? "one process" : "web + worker";
      return {
        labels: [`${titleOf[store]}, ${processes}`, String(rate)],
        figures: found.get(`${store} ${rate}`) ?? [],
      };
    }),
  );
  const at200 = (store: StoreName, column: number) => found.get(`${store} 200`)?.[column] ?? [];
  return {
    how: how(run.quick ? quickTown : town),
    tables: [{ title: "Milliseconds to Slack", labels: ["Belfry", "deliveries/s"], columns, rows }],
    targets: [
      atMost({ says: "latency at 200/s on SQLite, p50", values: at200("sqlite", 0), than: 10, unit: " ms", digits: 1 }),
      atMost({ says: "latency at 200/s on SQLite, p99", values: at200("sqlite", 2), than: 60, unit: " ms", digits: 1 }),
      atMost({
        says: "latency at 200/s on PostgreSQL, p50",
        values: at200("postgres", 0),
        than: 20,
        unit: " ms",
        digits: 1,
      }),
    ],
    failures: [],
  };
}

const how = ({ workspaces, channels }: typeof town) => [
  `Pushes, new merge requests and failed pipelines of 5 KB, as many of each, for ${channels.toLocaleString("en")} channels in ${workspaces} workspaces; each is posted once. **The pace is off** (\`BELFRY_PACE_…=off\`): by itself Belfry keeps to Slack's limits.`,
  "Arrival times are fixed, whether Belfry keeps up or not; where all connections are busy another one is opened. From the first byte of a delivery to the first byte of its post at the fake Slack, which answers at once; both by the machine's monotonic clock, in two processes.",
  "“load late” is how much later than its time a delivery was sent: that is not in the figures, which count from the byte that was sent.",
];

async function measure(run: Run, store: StoreName, tell: (rate: number, figures: number[]) => void): Promise<void> {
  const fleet = await startFleet(run, store, run.quick ? quickTown : town);
  try {
    const { rate, seconds } = warmUp;
    let first = await flow(fleet, 1_000_000, rate, Math.min(seconds, run.seconds) * 1000, () => {});
    for (const rate of rates)
      first = await flow(fleet, first, rate, run.seconds * 1000, (figures) => tell(rate, figures));
  } finally {
    await fleet.stop();
  }
}

/** @returns the number of the next delivery */
async function flow(
  fleet: Fleet,
  first: number,
  rate: number,
  milliseconds: number,
  tell: (figures: number[]) => void,
): Promise<number> {
  const { load, slack, web, addresses } = fleet;
  const usage = watchUsage(fleet);
  const done = await load.open({
    port: web.port,
    requests: postedRequests(),
    targets: addresses,
    first,
    rate,
    milliseconds,
  });
  const shares = usage();
  const count = done.sent.length;
  await untilPosted(slack, count);
  const posts = await slack.take();
  const arrived = new Map<number, number>();
  for (const [index, number] of posts.numbers.entries())
    if (!arrived.has(number)) arrived.set(number, posts.times[index] ?? Number.NaN);
  const took = [...done.sent].flatMap((at, index) => {
    const posted = arrived.get(first + index);
    return posted === undefined ? [] : [posted - at];
  });
  const answers = [...done.answered].flatMap((at, index) => (at > 0 ? [at - (done.sent[index] ?? 0)] : []));
  if (took.length === 0) throw new Error(`of ${count} deliveries none was posted`);
  const { p50, p90, p99, most } = times(took);
  tell([p50, p90, p99, most, times(answers).p50, done.late.p99, count - took.length, ...shares]);
  return first + count;
}
