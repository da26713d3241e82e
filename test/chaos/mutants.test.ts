import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { mutants } from "../../chaos/mutants.ts";
import { mutate } from "../../chaos/mutate.ts";
import { type Provocation, provoke } from "../../chaos/provocations.ts";
import { createRandom } from "../../chaos/random.ts";
import type { EngineName } from "../../chaos/roles.ts";
import { createDatabase } from "../support/postgres.ts";

/** The checker is worth something only where it can fail: each mistake put into a copy of Belfry has to turn it red. */

const root = join(import.meta.dirname, "../..");

async function run(provocation: Provocation, engine: EngineName, project: string, drainLimit: number) {
  const single = engine === "sqlite";
  return provoke(provocation, {
    ...{ engine, project, seed: 1, random: createRandom(1), webs: 1, workers: single ? 1 : 2, drainLimit },
    // A server of its own where the provocation ends it.
    databaseUrl: single || provocation === "powerCut" ? undefined : await createDatabase(inject("postgres")),
    say: () => {},
    stopped: () => false,
  });
}

const provoked = [...new Set(mutants.map(({ provocation, engine }) => `${provocation} ${engine}`))].map(
  (one) => one.split(" ") as [Provocation, EngineName],
);

test.each(provoked)("Belfry as it is passes: %s on %s", async (provocation, engine) => {
  const { problems, figures } = await run(provocation, engine, root, 30);
  expect(problems).toEqual([]);
  expect(figures.posted).toBeGreaterThan(0);
});

describe("a mistake is found", () => {
  test.each(mutants)("$name on $engine: $expects", async (mutant) => {
    const copy = mutate(root, mutant);
    try {
      const { problems } = await run(mutant.provocation, mutant.engine, copy.folder, 3);
      expect(problems.map(({ kind }) => kind)).toContain(mutant.expects);
    } finally {
      copy.remove();
    }
  });
});

test("a mutant whose text is not there once is an error", () => {
  const [mutant] = mutants;
  if (!mutant) throw new Error("there are no mutants");
  expect(() => mutate(root, { ...mutant, find: "there is no such text" })).toThrow("0 times");
  expect(() => mutate(root, { ...mutant, find: "e" })).toThrow(/does not fit: its text is \d+ times/);
});
