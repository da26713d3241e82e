import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownOf } from "./markdown.ts";
import { Refusal } from "./refusal.ts";
import { fromLines, type Section, toLines, withSection } from "./results.ts";

const filesOf = (folder: string) => ({ lines: join(folder, "results.jsonl"), page: join(folder, "RESULTS.md") });

const known = (lines: string): Section[] => (existsSync(lines) ? fromLines(readFileSync(lines, "utf8")) : []);

/** @throws Refusal where the page could not be written into the folder: better now than after an hour */
export function checkPage(folder: string): void {
  const { lines, page } = filesOf(folder);
  try {
    // Not `recursive`, by which Node goes round in circles below /proc.
    if (!existsSync(folder)) mkdirSync(folder);
    for (const file of [lines, page]) {
      const isNew = !existsSync(file);
      closeSync(openSync(file, "a"));
      if (isNew) rmSync(file);
    }
    known(lines);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`The results cannot be written to ${folder}: ${why}`, { cause });
  }
}

/** Puts a section onto the page of the folder. @returns the page's path */
export function putOnPage(folder: string, section: Section): string {
  const { lines, page } = filesOf(folder);
  const sections = withSection(known(lines), section);
  writeFileSync(lines, toLines(sections));
  writeFileSync(page, markdownOf(sections));
  return page;
}
