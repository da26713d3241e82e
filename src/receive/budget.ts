import { RefusedError } from "../errors.ts";

/** Memory that one request has taken, in bytes. */
export interface Share {
  /** @throws RefusedError 503 when all requests together would take too much */
  take(bytes: number): void;
  /** Gives back everything. */
  release(): void;
}

/** Bounds how many bytes all requests hold in memory at once, before they hold them. */
export function createBudget(most: number): () => Share {
  let used = 0;
  return () => {
    let own = 0;
    return {
      take(bytes) {
        if (used + bytes > most) throw new RefusedError(503, "busy", 5);
        used += bytes;
        own += bytes;
      },
      release() {
        used -= own;
        own = 0;
      },
    };
  };
}
