import type { Machine } from "./machine.ts";

/** In the order in which they stand on the page. */
export const benchmarkNames = [
  "receive",
  "latency",
  "throughput",
  "rules",
  "render",
  "lanes",
  "memory",
  "start",
] as const;
export type BenchmarkName = (typeof benchmarkNames)[number];

/** A column of figures. */
export interface Column {
  name: string;
  /** decimals that are shown */
  digits: number;
}

export interface Row {
  /** one for each of the table's labels */
  labels: string[];
  /** for each column the values of the rounds; none where it has no meaning or was not measured */
  figures: number[][];
}

export interface Table {
  title: string;
  labels: string[];
  columns: Column[];
  rows: Row[];
}

/** What was wanted and what came of it. */
export interface Target {
  says: string;
  wanted: string;
  got: string;
  isMet: boolean;
}

/** What a benchmark found. */
export interface Findings {
  /** what was done, so that a reader knows what the figures are */
  how: string[];
  tables: Table[];
  targets: Target[];
  /** what did not work and is therefore not measured */
  failures: string[];
}

export interface Section extends Findings {
  name: BenchmarkName;
  /** ISO 8601 in UTC */
  at: string;
  rounds: number;
  /** seconds of one measurement */
  seconds: number;
  /** seconds that all of it took */
  took: number;
  machine: Machine;
}

/** Puts a new section in the place of the old one of its name; the others stay as they are. */
export const withSection = (sections: readonly Section[], section: Section): Section[] =>
  [...sections.filter(({ name }) => name !== section.name), section].toSorted(
    (a, b) => benchmarkNames.indexOf(a.name) - benchmarkNames.indexOf(b.name),
  );

/** One section a line, as `results.jsonl` keeps them. */
export const toLines = (sections: readonly Section[]): string =>
  sections.map((section) => `${JSON.stringify(section)}\n`).join("");

/** Reads what `toLines` wrote. */
export const fromLines = (text: string): Section[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Section);
