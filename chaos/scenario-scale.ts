import { anythingTo } from "./load.ts";
import type { Problem } from "./problem.ts";
import { type Outcome, runScenario, type ScenarioOptions } from "./scenario.ts";

export interface ScaleOptions extends ScenarioOptions {
  deliveries: number;
  /** deliveries that are under way at once */
  atOnce: number;
  /** what each worker has to post at least, as a part of all */
  leastShare: number;
}

/** Many deliveries to many workspaces through several processes, as fast as they are taken; each worker does its share. */
export async function runScale(options: ScaleOptions): Promise<Outcome> {
  let workers: string[] = [];
  const outcome = await runScenario(options, async (harness) => {
    const { load, targets } = harness;
    const { deliveries, atOnce, random, stopped, say } = options;
    workers = harness.workers;
    const begun = Date.now();
    const sendOne = anythingTo(load, targets, random);
    const send = async () => {
      while (load.deliveries.length < deliveries && !stopped()) {
        if (load.deliveries.length % 2_000 === 0) say(`${load.deliveries.length} deliveries sent`);
        await sendOne();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, send));
    const seconds = (Date.now() - begun) / 1000;
    return { more: { acceptedPerSecond: load.deliveries.length / seconds } };
  });
  return { ...outcome, problems: [...outcome.problems, ...sharesOf(outcome, workers, options.leastShare)] };
}

function sharesOf({ figures }: Outcome, workers: readonly string[], least: number): Problem[] {
  return workers.flatMap((name): Problem[] => {
    const share = (figures.shares[name] ?? 0) / Math.max(1, figures.posted);
    if (share >= least) return [];
    return [{ kind: "share", says: `${name} posted ${Math.round(share * 1000) / 10} % of the messages only.` }];
  });
}
