import { setTimeout as sleep } from "node:timers/promises";
import type { Harness } from "./harness.ts";
import type { SentDelivery } from "./history.ts";
import type { Load, Target } from "./load.ts";
import type { Problem } from "./problem.ts";
import { quantile } from "./quantiles.ts";
import { type Outcome, runScenario, type ScenarioOptions } from "./scenario.ts";

export interface BurstOptions extends ScenarioOptions {
  /** deliveries of the burst, all to one channel, and the seconds in which they are sent */
  deliveries: number;
  seconds: number;
  /** bytes that a process may take at most */
  mostMemory: number;
}

/** Deliveries to the other channels, a second. */
const trickle = 10;

/** Milliseconds from the 2xx to the post. */
interface Delays {
  median: number;
  p95: number;
}

/**
 * A burst into one channel while other channels get a few: all are taken, the burst drains at its pace, memory stays
 * bounded and the other channels wait no longer than before it.
 */
export async function runBurst(options: BurstOptions): Promise<Outcome> {
  const outcome = await runScenario(options, async (harness) => {
    const { load, slack, targets } = harness;
    const { deliveries, seconds, say, stopped } = options;
    const [one] = targets.filter(({ project }) => project.channels.length === 1);
    if (!one) throw new Error("there is no project with one channel");
    // Another hook: the deliveries of one hook are read in order.
    const others = targets.filter(
      ({ project, hook }) =>
        hook.id !== one.hook.id && !project.channels.some((name) => one.project.channels.includes(name)),
    );

    say("the other channels alone");
    const alone = await trickleFor(load, others, 15, stopped);
    say(`the burst: ${deliveries} deliveries in ${seconds} s`);
    const burst: SentDelivery[] = [];
    const begun = Date.now();
    const [beside] = await Promise.all([
      trickleFor(load, others, seconds + 20, stopped),
      spread(deliveries, seconds, async () => void burst.push(await load.deliver(one))),
    ]);
    const took = (Date.now() - begun) / 1000;
    await load.settle();
    const before = delaysOf(harness, alone);
    const during = delaysOf(harness, beside.slice(0, trickle * seconds));
    const after = delaysOf(harness, beside.slice(trickle * seconds));
    const posts = slack.calls().filter(({ posted, channel }) => posted && channel === one.project.channels[0]);
    return {
      problems: [...refusals([...burst, ...alone, ...beside]), ...slower(before, during)],
      more: {
        burst: burst.length,
        postedSoFar: posts.length,
        secondsSoFar: took,
        delayAlone: before,
        delayWhileItArrives: during,
        delayWhileItDrains: after,
      },
    };
  });
  const memory = Object.entries(outcome.more["memory"] ?? {}).flatMap(([name, bytes]): Problem[] =>
    Number(bytes) <= options.mostMemory
      ? []
      : [{ kind: "memory", says: `${name} took ${Math.round(Number(bytes) / 1e6)} MB of memory.` }],
  );
  return { ...outcome, problems: [...outcome.problems, ...memory] };
}

async function trickleFor(load: Load, targets: readonly Target[], seconds: number, stopped: () => boolean) {
  const sent: SentDelivery[] = [];
  await spread(trickle * seconds, seconds, async (index) => {
    const target = targets[index % targets.length];
    if (target && !stopped()) sent.push(await load.deliver(target));
  });
  // What was sent last is posted soon.
  await sleep(2_000);
  return sent;
}

/** Does something so many times, evenly over the seconds. */
async function spread(times: number, seconds: number, work: (index: number) => Promise<void>): Promise<void> {
  const begun = Date.now();
  const running: Promise<void>[] = [];
  for (let index = 0; index < times; index++) {
    const wait = begun + (index * seconds * 1000) / times - Date.now();
    if (wait > 1) await sleep(wait);
    running.push(work(index));
  }
  await Promise.all(running);
}

function delaysOf({ slack }: Harness, sent: readonly SentDelivery[]): Delays {
  const posted = new Map(
    slack.calls().flatMap(({ numbers, posted, at }) => (posted ? numbers.map((number) => [number, at] as const) : [])),
  );
  const delays = sent.map(
    ({ number, attempts }) => (posted.get(number) ?? Number.POSITIVE_INFINITY) - (attempts.at(-1)?.answered ?? 0),
  );
  return { median: quantile(delays, 0.5), p95: quantile(delays, 0.95) };
}

const refusals = (sent: readonly SentDelivery[]): Problem[] =>
  sent
    .flatMap(({ number, attempts }) => attempts.map(({ status }) => ({ number, status })))
    .filter(({ status = 0 }) => status < 200 || status >= 300)
    .map(({ number, status }) => ({
      kind: "refused",
      says: `Delivery ${number} was answered ${status ?? "nothing"}.`,
    }));

/** Twice as long and a quarter of a second more is told apart from a busy machine. */
const slower = (before: Delays, during: Delays): Problem[] =>
  during.p95 <= before.p95 * 2 + 250
    ? []
    : [
        {
          kind: "delay",
          says: `Other channels waited ${Math.round(during.p95)} ms (p95) beside the burst, ${Math.round(before.p95)} ms without it.`,
        },
      ];
