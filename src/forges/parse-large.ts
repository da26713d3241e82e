import { Worker } from "node:worker_threads";
import type { Delivery, Reading } from "./forge.ts";
import type { ParseTask } from "./parse-worker.ts";

const limits = { maxOldGenerationSizeMb: 512 };
const longest = 30_000;

/**
 * Parses a large body in a thread of its own, with an end to its time and memory, while the event loop goes on. One at
 * a time, so that their memory does not add up.
 * @throws where the thread fails for a reason that is not the body's
 */
export function parseLarge(forge: string, { headers, body }: Delivery, brand?: string): Promise<Reading> {
  const task: ParseTask = { forge, brand, headers, body };
  const reading = last.then(() => inThread(task));
  last = Promise.allSettled([reading]);
  return reading;
}

let last: Promise<unknown> = Promise.resolve();

function inThread(task: ParseTask): Promise<Reading> {
  const worker = new Worker(new URL("./parse-worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: limits,
  });
  return new Promise<Reading>((resolve, reject) => {
    const giveUp = (reason: string) => resolve({ state: "unreadable", reason });
    const timer = setTimeout(() => giveUp(`the body took more than ${longest / 1000} seconds to parse`), longest);
    worker.once("message", (reading: Reading) => resolve(reading));
    worker.once("error", (error: Error & { code?: string }) => {
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") giveUp("the body takes more memory to parse than it may");
      else reject(error);
    });
    worker.once("exit", () => {
      clearTimeout(timer);
      reject(new Error("the thread ended without an answer"));
    });
  }).finally(() => worker.terminate());
}
