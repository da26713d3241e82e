import { type Mutant, mutate } from "./mutate.ts";
import { type ProvokeOptions, provoke } from "./provocations.ts";
import type { Outcome } from "./scenario.ts";

/** Seconds that the drain may take: what a mistake leaves behind often waits for good. */
const drainLimit = 5;

/** Puts a mistake into a copy of Belfry and brings it out: the checker has to find it. */
export async function runMutant(
  mutant: Mutant,
  options: Omit<ProvokeOptions, "engine" | "drainLimit">,
): Promise<Outcome> {
  const copy = mutate(options.project, mutant);
  try {
    const { engine, provocation } = mutant;
    return await provoke(provocation, { ...options, engine, drainLimit, project: copy.folder });
  } finally {
    copy.remove();
  }
}

/** What the run of a mutant says about the checker. */
export const verdictOn = ({ name, expects }: Mutant, { problems }: Outcome): { found: boolean; says: string } => {
  const found = problems.some(({ kind }) => kind === expects);
  const says = found
    ? `The mistake “${name}” was found: ${expects}.`
    : `The mistake “${name}” was NOT found: “${expects}” is not among the problems.`;
  return { found, says };
};
