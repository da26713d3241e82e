import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { mutants } from "../../chaos/mutants.ts";
import { type Mutant, mutate } from "../../chaos/mutate.ts";
import { type ProvokeOptions, provoke } from "../../chaos/provocations.ts";
import { createRandom } from "../../chaos/random.ts";
import { runMutant } from "../../chaos/scenario-mutant.ts";
import { createDatabase } from "../support/postgres.ts";

/** The checker is worth something only where it can fail: each mistake put into a copy of Belfry has to turn it red. */

const project = join(import.meta.dirname, "../..");

const options = async ({ engine, provocation }: Mutant): Promise<Omit<ProvokeOptions, "engine" | "drainLimit">> => ({
  ...{ project, seed: 1, random: createRandom(1), webs: 1, workers: 2 },
  // A server of its own where the provocation ends it.
  databaseUrl:
    engine === "postgres" && provocation !== "powerCut" ? await createDatabase(inject("postgres")) : undefined,
  say: () => {},
  stopped: () => false,
});

const provoked = new Map(mutants.map((mutant) => [`${mutant.provocation} on ${mutant.engine}`, mutant]));

/** Some mistakes show only in the moment in which two processes meet: a machine that was busy then gets one more try. */
const again = { retry: 1 };

test.each([...provoked])("Belfry as it is passes: %s", again, async (_name, mutant) => {
  const { engine, provocation } = mutant;
  const { problems, figures } = await provoke(provocation, { ...(await options(mutant)), engine, drainLimit: 60 });
  expect(problems).toEqual([]);
  expect(figures.posted + figures.cards).toBeGreaterThan(0);
  expect(figures.saidDurable).toBeGreaterThan(0);
});

describe("a mistake is found", () => {
  test.each(mutants)("$name: $expects", again, async (mutant) => {
    const { problems } = await runMutant(mutant, { ...(await options(mutant)), keep: false });
    expect(problems.map(({ kind }) => kind)).toContain(mutant.expects);
  });
});

test("a mutant whose text is not there once is an error", () => {
  const [mutant] = mutants;
  if (!mutant) throw new Error("there are no mutants");
  expect(() => mutate(project, { ...mutant, find: "there is no such text" })).toThrow("0 times");
  expect(() => mutate(project, { ...mutant, find: "e" })).toThrow(/does not fit: its text is \d+ times/);
});
