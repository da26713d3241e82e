import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./belfry.ts";
import { createCanaries, filesOf, forms } from "./canaries.ts";

/** That test/canary.test.ts would find something, if there were something. */

const value = 'glpat-"a&b/ü+CANARY';

test.each(Object.entries(forms(value)))("a canary is found as %s", (_form, needle) => {
  const canaries = createCanaries();
  canaries.watch("it", value);
  const bytes = Buffer.from(`\0before${needle}behind`, "latin1");
  expect(canaries.find([{ name: "there", bytes }])).not.toEqual([]);
  expect(canaries.find([{ name: "there", bytes: Buffer.from("nothing") }])).toEqual([]);
});

test.each([0, 1, 2, 3, 4])("within the base64 of a longer text, %i bytes from its beginning", (before) => {
  const canaries = createCanaries();
  canaries.watch("it", value);
  const bytes = Buffer.from(`${"x".repeat(before)}${value}:and more`).toString("base64");
  expect(canaries.find([{ name: "there", bytes }])).not.toEqual([]);
});

test("in any file below a folder, in lower case, and not where it is allowed", () => {
  const { folder, remove } = temporaryFolder();
  const canaries = createCanaries();
  const secret = canaries.plant("secret");
  const written = canaries.plant("written", "written");
  mkdirSync(join(folder, "below"));
  writeFileSync(join(folder, "below", "belfry.db-wal"), Buffer.from(`\0\xff${secret.toLowerCase()}\0${written}`));
  writeFileSync(join(folder, "belfry.key"), secret);
  const files = filesOf(folder, ["belfry.key"]);
  expect(files.map(({ name }) => name)).toEqual([join("below", "belfry.db-wal")]);
  expect(canaries.find(files)).toEqual([
    "secret (plain) in below/belfry.db-wal",
    "written (plain) in below/belfry.db-wal",
  ]);
  const allowed = files.map((file) => ({ ...file, allows: ["written"] as const, shows: [secret] }));
  expect(canaries.find(allowed)).toEqual([]);
  remove();
});
