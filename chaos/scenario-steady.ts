import { sendAtRandom } from "./load.ts";
import { quantile } from "./quantiles.ts";
import { type Outcome, runScenario, type ScenarioOptions } from "./scenario.ts";

export interface SteadyOptions extends ScenarioOptions {
  seconds: number;
  /** deliveries a second */
  rate: number;
}

/** Deliveries at a steady rate without a fault: all are taken, and soon. */
export const runSteady = (options: SteadyOptions): Promise<Outcome> =>
  runScenario(options, async ({ load, targets }) => {
    const { random, rate, seconds, say } = options;
    say(`${rate} deliveries a second for ${seconds} s`);
    const until = Date.now() + seconds * 1000;
    await sendAtRandom(load, targets, { rate, random, stopped: () => options.stopped() || Date.now() > until });
    await load.settle();
    const attempts = load.deliveries.flatMap((sent) => sent.attempts);
    const times = attempts.map(({ begun, answered }) => (answered ?? Number.POSITIVE_INFINITY) - begun);
    const refused = attempts.filter(({ status = 0 }) => status < 200 || status >= 300);
    return {
      problems: refused.map(({ status }) => ({
        kind: "refused",
        says: `A delivery was answered ${status ?? "nothing"}.`,
      })),
      more: {
        millisecondsToAnswer: { median: quantile(times, 0.5), p99: quantile(times, 0.99), most: quantile(times, 1) },
      },
    };
  });
