import { setTimeout as sleep } from "node:timers/promises";
import type { FaultKind } from "./faults.ts";
import type { Random } from "./random.ts";

/**
 * Chooses a fault again and again, by weight, and does not wait for its end; but no kind runs twice at once.
 * @param gap milliseconds from one to the next, at most
 * @returns how often each was done, when the last one is over
 */
export async function runFaults(
  kinds: readonly FaultKind[],
  { random, gap, stopped }: { random: Random; gap: number; stopped: () => boolean },
): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const underWay = new Map<string, Promise<unknown>>();
  const failures: unknown[] = [];
  while (!stopped() && failures.length === 0) {
    const { name, run } = choose(kinds, random);
    if (!underWay.has(name)) {
      done[name] = (done[name] ?? 0) + 1;
      const running = run()
        .catch((error: unknown) => failures.push(error))
        .finally(() => underWay.delete(name));
      underWay.set(name, running);
    }
    await sleep(random.between(0, gap));
  }
  await Promise.all(underWay.values());
  if (failures.length > 0) throw failures[0];
  return done;
}

function choose(kinds: readonly FaultKind[], random: Random): FaultKind {
  let at = random.next() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of kinds) {
    at -= kind.weight;
    if (at < 0) return kind;
  }
  return random.pick(kinds);
}
