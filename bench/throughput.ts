import { untilPosted } from "./drained.ts";
import { postedRequests, startFleet, usageColumns, watchUsage } from "./fleet.ts";
import type { Findings } from "./results.ts";
import type { Run } from "./run.ts";
import { ratios } from "./statistics.ts";
import { atLeast } from "./targets.ts";
import type { StoreName } from "./workplace.ts";

interface Variant {
  name: string;
  title: string;
  store: StoreName;
  workers: number;
}

export const variants: Variant[] = [
  { name: "sqlite", title: "SQLite, one process", store: "sqlite", workers: 1 },
  { name: "postgres-1", title: "PostgreSQL, web + 1 worker", store: "postgres", workers: 1 },
  { name: "postgres-2", title: "PostgreSQL, web + 2 workers", store: "postgres", workers: 2 },
];
const town = { workspaces: 50, channels: 10_000 };
const quickTown = { workspaces: 5, channels: 200 };
const connections = 50;
const columns = [
  { name: "posted/s", digits: 0 },
  { name: "received/s", digits: 0 },
  { name: "not posted", digits: 0 },
  { name: "× one worker", digits: 2 },
  ...usageColumns,
];

/** Deliveries per second from receive to posted: as fast as they are taken, until the last one is posted. */
export async function throughput(run: Run): Promise<Findings> {
  const wanted = variants.filter(({ name }) => run.wants(name));
  const found = new Map<string, number[][]>();
  for (let round = 0; round < run.rounds; round++) {
    for (const variant of round % 2 ? wanted.toReversed() : wanted) {
      run.say(`round ${round + 1}: ${variant.name}`);
      const figures = await measure(run, variant);
      const before = found.get(variant.name) ?? figures.map(() => []);
      found.set(
        variant.name,
        before.map((values, at) => [...values, figures[at] ?? Number.NaN]),
      );
    }
  }
  const { workspaces, channels } = run.quick ? quickTown : town;
  const posted = (name: string) => found.get(name)?.[0] ?? [];
  const byOne = ratios(posted("postgres-2"), posted("postgres-1"));
  const rows = wanted.map(({ name, title }) => {
    const [perSecond = [], received = [], missing = [], ...usage] = found.get(name) ?? [];
    return { labels: [title], figures: [perSecond, received, missing, name === "postgres-2" ? byOne : [], ...usage] };
  });
  return {
    how: [
      `Pushes, new merge requests and failed pipelines of 5 KB for ${channels.toLocaleString("en")} channels in ${workspaces} workspaces, sent over ${connections} connections that are never idle; each is posted once. **The pace is off.**`,
      "posted/s: all deliveries, by the time from the first one sent to the last one's first byte at the fake Slack, which answers at once. received/s: answers while they were sent.",
      "CPU: shares of one core over all of that time. Where they add up to the cores of the machine, the machine is the bound.",
    ],
    tables: [{ title: "Deliveries posted", labels: ["Belfry"], columns, rows }],
    targets: [
      atLeast({ says: "throughput on SQLite", values: posted("sqlite"), than: 1_000, unit: "/s", digits: 0 }),
      atLeast({ says: "throughput on PostgreSQL, two workers by one", values: byOne, than: 1.5, unit: " ×" }),
    ],
    failures: [],
  };
}

async function measure(run: Run, { store, workers }: Variant): Promise<number[]> {
  const fleet = await startFleet(run, store, run.quick ? quickTown : town, workers);
  const { load, slack, web, addresses } = fleet;
  try {
    const traffic = { port: web.port, requests: postedRequests(), targets: addresses, connections };
    const warmed = await load.closed({
      ...traffic,
      first: 1_000_000,
      milliseconds: Math.min(1_000, run.seconds * 500),
    });
    await untilPosted(slack, warmed.sent);
    const { posted: warm } = await slack.take();
    if (warm < warmed.sent) run.say(`of ${warmed.sent} deliveries of the warm-up only ${warm} were posted`);
    const usage = watchUsage(fleet);
    const began = process.hrtime();
    const done = await load.closed({ ...traffic, first: 1_000_000 + warmed.sent, milliseconds: run.seconds * 1000 });
    await untilPosted(slack, done.sent);
    const shares = usage();
    const { posted, times } = await slack.take();
    const last = times.reduce((latest, at) => Math.max(latest, at), 0) - (began[0] * 1e3 + began[1] / 1e6);
    if (posted === 0) throw new Error(`of ${done.sent} deliveries none was posted`);
    return [posted / (last / 1000), done.answered / done.seconds, done.sent - posted, ...shares];
  } finally {
    await fleet.stop();
  }
}
