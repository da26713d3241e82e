import { constants } from "node:os";
import { CommanderError } from "commander";
import { type Arguments, readArguments } from "./arguments.ts";
import { benchmarks } from "./benchmarks.ts";
import { endDescendants } from "./descendants.ts";
import { describeMachine } from "./machine.ts";
import { sectionOf } from "./markdown.ts";
import { benchmarksWith, isWanted } from "./names.ts";
import { checkPage, putOnPage } from "./page.ts";
import { sayHottest } from "./profile.ts";
import { Refusal } from "./refusal.ts";
import type { BenchmarkName, Findings, Section } from "./results.ts";
import type { Run } from "./run.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function runOne(name: BenchmarkName, given: Arguments, workplace: Workplace): Promise<Section> {
  const { usual, quick } = benchmarks[name];
  const rounds = given.rounds ?? (given.quick ? 1 : usual.rounds);
  const seconds = given.seconds ?? (given.quick ? quick : usual.seconds);
  const began = performance.now();
  const before = describeMachine();
  say(`${name}: ${rounds} × ${seconds} s`);
  const found = await findingsOf(name, {
    ...{ rounds, seconds, workplace, say: (line) => say(`  ${line}`) },
    ...{ quick: given.quick, profile: given.profile, out: given.out },
    wants: (subject) => isWanted(given.only, subject),
    profiled: (file) => sayHottest(file, say),
  });
  const postgres = workplace.postgresVersion();
  const machine = { ...before, versions: { ...before.versions, ...(postgres && { postgres }) } };
  const took = (performance.now() - began) / 1000;
  return { name, at: new Date().toISOString(), rounds, seconds, took, machine, ...found };
}

/** What a benchmark found; that it failed, where it threw: the others are measured all the same. */
async function findingsOf(name: BenchmarkName, run: Run): Promise<Findings> {
  try {
    const found = await benchmarks[name].run(run);
    if (!run.quick || found.targets.length === 0) return found;
    // They are about sizes that a quick look does not have.
    return { ...found, targets: [], how: [...found.how, "Targets: not judged: --quick."] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`${name} failed: ${error instanceof Error && !(error instanceof Refusal) ? error.stack : why}`);
    return { how: [], tables: [], targets: [], failures: [`all of ${name}: it failed with: ${why}`] };
  }
}

const { SIGHUP, SIGINT, SIGTERM } = constants.signals;
const signals = { SIGHUP, SIGINT, SIGTERM };

async function main(words: readonly string[]): Promise<void> {
  const given = readArguments(words, (text) => process.stdout.write(text));
  const names = benchmarksWith(given.only, given.names, benchmarks);
  // What is written is what a person wanted to keep: no quick look, no part, no profile.
  const isToKeep = !given.quick && !given.profile && given.only.length === 0;
  if (isToKeep) checkPage(given.out);
  const workplace = createWorkplace();
  for (const [signal, number] of Object.entries(signals))
    process.once(signal, () => {
      // Neither processes nor gigabytes of their data stay.
      endDescendants();
      workplace.abandon();
      process.exit(128 + number);
    });
  try {
    for (const name of names) {
      const section = await runOne(name, given, workplace);
      process.stdout.write(`${sectionOf(section)}\n\n`);
      if (isToKeep) say(`written to ${putOnPage(given.out, section)}`);
      if (section.failures.length > 0) process.exitCode = 1;
    }
  } finally {
    await workplace.close();
    endDescendants();
  }
  if (!isToKeep) say("Nothing was written: that takes a whole run, without --quick, --only and --profile.");
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof Refusal) {
    say(error.message);
    process.exitCode = 1;
  } else throw error;
}
