import { expect, test } from "vitest";
import { readArguments } from "../../bench/arguments.ts";
import { benchmarkNames } from "../../bench/results.ts";

/** What was read, or what was said instead. */
function read(...words: string[]) {
  let said = "";
  try {
    return readArguments(words, (text) => {
      said += text;
    });
  } catch {
    return said;
  }
}

test("without words everything is measured, as each benchmark has it by itself", () => {
  expect(read()).toMatchObject({
    names: [...benchmarkNames],
    ...{ rounds: undefined, seconds: undefined, quick: false, profile: false, only: [] },
  });
});

test("benchmarks are taken in the order of the page", () => {
  expect(read("start", "receive")).toMatchObject({ names: ["receive", "start"] });
});

test("all options", () => {
  expect(
    read("receive", "--rounds", "7", "--seconds", "0.5", "--quick", "--only", "raw,probot", "--profile", "--out", "/x"),
  ).toEqual({
    ...{ names: ["receive"], rounds: 7, seconds: 0.5, quick: true, only: ["raw", "probot"], profile: true, out: "/x" },
  });
});

test.each([
  [["speed"], "Allowed choices are receive, latency"],
  [["--rounds", "0"], "It must be a number above 0."],
  [["--rounds", "1.5"], "It must be a whole number."],
  [["--seconds", "soon"], "It must be a number above 0."],
  [["--loud"], "unknown option '--loud'"],
  [["--loud"], "add --help"],
])("%j is refused: %s", (words, says) => {
  expect(read(...words)).toContain(says);
});

test("the help names the benchmarks", () => {
  for (const name of benchmarkNames) expect(read("--help")).toContain(`"${name}"`);
});
