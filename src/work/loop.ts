/** Work that is done when there is some, and looked for now and then. */
export interface Loop {
  /** There is work: do it now. */
  wake(): void;
  /** Finishes the round under way and stops. */
  stop(): Promise<void>;
}

/**
 * Runs `work` at once, whenever woken, when `work` says so and at least every `poll` milliseconds, one round at a time.
 * The poll finds what other processes wrote, and is the safety net of a lost wake-up.
 * @param work one round; returns the milliseconds until it wants to run again, undefined for "when woken"
 * @param onError a round that throws is reported, and the loop goes on after `poll`
 */
export function startLoop(
  work: () => Promise<number | undefined>,
  { poll, onError }: { poll: number; onError: (error: unknown) => void },
): Loop {
  let woken = true;
  let stopped = false;
  let rouse = () => {};

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false;
      const wait = await work().catch((error: unknown) => {
        onError(error);
        return poll;
      });
      if (!woken && !stopped) await pause(Math.min(wait ?? poll, poll));
    }
  }

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const wake = () => {
    woken = true;
    rouse();
  };
  const running = run();
  return {
    wake,
    stop: () => {
      stopped = true;
      rouse();
      return running;
    },
  };
}
