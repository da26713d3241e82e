import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../clock.ts";
import { times } from "../statistics.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { OpenDone, OpenJob, Statuses } from "./job.ts";

/** Milliseconds that the last answers are waited for. */
const patience = 15_000;

/** Sends each request at its time, over a connection of its own where all others are still busy. */
export async function runOpen(job: OpenJob): Promise<OpenDone> {
  const count = Math.round((job.rate * job.milliseconds) / 1000);
  const sent = new Float64Array(count);
  const answered = new Float64Array(count);
  const late: number[] = [];
  const statuses: Statuses = {};
  const free: Connection[] = [];
  const underWay = new Set<Promise<void>>();

  async function send(index: number): Promise<void> {
    const connection = free.pop() ?? createConnection(job);
    sent[index] = now();
    const status = await connection.send(job.first + index);
    if (status !== 0) answered[index] = now();
    statuses[status] = (statuses[status] ?? 0) + 1;
    free.push(connection);
  }

  const begun = now();
  for (let index = 0; index < count; index++) {
    const due = begun + (index * 1000) / job.rate;
    const wait = due - now();
    if (wait > 0) await sleep(wait);
    late.push(Math.max(0, now() - due));
    const sending = send(index).finally(() => underWay.delete(sending));
    underWay.add(sending);
  }
  await Promise.race([Promise.all(underWay), sleep(patience, undefined, { ref: false })]);
  for (const connection of free) connection.close();
  return { kind: "open", statuses, sent, answered, late: times(late) };
}
