import type { Store } from "../store/store.ts";

/** Milliseconds between two tries. */
const again = 1_000;

interface Waiting {
  store: Store;
  /** ends the waiting */
  stopped: Promise<void>;
  /** called once, when the store is found away */
  onAway: (error: unknown) => Promise<void>;
}

/**
 * Does what needs the store, as soon as the store is there.
 * @param work may run several times
 * @returns what it returns; undefined when we were stopped before
 * @throws what it throws for other reasons: a wrong password is not mended by waiting
 */
export async function untilThere<T>(
  { store, stopped, onAway }: Waiting,
  work: () => Promise<T>,
): Promise<T | undefined> {
  let told = false;
  let over = false;
  const end = stopped.then(() => {
    over = true;
  });
  while (!over) {
    try {
      return await work();
    } catch (error) {
      if (!store.engine.isAway(error)) throw error;
      if (!told) await onAway(error);
      told = true;
      await Promise.race([end, new Promise((resolve) => setTimeout(resolve, again))]);
    }
  }
  return undefined;
}
