import { installPeers } from "./peers.ts";
import { cases, type Measured, measure, newMeasured } from "./receive-measure.ts";
import type { Findings, Row, Target } from "./results.ts";
import type { Run } from "./run.ts";
import { ratios } from "./statistics.ts";
import type { Subject } from "./subjects/subject.ts";
import { subjects } from "./subjects/subjects.ts";
import { atLeast } from "./targets.ts";

/** The case that the targets are about. */
const main = 1;
/** Deliveries answered per second, beside what people would run instead. */
export async function receive(run: Run): Promise<Findings> {
  const wanted = subjects.filter(({ name }) => run.wants(name));
  if (wanted.some(({ needsPeers }) => needsPeers)) installPeers(run.say);
  const found = new Map<string, Measured[]>();
  const failures = new Map<string, string>();
  for (let round = 0; round < run.rounds; round++) {
    // Another one begins each time: who comes first has the cooler machine.
    for (let turn = 0; turn < wanted.length; turn++) {
      const subject = wanted[(turn + round) % wanted.length];
      if (!subject || failures.has(subject.name)) continue;
      run.say(`round ${round + 1}: ${subject.name}`);
      try {
        await measure(run, subject, found);
      } catch (error) {
        failures.set(subject.name, error instanceof Error ? error.message : String(error));
      }
    }
  }
  return {
    how,
    tables: cases.map((one, at) => ({
      title: `${one.bytes / 1000} KB, ${one.connections} connections`,
      labels: ["subject", "before it answers"],
      columns: [
        ...["answers/s", "p50 ms", "p99 ms", "× raw", "× its control"].map((name, digits) => ({
          name,
          digits: [0, 1, 1, 2, 2][digits] ?? 0,
        })),
        ...["CPU own", "CPU PostgreSQL", "CPU load"].map((name) => ({ name, digits: 2 })),
      ],
      rows: wanted.filter(({ name }) => !failures.has(name)).map((subject) => rowOf(subject, found, at)),
    })),
    targets: targetsOf(found),
    failures: [...failures].map(([name, why]) => `${name}: ${why}`),
  };
}

const how = [
  "202s (Bolt: 200s) per second over connections that are never idle, from a process of its own; p50 and p99 of the time to the whole answer. Only answers 2xx count, and a subject with any other is not measured.",
  "Before that each subject has answered 2xx to a right secret and 401 (octokit, probot: 400) to a wrong one. Payloads are a merge request (5 KB), a pipeline (15 KB) and a push of 20 commits (200 KB) of GitLab, GitHub's push for octokit and probot, Slack's app_mention for Bolt, as large.",
  "Belfry and the controls store on disk before they answer; all others keep nothing. `web` only receives; `start` is the whole bot in one process, where no rule names the project.",
  "Belfry runs as in its Procfile, logs each delivery (to a file); the others run with their own settings and NODE_ENV=production.",
  "CPU: shares of one core. Load, PostgreSQL and subject share the cores of the machine: where the load is near 1, it bounds the figure.",
];

function rowOf({ name, title, does, control }: Subject, found: ReadonlyMap<string, Measured[]>, at: number): Row {
  const own = found.get(name)?.[at] ?? newMeasured();
  const by = (other: string | undefined) => ratios(own.perSecond, found.get(other ?? "")?.[at]?.perSecond ?? []);
  return {
    labels: [title, does],
    figures: [own.perSecond, own.p50, own.p99, by("raw"), by(control), own.own, own.postgres, own.load],
  };
}

function targetsOf(found: ReadonlyMap<string, Measured[]>): Target[] {
  const of = (name: string) => found.get(name)?.[main]?.perSecond ?? [];
  const wanted: [string, string, string, number][] = [
    ["SQLite", "belfry-sqlite-web", "control-sqlite", 0.7],
    ["PostgreSQL", "belfry-postgres-web", "control-postgres", 0.7],
    ["SQLite", "belfry-sqlite-web", "raw", 0.5],
    ["SQLite", "belfry-sqlite-web", "probot", 1.5],
    ["PostgreSQL", "belfry-postgres-web", "raw", 0.3],
  ];
  return wanted.map(([store, name, base, than]) =>
    atLeast({
      says: `receive, 5 KB, 50 connections: Belfry on ${store} by ${base}`,
      values: ratios(of(name), of(base)),
      than,
      unit: " ×",
    }),
  );
}
