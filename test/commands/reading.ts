import { forges } from "../../src/forges/index.ts";
import type { Log } from "../../src/log.ts";
import { noMetrics } from "../../src/operation/metrics.ts";
import { readPending } from "../../src/read/reader.ts";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { hooksWithPending } from "../../src/store/pending-deliveries.ts";
import type { Store } from "../../src/store/store.ts";
import { addWorker } from "../../src/store/workers.ts";
import { createKeyed } from "../../src/work/keyed.ts";
import { fixtures } from "../support/fixtures.ts";

interface Sent {
  hook?: string;
  forge?: string;
  /** changes the fixture's text */
  change?: (json: string) => string;
  /** instead of a fixture */
  body?: string;
  header?: string;
  key?: string;
}

let keys = 0;

/** Stores a delivery of a fixture of GitLab's: `merge_request_hook__open`, of acme/shop/api. @returns its id */
export async function deliver(store: Store, workspace: string, name: string, sent: Sent = {}): Promise<string> {
  const { hook = `${workspace} hook`, forge = "gitlab", change = (json) => json } = sent;
  keys += 1;
  const fixture = fixtures("gitlab").find((one) => one.name === name);
  const header = sent.header ?? fixture?.header ?? "";
  const body = Buffer.from(sent.body ?? change(fixture?.json ?? ""));
  const key = sent.key ?? `key ${keys}`;
  const headers = { "x-gitlab-event": header };
  const [stored] = await addDeliveries(store, [{ workspace, hook, forge, brand: undefined, key, headers, body }]);
  return stored?.id ?? "";
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Reads all that waits, as a worker does. */
export async function readAll(store: Store): Promise<void> {
  const worker = await addWorker(store);
  const failed: unknown[] = [];
  const hooks = createKeyed({ most: 8, onDone: () => {}, onError: (error) => void failed.push(error) });
  const parts = { store, worker: () => worker, forges, onMessages: () => {}, log: silent, metrics: noMetrics };
  while ((await hooksWithPending(store)).length > 0) {
    await readPending({ ...parts, parseLarge: async () => ({ state: "ignored", reason: "too large here" }) }, hooks);
    await hooks.settle();
    if (failed.length > 0) throw failed[0];
  }
}

/** A text as a person reads it: without the spaces of no width that take the force from `_` and `*`. */
export const shown = (text: string) => text.replaceAll("\u200B", "");
