import type { Machine } from "./machine.ts";
import type { BenchmarkName, Column, Section, Table, Target } from "./results.ts";
import { spread } from "./statistics.ts";

const titles: Record<BenchmarkName, string> = {
  receive: "Receive: deliveries answered",
  latency: "Latency: from the forge to Slack",
  throughput: "Throughput: from receive to posted",
  rules: "Rules: the rules of one event",
  render: "Render: messages, and payloads read",
  lanes: "Lanes: claim and finish",
  memory: "Memory",
  start: "Start: until it is ready",
};

/** The page of all results. Pure: the same sections make the same page. */
export const markdownOf = (sections: readonly Section[]): string =>
  `${[intro, ...sections.map(sectionOf)].join("\n\n")}\n`;

const intro = `# What was measured

Written by \`npm run bench\` (\`npm run bench -- --help\`); a run of one benchmark replaces its section only. Subjects are started fresh, in
turn, in several rounds; load and the fake Slack are processes of their own on the same machine. A figure is the median of the rounds,
with the least and the most of them; a ratio is taken within a round, so that a machine that is slow for a minute is slow for both.
Figures of two machines, or of two runs, say little about each other: the ratios do.`;

/** One section of the page. */
export function sectionOf({ name, at, rounds, seconds, took, machine, ...found }: Section): string {
  const { how, tables, targets, failures } = found;
  const when = `${at.slice(0, 16).replace("T", " ")} UTC`;
  const size = `${plural(rounds, "round")}, ${seconds} s for one measurement, ${Math.ceil(took / 60)} min in all.`;
  return [
    `## ${titles[name]}`,
    `${when}. ${size}`,
    ...(how.length > 0 ? [how.map((line) => `- ${line}`).join("\n")] : []),
    ...(targets.length > 0 ? [targetsOf(targets)] : []),
    ...tables.map(tableOf),
    ...(failures.length > 0 ? [`Not measured:\n\n${failures.map((line) => `- ${line}`).join("\n")}`] : []),
    machineOf(machine),
  ].join("\n\n");
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

const lineOf = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function tableOf({ title, labels, columns, rows }: Table): string {
  const rule = [...labels.map(() => "---"), ...columns.map(() => "---:")];
  return [
    `### ${title}\n`,
    lineOf([...labels, ...columns.map(({ name }) => name)]),
    `| ${rule.join(" | ")} |`,
    ...rows.map((row) =>
      lineOf([...row.labels, ...columns.map((column, index) => figure(row.figures[index] ?? [], column))]),
    ),
  ].join("\n");
}

/** `1,234 (1,200–1,300)`; only the value where there is one round. */
export function figure(values: readonly number[], { digits }: Pick<Column, "digits">): string {
  if (values.length === 0) return "–";
  const { median, least, most } = spread(values);
  const show = (value: number) =>
    Number.isFinite(value)
      ? value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
      : "none";
  return values.length === 1 ? show(median) : `${show(median)} (${show(least)}–${show(most)})`;
}

const targetsOf = (targets: readonly Target[]): string =>
  [
    lineOf(["target", "wanted", "median", ""]),
    "| --- | --- | --- | --- |",
    ...targets.map(({ says, wanted, got, isMet }) => lineOf([says, wanted, got, isMet ? "met" : "**missed**"])),
  ].join("\n");

function machineOf({ cpu, cores, memory, kernel, disk, load, commit, versions }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Machine: ${cpu}, ${plural(cores, "core")}, ${memory} GB, ${kernel}; ${disk}; load ${load.toFixed(2)} before it.`,
    `Versions: Belfry ${commit}, ${programs.join(", ")}.`,
  ].join("\n");
}
