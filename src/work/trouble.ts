import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";

export interface Trouble {
  onError: (error: unknown) => void;
  /** the store has answered */
  onBeat: () => void;
}

/** Logs what fails; that the database is away, and is back, once for each time. */
export function createTrouble(store: Store, log: Log): Trouble {
  let away = false;
  return {
    onError: (error) => {
      if (!store.engine.isAway(error)) return log.error({ error }, "work failed; it will be tried again");
      if (!away) log.error({ error }, "the database is away; what is to be read and sent waits");
      away = true;
    },
    onBeat: () => {
      if (away) log.info({}, "the database is back; work goes on");
      away = false;
    },
  };
}
