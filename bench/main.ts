import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { CommanderError } from "commander";
import { type Arguments, readArguments } from "./arguments.ts";
import { benchmarks } from "./benchmarks.ts";
import { endDescendants } from "./descendants.ts";
import { describeMachine } from "./machine.ts";
import { markdownOf, sectionOf } from "./markdown.ts";
import { sayHottest } from "./profile.ts";
import { type BenchmarkName, fromLines, type Section, toLines, withSection } from "./results.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function runOne(name: BenchmarkName, given: Arguments, workplace: Workplace): Promise<Section> {
  const { run, usual, quick } = benchmarks[name];
  const rounds = given.rounds ?? (given.quick ? 1 : usual.rounds);
  const seconds = given.seconds ?? (given.quick ? quick : usual.seconds);
  const began = performance.now();
  const before = describeMachine();
  say(`${name}: ${rounds} × ${seconds} s`);
  const found = await run({
    ...{ rounds, seconds, workplace, say: (line) => say(`  ${line}`) },
    ...{ quick: given.quick, profile: given.profile, out: given.out },
    wants: (subject) => given.only.length === 0 || given.only.some((part) => subject.includes(part)),
    profiled: (file) => sayHottest(file, say),
  });
  const postgres = workplace.postgresVersion();
  const machine = { ...before, versions: { ...before.versions, ...(postgres && { postgres }) } };
  const took = (performance.now() - began) / 1000;
  return { name, at: new Date().toISOString(), rounds, seconds, took, machine, ...found };
}

/** Puts a section onto the page. What is written is what a person wanted to keep: no quick look, no part, no profile. */
function keep(out: string, section: Section): void {
  mkdirSync(out, { recursive: true });
  const [lines, page] = [join(out, "results.jsonl"), join(out, "RESULTS.md")];
  const known = existsSync(lines) ? fromLines(readFileSync(lines, "utf8")) : [];
  const sections = withSection(known, section);
  writeFileSync(lines, toLines(sections));
  writeFileSync(page, markdownOf(sections));
  say(`written to ${page}`);
}

const { SIGHUP, SIGINT, SIGTERM } = constants.signals;
const signals = { SIGHUP, SIGINT, SIGTERM };

async function main(words: readonly string[]): Promise<void> {
  const given = readArguments(words, (text) => process.stdout.write(text));
  const isToKeep = !given.quick && !given.profile && given.only.length === 0;
  const workplace = createWorkplace();
  for (const [signal, number] of Object.entries(signals))
    process.once(signal, () => {
      // Neither processes nor gigabytes of their data stay.
      endDescendants();
      workplace.abandon();
      process.exit(128 + number);
    });
  try {
    for (const name of given.names) {
      const section = await runOne(name, given, workplace);
      process.stdout.write(`${sectionOf(section)}\n\n`);
      if (isToKeep) keep(given.out, section);
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
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
}
