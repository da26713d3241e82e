import { readFileSync } from "node:fs";
import { UserError } from "../errors.ts";
import { forges } from "../forges/index.ts";
import type { Scheme } from "../forges/verify.ts";
import { type RulesFile, readRulesFile } from "../rules/file.ts";
import { formatProblem } from "../rules/file-problem.ts";

const schemesOf = Object.fromEntries(Object.values(forges).map(({ name, schemes }) => [name, schemes]));

/** The rules file at a path. @throws UserError with every mistake in it */
export function readChecked(path: string): Exclude<RulesFile<Scheme>, { problems: unknown }> {
  const read = readRulesFile(readText(path), { forges: schemesOf });
  if ("problems" in read) throw new UserError(read.problems.map((problem) => formatProblem(problem, path)).join("\n"));
  return read;
}

const readText = (path: string) => {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError(`Cannot read ${path}.`, { cause });
  }
};
