import { setTimeout as sleep } from "node:timers/promises";
import { faultsFor } from "./faults.ts";
import type { Harness } from "./harness.ts";
import { sendAtRandom } from "./load.ts";
import { createRandom } from "./random.ts";
import { type Outcome, runScenario, type ScenarioOptions } from "./scenario.ts";
import { runFaults } from "./schedule.ts";

export interface ChaosOptions extends ScenarioOptions {
  /** the faults end after so many seconds, or after so many kills */
  seconds: number;
  kills: number | undefined;
  /** deliveries a second */
  rate: number;
  /** milliseconds between two faults, at most */
  gap: number;
  /** also what takes long by itself: calls of Slack that are never answered, frozen workers */
  hang: boolean;
}

/** Random deliveries under random faults; then everything has to drain, and the checker looks at all of it. */
export const runChaos = (options: ChaosOptions): Promise<Outcome> =>
  runScenario(options, async (harness) => {
    const { say, seed, random, rate, gap, hang } = options;
    if (!harness.folders.disk) say("A small disk cannot be mounted here (that needs root): no disk will be full.");
    const begun = Date.now();
    const stopped = () =>
      options.stopped() ||
      (options.kills === undefined
        ? Date.now() - begun > options.seconds * 1000
        : harness.processes.kills >= options.kills);
    const watching = watchQueue(harness, stopped, say);
    const sending = sendAtRandom(harness.load, harness.targets, { rate, random, stopped });
    const kinds = faultsFor(harness, createRandom(seed + 1), { hang });
    const faults = await runFaults(kinds, { random: createRandom(seed + 2), gap, stopped });
    await sending;
    const longestQueue = await watching;
    await mend(harness);
    return { more: { seconds: (Date.now() - begun) / 1000, faults, longestQueue } };
  });

/** The longest queue that was seen. */
async function watchQueue({ store, load }: Harness, stopped: () => boolean, say: (line: string) => void) {
  let longest = 0;
  for (let rounds = 1; !stopped(); rounds++) {
    const left = await store.left();
    const waiting = left && left.deliveries + left.messages + left.cards;
    longest = Math.max(longest, waiting ?? 0);
    if (rounds % 20 === 0) say(`${load.deliveries.length} deliveries sent, ${waiting ?? "?"} wait`);
    await sleep(500);
  }
  return longest;
}

/** After the last fault all is well again: every process up, every clock right. */
async function mend({ processes, slack, folders, setClock }: Harness): Promise<void> {
  slack.decide(() => undefined);
  folders.disk?.free();
  for (const name of processes.names) setClock(name, 0);
  await processes.ready();
}
