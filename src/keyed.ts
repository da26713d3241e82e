/** Work under way, never two for one key. */
export interface Keyed {
  /** true while work for the key is under way, or no more may begin */
  busy(key: string): boolean;
  /** Begins work for a key that is not busy. */
  begin(key: string, work: () => Promise<void>): void;
  /** Resolves when nothing is under way. */
  settle(): Promise<void>;
}

/**
 * Lets keys go side by side, so that a slow one delays no other.
 * @param most keys at a time
 * @param onDone work for a key ended well: there may be more
 * @param onError work for a key failed; nothing is begun again because of it
 */
export function createKeyed(most: number, onDone: () => void, onError: (error: unknown) => void): Keyed {
  const running = new Map<string, Promise<void>>();
  return {
    busy: (key) => running.size >= most || running.has(key),
    begin: (key, work) => {
      const done = work()
        .finally(() => running.delete(key))
        .then(onDone, onError);
      running.set(key, done);
    },
    settle: async () => {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}
