/** Turns of work between two looks at the clock. */
const turns = 16;

/** How often something can be done in a second: done again and again for so many seconds, in this process. */
export function perSecond(seconds: number, work: () => unknown): number {
  const began = performance.now();
  const until = began + seconds * 1000;
  let count = 0;
  let at = began;
  while (at < until) {
    for (let turn = 0; turn < turns; turn++) work();
    count += turns;
    at = performance.now();
  }
  return count / ((at - began) / 1000);
}

/** The milliseconds of each time that something was done, one after the other, for so many seconds. */
export async function timesOf(seconds: number, work: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  const until = performance.now() + seconds * 1000;
  for (let at = performance.now(); at < until; ) {
    await work();
    const done = performance.now();
    took.push(done - at);
    at = done;
  }
  return took;
}
