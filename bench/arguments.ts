import { Argument, Command, InvalidArgumentError } from "commander";
import { type BenchmarkName, benchmarkNames } from "./results.ts";

/** What somebody wants measured. */
export interface Arguments {
  names: BenchmarkName[];
  /** undefined: as many as the benchmark has by itself */
  rounds: number | undefined;
  /** of one measurement */
  seconds: number | undefined;
  quick: boolean;
  /** parts of names of subjects; empty: all */
  only: string[];
  profile: boolean;
  /** folder for RESULTS.md and results.jsonl */
  out: string;
}

function count(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

function whole(text: string): number {
  const value = count(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/**
 * Reads the words of the command line.
 * @throws CommanderError for `--help`, and for words that are none of ours, when `write` has been told what to say
 */
export function readArguments(words: readonly string[], write: (text: string) => void): Arguments {
  const program = new Command("npm run bench --")
    .description(
      "Measures Belfry beside what people would run instead, and writes bench/RESULTS.md. The machine should do nothing else meanwhile.",
    )
    .addArgument(
      new Argument("[benchmarks...]", "which of them; without a name all, which takes about fifty minutes").choices(
        benchmarkNames,
      ),
    )
    .option("--rounds <n>", "how often all subjects have their turn", whole)
    .option("--seconds <n>", "of one measurement", count)
    .option("--quick", "one short round that shows whether everything works; nothing is written", false)
    .option(
      "--only <names>",
      "what has one of these in its name, with commas between: subjects (raw, control-sqlite, probot, …), stores (sqlite, postgres), kinds of events (push, …); a name that is none is answered with the list",
      "",
    )
    .option("--profile", "Belfry's processes write a CPU profile, and where their time went is printed", false)
    .option("--out <folder>", "where RESULTS.md is written", import.meta.dirname)
    .showHelpAfterError("(add --help for the options)")
    .configureOutput({ writeOut: write, writeErr: write })
    .exitOverride()
    .parse(words, { from: "user" });
  const { only, rounds, seconds, ...given } = program.opts<
    Pick<Arguments, "quick" | "profile" | "out"> & { rounds?: number; seconds?: number; only: string }
  >();
  const named = benchmarkNames.filter((name) => program.args.includes(name));
  return {
    ...given,
    ...{ rounds, seconds },
    names: named.length > 0 ? named : [...benchmarkNames],
    only: only.split(",").filter((name) => name !== ""),
  };
}
