import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPage } from "../../bench/page.ts";
import { Refusal } from "../../bench/refusal.ts";
import { temporaryFolder } from "../support/belfry.ts";

test("a folder is made, and nothing is left in it", () => {
  const { folder, remove } = temporaryFolder();
  checkPage(join(folder, "out"));
  expect(readdirSync(join(folder, "out"))).toEqual([]);
  remove();
});

test.each([
  ["a file in the folder's place", (folder: string) => writeFileSync(join(folder, "out"), "")],
  ["a folder in the page's place", (folder: string) => mkdirSync(join(folder, "out/RESULTS.md"), { recursive: true })],
  [
    "old results that cannot be read",
    (folder: string) => {
      mkdirSync(join(folder, "out"));
      writeFileSync(join(folder, "out/results.jsonl"), "not JSON\n");
    },
  ],
])("refused before anything is measured: %s", (_, prepare) => {
  const { folder, remove } = temporaryFolder();
  prepare(folder);
  expect(() => checkPage(join(folder, "out"))).toThrow(Refusal);
  remove();
});
