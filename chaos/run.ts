import { randomInt } from "node:crypto";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { mutants } from "./mutants.ts";
import { parsePace } from "./pace.ts";
import { createRandom } from "./random.ts";
import { reportOf } from "./report.ts";
import { type EngineName, engines } from "./roles.ts";
import type { Outcome, ScenarioOptions } from "./scenario.ts";
import { runBurst } from "./scenario-burst.ts";
import { runChaos } from "./scenario-chaos.ts";
import { runMutant, verdictOn } from "./scenario-mutant.ts";
import { runScale } from "./scenario-scale.ts";
import { runSteady } from "./scenario-steady.ts";

interface Given {
  mutant?: string;
  scenario: "chaos" | "scale" | "steady" | "burst";
  store: EngineName;
  seed: number;
  seconds: number;
  kills?: number;
  webs: number;
  workers: number;
  channels?: number;
  workspaces?: number;
  deliveries?: number;
  rate: number;
  gap: number;
  paceChannel?: string;
  pacePosts?: string;
  paceUpdates?: string;
  drain: number;
  memory: number;
  hang: boolean;
  keep: boolean;
  project: string;
}

/** Each scenario with its own sizes and settings, where the command line says nothing else. */
const scenarios: Record<Given["scenario"], (given: Given, base: ScenarioOptions) => Promise<Outcome>> = {
  chaos: (given, base) => {
    const { seconds, kills, rate, gap, hang } = given;
    return runChaos({
      ...sized(base, given, 4, 40, ["5/s burst 5", "20/s burst 20", "5/s burst 5"]),
      ...{ disk: 400, seconds, kills, rate, gap, hang },
    });
  },
  scale: (given, base) =>
    runScale({
      ...sized(base, given, 50, 2_000, ["off", "off", "off"]),
      ...{ deliveries: given.deliveries ?? 20_000, atOnce: 32, leastShare: 0.1 },
    }),
  steady: (given, base) => {
    const { seconds, rate } = given;
    return runSteady({ ...sized(base, given, 4, 40, ["off", "off", "off"]), ...{ seconds, rate } });
  },
  burst: (given, base) =>
    runBurst({
      ...sized(base, given, 1, 20, ["50/s burst 10", "off", "off"]),
      ...{ deliveries: given.deliveries ?? 5_000, seconds: 5, mostMemory: given.memory * 1e6 },
    }),
};

function sized(
  base: ScenarioOptions,
  given: Given,
  workspaces: number,
  channels: number,
  [channel, posts, updates]: [channel: string, posts: string, updates: string],
) {
  const settings = {
    BELFRY_PACE_CHANNEL: given.paceChannel ?? channel,
    BELFRY_PACE_POSTS: given.pacePosts ?? posts,
    BELFRY_PACE_UPDATES: given.paceUpdates ?? updates,
  };
  return { ...base, workspaces: given.workspaces ?? workspaces, channels: given.channels ?? channels, settings };
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

function pace(text: string): string {
  try {
    parsePace(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : "It is no pace.");
  }
}

const given = new Command("chaos")
  .description(
    "Runs Belfry under load and faults, and proves that nothing was lost, doubled or out of order, and that live cards end right.",
  )
  .addOption(
    new Option(
      "--scenario <name>",
      "random faults; many workspaces and workers; a steady rate without faults; a burst into one channel",
    )
      .choices(Object.keys(scenarios))
      .default("chaos"),
  )
  .addOption(
    new Option("--mutant <name>", "put a mistake into a copy of Belfry: the checker has to find it")
      .choices(mutants.map(({ name }) => name))
      .conflicts(["scenario", "store"]),
  )
  .addOption(new Option("--store <store>", "where Belfry keeps its data").choices(engines).default("sqlite"))
  .option("--seconds <n>", "faults, or the steady rate, end after so long", number, 60)
  .option("--kills <n>", "faults end after so many kills instead", number)
  .option("--seed <n>", "the same chance again", number, randomInt(1_000_000))
  .option("--webs <n>", "processes that receive, on PostgreSQL", number, 2)
  .option("--workers <n>", "processes that read and send, on PostgreSQL", number, 2)
  .option("--workspaces <n>", "workspaces", number)
  .option("--channels <n>", "channels in all", number)
  .option("--deliveries <n>", "deliveries of scale and burst", number)
  .option("--rate <n>", "deliveries a second", number, 50)
  .option("--gap <ms>", "from one fault to the next, at most", number, 1000)
  .option("--pace-channel <pace>", "posts into one channel", pace)
  .option("--pace-posts <pace>", "posts into one workspace", pace)
  .option("--pace-updates <pace>", "edits in one workspace", pace)
  .option("--drain <seconds>", "how long the drain may take", number, 300)
  .option("--memory <MB>", "what a process may take in a burst", number, 400)
  .option("--no-hang", "without faults that take long: calls that are never answered, frozen workers")
  .option("--keep", "keep logs and data also where nothing is wrong", false)
  .option("--project <folder>", "another copy of Belfry", join(import.meta.dirname, ".."))
  .showHelpAfterError("(add --help for the options)")
  .parse()
  .opts<Given>();

let stopped = false;
process.once("SIGINT", () => {
  stopped = true;
});
const single = given.store === "sqlite";
const base: ScenarioOptions = {
  ...{ engine: given.store, project: given.project, seed: given.seed, random: createRandom(given.seed) },
  ...{ webs: single ? 1 : given.webs, workers: single ? 1 : given.workers, hooks: 2 },
  ...{ workspaces: 1, channels: 1, settings: {}, drainLimit: given.drain },
  ...(given.keep && { keep: true }),
  say: (line) => console.error(line),
  stopped: () => stopped,
};
const mutant = mutants.find(({ name }) => name === given.mutant);
console.error(`seed ${given.seed}`);
const outcome = mutant ? await runMutant(mutant, base) : await scenarios[given.scenario](given, base);
console.log(reportOf(outcome).join("\n"));
process.exitCode = outcome.problems.length > 0 ? 1 : 0;
if (mutant) {
  const { found, says } = verdictOn(mutant, outcome);
  console.log(says);
  if (!found) process.exitCode = 2;
}
// Said aloud: when nothing is left to do, the embedded PostgreSQL ends the process itself, and with 0.
process.exit();
