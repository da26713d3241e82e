import type { Config } from "../config.ts";
import { forges } from "../forges/index.ts";
import { parseLarge } from "../forges/parse-large.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../operation/metrics.ts";
import { readPending } from "../read/reader.ts";
import type { ChatOf } from "../send/chats.ts";
import { cardKey, editReady } from "../send/editor.ts";
import { createHolds } from "../send/holds.ts";
import { createLatelyPrivate } from "../send/lately-private.ts";
import { laneKey, mostOfWorkspace, type Sender, sendReady } from "../send/sender.ts";
import { batched } from "../store/batch.ts";
import { type EndedSend, finishSends } from "../store/finish-sends.ts";
import { mendTimes } from "../store/lanes.ts";
import { newestArrival, removeOld } from "../store/retention.ts";
import type { Store } from "../store/store.ts";
import {
  addWorker,
  freeForgotten,
  type Held,
  keepWorker,
  removeWorker,
  silence,
  sweepWorkers,
} from "../store/workers.ts";
import { render, type Templates } from "../templates/templates.ts";
import { type ClockJumps, createClockJumps } from "./clock-jumps.ts";
import { createKeyed } from "./keyed.ts";
import { startLoop } from "./loop.ts";
import { createRetentionClock } from "./retention-clock.ts";
import { createTrouble, type Trouble } from "./trouble.ts";
import { within } from "./within.ts";

export interface WorkerParts {
  config: Config;
  store: Store;
  templates: Templates;
  chatOf: ChatOf;
  log: Log;
  metrics: Metrics;
}

export interface Work {
  /** There are deliveries: read them now. */
  wake(): void;
  /** Takes on nothing more, and finishes what is under way. */
  stop(): Promise<void>;
}

/** How often the store is looked at for what no signal told of, in milliseconds. */
const poll = 1_000;
const beatEvery = 2_000;
/** Fewer than connections, as others of this process want one, too; where there is only one, they share commits. */
const hooksAtOnce = { alone: 8, shared: 4 };
const lanesAtOnce = 500;
const cardsAtOnce = 100;
/** Milliseconds that a stop waits for calls under way. */
const mostSettling = 5_000;

/** Reads deliveries and sends messages. `wake` tells it that a delivery was stored in this process. */
export async function startWorker(parts: WorkerParts): Promise<Work> {
  const { config, store, templates, chatOf, log, metrics } = parts;
  const { onError, onBeat } = createTrouble(store, log);
  const jumps = createClockJumps(() => store.now().getTime());
  const held: Held = {
    isAtLane: (workspace, channel) => lanes.has(laneKey(workspace, channel)),
    isAtHook: (_workspace, hook) => hooks.has(hook),
    isAtCard: (workspace, card) => cards.has(cardKey(workspace, card)),
  };

  const stopping = new AbortController();
  const lanes = createKeyed({
    most: lanesAtOnce,
    mostOfGroup: mostOfWorkspace,
    onDone: () => sending.wake(),
    onError,
  });
  const cards = createKeyed({
    most: cardsAtOnce,
    mostOfGroup: mostOfWorkspace,
    onDone: () => editing.wake(),
    onError,
  });
  const most = store.engine.alone ? hooksAtOnce.alone : hooksAtOnce.shared;
  const hooks = createKeyed({ most, onDone: () => reading.wake(), onError });
  const self = await startHeart(parts, { held, jumps, onError, onBeat });
  const write = async (ended: EndedSend[]) => {
    await finishSends(store, ended);
    return ended.map(() => undefined);
  };
  const { together } = store.engine;
  const sender: Sender = {
    store,
    // Sends that end at once share a transaction.
    finish: batched(write, { most: { items: together, size: together }, waiting: lanesAtOnce, sizeOf: () => 1 }),
    worker: self.id,
    chatOf,
    render: (event, { grammar }, { thread }) =>
      render(templates, event, { template: grammar.options.template, thread }),
    pace: config.pace,
    collectAfter: () => {
      jumps.look();
      return jumps.isLately(config.collectAfter) ? undefined : config.collectAfter;
    },
    log,
    metrics,
    holds: createHolds(),
    lately: createLatelyPrivate(),
    onMessages: () => onMessages(),
    stopping: stopping.signal,
  };
  const sending = startLoop(() => sendReady(sender, lanes), { poll, onError });
  const editing = startLoop(() => editReady(sender, cards), { poll, onError });

  const onMessages = () => {
    sending.wake();
    store.engine.notify("messages");
  };
  const reader = { store, worker: self.id, forges, parseLarge, onMessages, log, metrics };
  const reading = startLoop(() => readPending(reader, hooks).then(() => undefined), { poll, onError });
  const retention = await startRetention(parts, onError);
  const wakeSending = () => {
    sending.wake();
    editing.wake();
  };
  const wake = { deliveries: reading.wake, messages: wakeSending };
  const deafen = store.engine.listen((topic) => wake[topic]());

  return {
    wake: reading.wake,
    stop: async () => {
      const deaf = deafen();
      await Promise.all([retention.stop(), reading.stop()]);
      await hooks.settle();
      stopping.abort();
      await Promise.all([sending.stop(), editing.stop()]);
      // A call that hangs is left: its message may have been posted, and whoever goes on with the lane finds out.
      await within(mostSettling, Promise.all([lanes.settle(), cards.settle()]));
      await self.stop();
      await deaf;
    },
  };
}

const retentionEvery = 600_000;
const retentionPause = 200;

/** Removes what is too old, a little at a time. */
async function startRetention({ config, store }: WorkerParts, onError: (error: unknown) => void) {
  const newest = await newestArrival(store);
  const now = createRetentionClock({
    now: () => store.now().getTime(),
    uptime: () => performance.now(),
    newest,
  });
  const sweep = async () => ((await removeOld(store, config.keep, now())) > 0 ? retentionPause : undefined);
  return startLoop(sweep, { poll: retentionEvery, onError });
}

/** Keeps this worker known, and frees what others hold that are gone. */
async function startHeart(
  { store, log }: WorkerParts,
  { held, jumps, onError, onBeat }: Trouble & { held: Held; jumps: ClockJumps },
) {
  let id = await addWorker(store);
  let last = performance.now();
  // Others may have to speak first, as after an outage.
  let trustFrom = last + silence;
  let idle: ReadonlySet<string> = new Set();

  async function beat(): Promise<undefined> {
    jumps.look();
    if (!(await keepWorker(store, id))) {
      log.warn({ worker: id }, "this worker was silent too long and was given up; it begins anew");
      id = await addWorker(store);
    }
    onBeat();
    const now = performance.now();
    // After an outage of the store everybody seems silent: they get the time to speak first.
    if (now - last > silence / 2) trustFrom = now + silence;
    last = now;
    if (now >= trustFrom && !store.engine.alone) await sweepWorkers(store, silence);
    idle = await freeForgotten(store, id, held, idle);
    await mendTimes(store);
  }

  const loop = startLoop(beat, { poll: beatEvery, onError });
  return {
    id: () => id,
    stop: async () => {
      await loop.stop();
      await removeWorker(store, id);
    },
  };
}
