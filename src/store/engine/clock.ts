/** The database's clock, as processes on machines with clocks of their own share it. */
export interface Clock {
  now(): Date;
  /** Sets it. `milliseconds` since 1970, as the database said at this moment. */
  set(milliseconds: number): void;
}

/** Goes on by itself from what the database said last, untouched by jumps of this machine's own clock. */
export function createClock(): Clock {
  let offset = Date.now() - performance.now();
  return {
    now: () => new Date(offset + performance.now()),
    set: (milliseconds) => {
      offset = milliseconds - performance.now();
    },
  };
}
