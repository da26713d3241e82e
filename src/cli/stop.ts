import type { Log } from "../log.ts";
import { within } from "../work/within.ts";

/** Milliseconds. Whoever stops us gives 10 seconds, as Docker does, before it kills; a busy machine takes its share of them. */
const limits = { parts: 6_500, store: 500, all: 7_500 };

/**
 * Ends the process well some time after it was told to stop, if it is still there: something hangs then, be it a start
 * that waits for its database or a call to Slack. Where nothing hangs the process ends by itself.
 */
export const endLater = (end: (code: number) => void): void => {
  setTimeout(() => end(0), limits.all).unref();
};

interface Stopping {
  /** each resolves when its part has finished or released what it had */
  stops: readonly (() => Promise<void>)[];
  close: () => Promise<void>;
  log: Pick<Log, "warn" | "error">;
}

/**
 * Stops the parts of a server side by side, then closes the store. What does not finish in time is left: deliveries are
 * stored, sends are written down before they begin, and whoever starts next goes on from there.
 */
export async function stopAll(
  { stops, close, log }: Stopping,
  { parts, store }: { parts: number; store: number } = limits,
): Promise<void> {
  const quietly = (work: () => Promise<void>) =>
    work().catch((error: unknown) => log.error({ error }, "a part did not stop well"));
  const stopped = await within(parts, Promise.all(stops.map(quietly)));
  if (!stopped)
    log.warn({ seconds: parts / 1000 }, "stopped before all work was finished; the next start goes on with it");
  await within(store, quietly(close));
}
