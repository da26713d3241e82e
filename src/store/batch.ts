import { RefusedError } from "../errors.ts";

const quietTurns = 2;

/**
 * Gathers calls that arrive while a write is under way and hands them to `write` together, so that deliveries that
 * come at once share one transaction and one fsync.
 * @param most items in one write, and their size together; one that is larger goes alone
 * @param waiting items that may wait; beyond it a call is refused with 503, before memory grows
 */
export function batched<In, Out>(
  write: (items: In[]) => Promise<Out[]>,
  { most, waiting, sizeOf }: { most: { items: number; size: number }; waiting: number; sizeOf: (item: In) => number },
): (item: In) => Promise<Out> {
  const queue: { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    while (queue.length > 0) {
      await untilQuiet();
      const batch = queue.splice(0, fitting());
      try {
        const results = await write(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => {
          resolve(results[index] as Out);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  }

  /**
   * Node accepts one connection in each turn of the event loop, so calls that come at once come in turns that follow
   * each other: a batch is complete when a few turns brought nothing new. A turn without work takes microseconds.
   */
  async function untilQuiet(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns && queue.length < most.items; ) {
      const before = queue.length;
      await new Promise(setImmediate);
      quiet = queue.length > before ? 0 : quiet + 1;
    }
  }

  function fitting(): number {
    let size = 0;
    const over = queue.findIndex(({ item }, index) => {
      size += sizeOf(item);
      return index > 0 && (index >= most.items || size > most.size);
    });
    return over < 0 ? queue.length : over;
  }

  return (item) => {
    if (queue.length >= waiting) return Promise.reject(new RefusedError(503, "busy", 5));
    return new Promise<Out>((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (!writing) void drain();
    });
  };
}
