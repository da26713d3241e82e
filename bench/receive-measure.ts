import { type Load, startLoad } from "./load/load.ts";
import type { Run } from "./run.ts";
import type { Running, Subject } from "./subjects/subject.ts";
import { secondsOf, secondsOfName } from "./usage.ts";

interface Case {
  bytes: number;
  connections: number;
}

/** What each subject is measured in, one after the other. */
export const cases: Case[] = [
  { bytes: 5_000, connections: 10 },
  { bytes: 5_000, connections: 50 },
  { bytes: 5_000, connections: 100 },
  { bytes: 15_000, connections: 50 },
  { bytes: 200_000, connections: 50 },
];
const warmUp = { connections: 50, share: 0.5 };

/** What one subject showed in one case, by round. */
export interface Measured {
  perSecond: number[];
  p50: number[];
  p99: number[];
  /** shares of a core: the subject, PostgreSQL, the load */
  own: number[];
  postgres: number[];
  load: number[];
}

/**
 * Starts a subject, makes sure that it works, and adds what it shows to what was found before.
 * @throws Error where it does not start, lets anybody in, or does not take all that it is sent
 */
export async function measure(run: Run, subject: Subject, found: Map<string, Measured[]>): Promise<void> {
  const running = await subject.start(run);
  const load = startLoad();
  try {
    await verify(load, running);
    const traffic = { port: running.port, targets: [{}] };
    let first = 1_000_000;
    const milliseconds = run.seconds * 1000;
    const warm = running.request(5_000);
    const { connections, share } = warmUp;
    const warmed = await load.closed({
      ...traffic,
      requests: [warm],
      first,
      connections,
      milliseconds: milliseconds * share,
    });
    first += warmed.sent;
    const rows = found.get(subject.name) ?? cases.map(() => newMeasured());
    found.set(subject.name, rows);
    for (const [at, { bytes, connections }] of cases.entries()) {
      await run.workplace.settle();
      const before = [secondsOf(running.pid), secondsOfName("postgres")];
      const began = performance.now();
      const requests = [running.request(bytes)];
      const done = await load.closed({ ...traffic, requests, first, connections, milliseconds });
      first += done.sent;
      const others = Object.entries(done.statuses).filter(([status]) => !status.startsWith("2"));
      if (others.length > 0) throw new Error(`answered ${others.map(([status, count]) => `${status} ${count} times`)}`);
      if (done.answered === 0) throw new Error(`answered none of ${done.sent} requests of ${bytes} bytes in time`);
      const seconds = (performance.now() - began) / 1000;
      const cpu = [secondsOf(running.pid), secondsOfName("postgres")].map(
        (now, index) => (now - (before[index] ?? 0)) / seconds,
      );
      const row = rows[at];
      row?.perSecond.push(done.answered / done.seconds);
      row?.p50.push(done.times.p50);
      row?.p99.push(done.times.p99);
      row?.own.push(cpu[0] ?? 0);
      row?.postgres.push(cpu[1] ?? 0);
      row?.load.push(done.busy);
    }
  } finally {
    await load.close();
    await running.stop();
  }
}

export const newMeasured = (): Measured => ({ perSecond: [], p50: [], p99: [], own: [], postgres: [], load: [] });

/** A subject that lets anybody in, or nobody, is not worth measuring. @throws Error */
async function verify(load: Load, { port, request, refusal }: Running): Promise<void> {
  for (const isRight of [true, false]) {
    const requests = [request(5_000, isRight)];
    const job = { port, requests, targets: [{}], connections: 1, milliseconds: 10_000, most: 3 };
    const { statuses } = await load.closed({ ...job, first: isRight ? 1 : 101 });
    const seen = Object.keys(statuses).map(Number);
    if (seen.length === 0) throw new Error(`was sent nothing with a ${isRight ? "right" : "wrong"} secret`);
    const isFine = seen.every((status) => (isRight ? status >= 200 && status < 300 : status === refusal));
    if (!isFine) throw new Error(`answers ${seen} to a ${isRight ? "right" : "wrong"} secret`);
  }
}
