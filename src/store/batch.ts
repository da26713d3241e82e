import { RefusedError } from "../errors.ts";

/**
 * Gathers calls that arrive while a write is under way and hands them to `write` together, so that deliveries that
 * come at once share one transaction and one fsync.
 * @param most items in one write
 * @param waiting items that may wait; beyond it a call is refused with 503, before memory grows
 */
export function batched<In, Out>(
  write: (items: In[]) => Promise<Out[]>,
  { most, waiting }: { most: number; waiting: number },
): (item: In) => Promise<Out> {
  const queue: { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    // Whatever arrived in this turn of the event loop belongs to the first batch.
    await new Promise(setImmediate);
    for (let batch = queue.splice(0, most); batch.length > 0; batch = queue.splice(0, most)) {
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

  return (item) => {
    if (queue.length >= waiting) return Promise.reject(new RefusedError(503, "busy", 5));
    return new Promise<Out>((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (!writing) void drain();
    });
  };
}
