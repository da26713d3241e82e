import { Worker } from "node:worker_threads";
import type { Delivery, Reading } from "./forge.ts";
import type { ParseTask } from "./parse-worker.ts";

const limits = { maxOldGenerationSizeMb: 512 };
const longest = 30_000;

/** Parses a large body in a thread of its own, with an end to its time and memory, while the event loop goes on. */
export function parseLarge(forge: string, { headers, body }: Delivery, brand?: string): Promise<Reading> {
  const task: ParseTask = { forge, brand, headers, body };
  const worker = new Worker(new URL("./parse-worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: limits,
  });
  return new Promise<Reading>((resolve) => {
    const giveUp = (reason: string) => resolve({ state: "unreadable", reason });
    const timer = setTimeout(() => giveUp(`the body took more than ${longest / 1000} seconds to parse`), longest);
    worker.once("message", (reading: Reading) => resolve(reading));
    worker.once("error", () => giveUp("the body takes more memory to parse than it may"));
    worker.once("exit", () => {
      clearTimeout(timer);
      giveUp("the body could not be parsed");
    });
  }).finally(() => worker.terminate());
}
