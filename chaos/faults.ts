import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../test/support/fake-slack/faults.ts";
import type { LoggedCall } from "../test/support/fake-slack.ts";
import type { Harness } from "./harness.ts";
import type { Ending } from "./postgres.ts";
import type { Random } from "./random.ts";

/** What goes wrong in a run, by name; how often each is chosen. */
export interface FaultKind {
  name: string;
  weight: number;
  /** does it and mends it; resolves when it is over */
  run(): Promise<void>;
}

const minute = 60_000;
const offsets = [-120 * minute, -10 * minute, -minute, minute, 10 * minute, 120 * minute];

/** All faults that fit the harness. @param hang also calls without any answer, which take Belfry 12 seconds each */
export function faultsFor(harness: Harness, random: Random, { hang }: { hang: boolean }): FaultKind[] {
  const { processes, postgres, folders, workers, webs } = harness;
  const all = processes.names;
  const kind = (name: string, weight: number, run: () => Promise<void>): FaultKind => ({ name, weight, run });
  const slack = createSlackFaults(harness, random);
  const within = (least: number, most: number) => sleep(random.between(least, most));
  // Posts and edits alike.
  const slackKind = (name: string, weight: number, fault: () => Fault, calls = 5) =>
    kind(`slack ${name}`, weight, () => slack.meet(fault, random.between(1, calls)));

  return [
    kind("kill", 6, async () => {
      const name = random.pick(all);
      // Now and then also one that is starting, in the middle of whatever it does then.
      if (processes.isReady(name) || random.chance(0.15)) processes.kill(name);
    }),
    kind("restart", 1, () => processes.restart(random.pick(all))),
    kind("kill between post and answer", 4, () => slack.killAt("chat.postMessage", random.pick(workers))),
    kind("kill between edit and answer", 2, () => slack.killAt("chat.update", random.pick(workers))),
    kind("card deleted", 1, async () => removeCard(harness, random)),
    kind("kill at a request", 4, () => killAtRequest(harness, random.pick(webs), random.between(0, 20))),
    slackKind("429", 2, () => ({ ratelimited: random.between(1, 3) }), 1),
    slackKind("500", 2, () => 500),
    slackKind("503", 2, () => 503),
    slackKind("reset", 2, () => "reset"),
    slackKind("lost answer", 2, () => "lost"),
    slackKind("slow", 2, () => ({ slow: random.between(200, 3000) })),
    ...(hang ? (["timeout", "late", "stall"] as const).map((word) => slackKind(word, 0.3, () => word, 1)) : []),
    ...(hang && workers.length > 1 ? [kind("freeze", 0.3, () => freeze(harness, random.pick(workers)))] : []),
    kind("slack away", 0.5, () => slack.outage(random.between(500, 4000))),
    kind("clock", 1, async () => {
      const offset = random.pick(offsets);
      const moved = postgres ? [random.pick(all)] : all;
      for (const name of moved) harness.setClock(name, offset);
      await within(1000, 4000);
      for (const name of moved) harness.setClock(name, 0);
    }),
    ...(folders.disk
      ? [
          kind("disk full", 1, async () => {
            folders.disk?.fill();
            await within(300, 2000);
            folders.disk?.free();
          }),
        ]
      : []),
    ...(postgres
      ? [
          kind("postgres", 1, async () => {
            await harness.stopPostgres(random.pick<Ending>(["fast", "fast", "immediate", "immediate", "kill"]));
            await within(200, 3000);
            await harness.startPostgres();
          }),
        ]
      : []),
  ];
}

/** A person deletes a card. */
function removeCard({ slack }: Harness, random: Random): void {
  const posted = slack.calls().filter(({ posted, shows, thread }) => posted && shows && thread === undefined);
  if (posted.length === 0) return;
  const { channel, ts } = random.pick(posted);
  if (channel !== undefined && ts !== undefined) slack.remove(channel, ts);
}

/** Longer than a worker may be silent: the others take what it held, and it wakes with what it knew. */
async function freeze({ processes }: Harness, name: string): Promise<void> {
  if (!processes.isReady(name)) return;
  const interruption = { process: name, from: Date.now(), until: Number.POSITIVE_INFINITY, frozen: true };
  processes.interruptions.push(interruption);
  processes.freeze(name);
  await sleep(14_000);
  processes.thaw(name);
  interruption.until = Date.now() + 1_000;
}

function killAtRequest({ load, processes }: Harness, web: string, after: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      load.onRequest(() => {});
      resolve();
    };
    const late = setTimeout(done, 2_000);
    load.onRequest((name) => {
      if (name !== web || !processes.isReady(web)) return;
      clearTimeout(late);
      setTimeout(() => processes.kill(web), after);
      done();
    });
  });
}

/** Faults of Slack wait for the next calls that they fit. */
function createSlackFaults({ slack, processes }: Harness, random: Random) {
  const waiting: { fits: (call: LoggedCall) => boolean; fault: () => Fault; left: number; done: () => void }[] = [];
  let away = 0;
  slack.decide((call) => {
    if (Date.now() < away) return random.pick<Fault>([503, 500, "reset"]);
    const index = waiting.findIndex(({ fits }) => fits(call));
    const met = waiting[index];
    if (!met) return undefined;
    met.left--;
    if (met.left === 0) {
      waiting.splice(index, 1);
      met.done();
    }
    return met.fault();
  });

  function meet(fault: () => Fault, calls: number, fits: (call: LoggedCall) => boolean = writes): Promise<void> {
    return new Promise((done) => {
      const one = { fits, fault, left: calls, done };
      waiting.push(one);
      // Where no call comes it is over, too.
      setTimeout(() => {
        if (waiting.includes(one)) waiting.splice(waiting.indexOf(one), 1);
        done();
      }, 5_000).unref();
    });
  }

  return {
    meet,
    /** Slack does it, and the process dies before it hears so. */
    killAt: (method: string, name: string) =>
      meet(
        () => {
          // In the turn after the one in which the call is done.
          setImmediate(() => processes.kill(name));
          return { slow: 200 };
        },
        1,
        (call) => call.method === method && call.caller === name,
      ),
    outage: async (milliseconds: number) => {
      away = Date.now() + milliseconds;
      await sleep(milliseconds);
    },
  };
}

const writes = ({ method }: LoggedCall) => method === "chat.postMessage" || method === "chat.update";
