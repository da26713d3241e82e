import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../clock.ts";
import { times } from "../statistics.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { ClosedDone, ClosedJob, Statuses } from "./job.ts";

/** Milliseconds: before a lost connection is opened again, and after the end for the last answers. */
const pause = 10;
const patience = 10_000;

/** Keeps the connections busy for so long. */
export async function runClosed(job: ClosedJob): Promise<ClosedDone> {
  const statuses: Statuses = {};
  const took: number[] = [];
  const before = process.cpuUsage();
  const begun = now();
  const until = begun + job.milliseconds;
  const most = job.most ?? Number.POSITIVE_INFINITY;
  let [sent, ended] = [0, begun];

  const open: Connection[] = [];
  async function keepBusy(): Promise<void> {
    const connection = createConnection(job);
    open.push(connection);
    for (let at = now(); at < until && sent < most; at = now()) {
      const status = await connection.send(job.first + sent++);
      statuses[status] = (statuses[status] ?? 0) + 1;
      const done = now();
      if (done <= until && status !== 0) took.push(done - at);
      ended = Math.max(ended, Math.min(done, until));
      if (status === 0) await sleep(pause);
    }
    connection.close();
  }

  // Who never answers would be waited for without an end.
  const giveUp = () => {
    for (const connection of open) connection.close();
  };
  const late = setTimeout(giveUp, job.milliseconds + patience);
  await Promise.all(Array.from({ length: job.connections }, keepBusy));
  clearTimeout(late);
  const { user, system } = process.cpuUsage(before);
  return {
    ...{ kind: "closed", sent, statuses, answered: took.length, times: times(took) },
    seconds: (ended - begun) / 1000,
    busy: (user + system) / 1000 / (now() - begun),
  };
}
