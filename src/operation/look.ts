import { type Backlog, readBacklog } from "../store/backlog.ts";
import type { Store } from "../store/store.ts";

/** What the store said when it was asked last. */
export type Look =
  | { reachable: true; durable: boolean; backlog: Backlog }
  | { reachable: false; durable: undefined; backlog: undefined };

const unreachable: Look = { reachable: false, durable: undefined, backlog: undefined };

/** Milliseconds: how long an answer counts, and how long one is waited for. */
const limits = { fresh: 3_000, patience: 2_000 };

/**
 * Looks at the store for the pages that say how Belfry is. However many ask, the store is asked once in a while and one
 * question at a time; a store that does not answer counts as unreachable.
 */
export function createLook(store: Store, { fresh, patience } = limits): () => Promise<Look> {
  let last: Promise<Look> | undefined;
  let until = 0;

  async function ask(): Promise<Look> {
    try {
      const durable = await store.engine.isDurable(store.db);
      return { reachable: true, durable, backlog: await readBacklog(store) };
    } catch {
      // Whoever works on the store says in the log why it cannot be reached.
      return unreachable;
    } finally {
      until = performance.now() + fresh;
    }
  }

  return () => {
    if (last === undefined || performance.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      last = ask();
    }
    return soon(last, patience);
  };
}

function soon(look: Promise<Look>, patience: number): Promise<Look> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(unreachable), patience);
    void look.then((found) => {
      clearTimeout(timer);
      resolve(found);
    });
  });
}
