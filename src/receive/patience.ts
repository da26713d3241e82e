/** Waits for something that may never answer, and not for ever. */
export interface Patience {
  /**
   * @param most milliseconds
   * @throws what `work` throws; an Error once the time is over or all patience is lost. `work` itself goes on.
   */
  within<T>(work: Promise<T>, most: number): Promise<T>;
  /** Ends all waiting at once, with this error. */
  lose(error: unknown): void;
}

export function createPatience(): Patience {
  const waiting = new Set<(error: unknown) => void>();
  return {
    within: (work, most) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(refuse);
        };
        const refuse = (error: unknown) => {
          end();
          reject(error);
        };
        const timer = setTimeout(() => refuse(new Error(`no answer within ${Math.round(most)} ms`)), most);
        waiting.add(refuse);
        // After the end of our patience neither of them changes anything.
        work.then(resolve, reject).finally(end);
      }),
    lose: (error) => {
      for (const refuse of [...waiting]) refuse(error);
    },
  };
}
