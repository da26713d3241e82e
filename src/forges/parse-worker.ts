import { parentPort, workerData } from "node:worker_threads";
import { forgeNamed } from "./index.ts";
import type { Headers } from "./verify.ts";

/** What parse-large.ts hands to the thread. */
export interface ParseTask {
  forge: string;
  brand: string | undefined;
  headers: Headers;
  body: Uint8Array;
}

const { forge, brand, headers, body } = workerData as ParseTask;

parentPort?.postMessage(forgeNamed(forge).parse({ headers, body: Buffer.from(body) }, brand));
