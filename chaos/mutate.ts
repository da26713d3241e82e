import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProblemKind } from "./problem.ts";
import type { Provocation } from "./provocations.ts";
import type { EngineName } from "./roles.ts";

/** A mistake put into Belfry on purpose: the checker has to find it. */
export interface Mutant {
  name: string;
  engine: EngineName;
  /** below the project's folder */
  file: string;
  /** text that stands there exactly once */
  find: string;
  replace: string;
  provocation: Provocation;
  /** what the checker has to say */
  expects: ProblemKind;
}

const parts = ["src", "templates", "package.json"];

/**
 * A copy of the project in a temporary folder, with the mistake in it.
 * @throws Error when the text is not there exactly once: then the mutant has to be written anew
 */
export function mutate(project: string, { name, file, find, replace }: Mutant): { folder: string; remove: () => void } {
  const text = readFileSync(join(project, file), "utf8");
  const times = text.split(find).length - 1;
  if (times !== 1)
    throw new Error(`The mutant “${name}” does not fit: its text is ${times} times in ${file}, not once.`);
  const folder = mkdtempSync(join(tmpdir(), "belfry-mutant-"));
  for (const part of parts) cpSync(join(project, part), join(folder, part), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  // A function: in a text `$&` would mean something.
  writeFileSync(
    join(folder, file),
    text.replace(find, () => replace),
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
