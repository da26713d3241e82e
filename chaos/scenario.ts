import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PaceSettings } from "./check-pace.ts";
import { check, type Verdict } from "./checker.ts";
import { drain } from "./drain.ts";
import { type Harness, type HarnessOptions, startHarness } from "./harness.ts";
import type { Problem } from "./problem.ts";
import { paceSettings } from "./settings.ts";

/** What a run showed. */
export interface Outcome extends Verdict {
  /** figures beside those of the checker */
  more: Record<string, unknown>;
  /** where logs and data are, if they were kept */
  kept: string | undefined;
}

export interface ScenarioOptions extends HarnessOptions {
  seed: number;
  /** seconds that the drain may take */
  drainLimit: number;
  /** tells how far it is */
  say: (line: string) => void;
  /** somebody wants it to end: what is left drains and is checked */
  stopped: () => boolean;
  /** whether logs and data are kept; where that is not said: if something is wrong */
  keep?: boolean;
  /** other than what follows from `settings` */
  pace?: PaceSettings;
}

/** What a scenario found beside what the checker finds. */
export interface Findings {
  problems?: Problem[];
  more?: Record<string, unknown>;
}

/**
 * Runs a scenario: starts all, lets it work, waits for the drain, ends Belfry and checks what was recorded.
 */
export async function runScenario(
  options: ScenarioOptions,
  work: (harness: Harness) => Promise<Findings>,
): Promise<Outcome> {
  const { say, engine, seed, drainLimit } = options;
  const harness = await startHarness(options);
  let keep = true;
  try {
    await harness.askReady();
    const found = await work(harness);
    await harness.load.settle();
    const drained = await drain(harness, { limit: drainLimit * 1000, say });
    await harness.askReady();
    const { processes } = harness;
    const history = await harness.finish();
    const verdict = check(history, options.pace ?? paceSettings(options.settings));
    const stuck = [
      ...(drained.left ? [`After ${drainLimit} s ${drained.left}.`] : []),
      ...processes.unwilling.map((name) => `${name} did not end in time when it was asked to.`),
    ];
    const problems = [
      ...stuck.map((says): Problem => ({ kind: "stuck", says })),
      ...(found.problems ?? []),
      ...verdict.problems,
    ];
    keep = options.keep ?? problems.length > 0;
    if (keep) writeFileSync(join(harness.folders.root, "history.json"), JSON.stringify({ problems, history }));
    const more = {
      ...{ engine, seed, kills: processes.kills, restarts: processes.restarts, ...found.more },
      ...{ secondsToDrain: drained.took / 1000, endedByThemselves: processes.ends.length },
      ...{ ends: processes.ends.slice(0, 5), memory: processes.memory() },
    };
    return { problems, figures: verdict.figures, more, kept: keep ? harness.folders.root : undefined };
  } finally {
    await harness.close(keep);
  }
}
