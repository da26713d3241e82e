import type { Findings } from "./results.ts";
import type { Workplace } from "./workplace.ts";

/** What a benchmark gets. */
export interface Run {
  rounds: number;
  /** of one measurement */
  seconds: number;
  /** only to see whether all works: small stores, few repeats */
  quick: boolean;
  /** whether the subject or store of this name is wanted */
  wants: (name: string) => boolean;
  profile: boolean;
  /** folder of results and profiles */
  out: string;
  /** a process has written its profile there */
  profiled: (file: string) => void;
  /** tells how far it is */
  say: (line: string) => void;
  workplace: Workplace;
}

export interface Benchmark {
  run: (run: Run) => Promise<Findings>;
  /** what `wants` is asked about: subjects, stores or kinds */
  names: () => readonly string[];
  /** where nobody says otherwise */
  usual: { rounds: number; seconds: number };
  /** seconds of a measurement with `--quick` */
  quick: number;
}
