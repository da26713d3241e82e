/** Tells whether this machine's clock was set: what is a day old by it may not be. */
export interface ClockJumps {
  /** Compares the clock with the time that has passed. To be called every few seconds. */
  look(): void;
  /** true where the clock jumped within so many milliseconds */
  isLately(milliseconds: number): boolean;
}

/** Milliseconds between two looks that are no jump: a busy process may look late. */
const tolerance = 60_000;

export function createClockJumps(
  clock: () => number = Date.now,
  passed: () => number = () => performance.now(),
): ClockJumps {
  let offset = clock() - passed();
  let jumpedAt: number | undefined;
  return {
    look() {
      const now = clock() - passed();
      if (Math.abs(now - offset) > tolerance) jumpedAt = passed();
      offset = now;
    },
    isLately: (milliseconds) => jumpedAt !== undefined && passed() - jumpedAt < milliseconds,
  };
}
