import { setTimeout as sleep } from "node:timers/promises";
import type { Harness } from "./harness.ts";
import type { Left } from "./store.ts";

export interface Drained {
  /** milliseconds until nothing was left */
  took: number;
  /** what was left when the time was over; undefined: nothing */
  left: string | undefined;
}

/** What was accepted but is not in the database yet, such as in a spool, gets this long to come in. */
const latecomers = 20_000;
const quiet = 500;

const wordsOf = ({ deliveries, messages, cards }: Left) =>
  `${deliveries} deliveries, ${messages} messages and ${cards} cards to edit are left`;

/** Waits until all that was accepted is read, sent and shown, or for `limit` milliseconds. */
export async function drain(
  { store, load }: Pick<Harness, "store" | "load">,
  { limit, say }: { limit: number; say: (line: string) => void },
): Promise<Drained> {
  const begun = Date.now();
  let emptySince: number | undefined;
  let said = begun;
  for (;;) {
    const left = await store.left();
    const now = Date.now();
    const missing = left ? accepted(load) - left.stored : 0;
    const words = left ? wordsOf(left) : "the store is away";
    if (left && left.deliveries + left.messages + left.cards === 0) emptySince ??= now;
    else emptySince = undefined;
    if (emptySince !== undefined && now - emptySince >= (missing > 0 ? latecomers : quiet))
      return { took: emptySince - begun, left: undefined };
    if (now - begun > limit) return { took: now - begun, left: words };
    if (now - said >= 5_000) {
      said = now;
      say(`draining for ${Math.round((now - begun) / 1000)} s: ${words}`);
    }
    await sleep(100);
  }
}

/** Events that were accepted: what came through two hooks is in the database once, beside its duplicate. */
const accepted = ({ deliveries }: Harness["load"]) =>
  new Set(
    deliveries.flatMap(({ number, repeats = number, attempts }) =>
      attempts.some(({ status = 0 }) => status >= 200 && status < 300) ? repeats : [],
    ),
  ).size;
