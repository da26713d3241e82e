import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Topic } from "./engine.ts";

const channel = "belfry";
/** Milliseconds: signals of one moment become one, and a listener that lost its connection comes back after as long. */
const gather = 5;
const again = 1_000;

/** LISTEN and NOTIFY. https://www.postgresql.org/docs/current/sql-notify.html */
export interface Signals {
  notify(topic: Topic): void;
  listen(onTopic: (topic: Topic) => void): () => Promise<void>;
  close(): Promise<void>;
}

/**
 * Signals are sent beside the transactions, never in them: a NOTIFY makes commits of the whole database queue up.
 * One that is lost costs the time until somebody looks.
 */
export function createSignals(pool: pg.Pool, config: pg.ClientConfig, onError: (error: unknown) => void): Signals {
  const waiting = new Set<Topic>();
  const sends = new Set<Promise<void>>();
  let closed = false;

  async function send(): Promise<void> {
    await sleep(gather);
    const topics = [...waiting];
    waiting.clear();
    for (const topic of topics) await pool.query("select pg_notify($1, $2)", [channel, topic]);
  }

  function notify(topic: Topic): void {
    if (closed || waiting.has(topic)) return;
    waiting.add(topic);
    const sent = send().catch((error) => {
      waiting.clear();
      onError(error);
    });
    sends.add(sent);
    void sent.finally(() => sends.delete(sent));
  }

  function listen(onTopic: (topic: Topic) => void): () => Promise<void> {
    let isStopped = false;
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    const ended = follow(onTopic, stopped, () => isStopped);
    return () => {
      isStopped = true;
      stop();
      return ended;
    };
  }

  async function follow(
    onTopic: (topic: Topic) => void,
    stopped: Promise<void>,
    isStopped: () => boolean,
  ): Promise<void> {
    while (!isStopped()) {
      const client = new pg.Client({
        ...config,
        keepAlive: true,
        keepAliveInitialDelayMillis: 30_000,
        connectionTimeoutMillis: 3_000,
      });
      await hear(client, onTopic, stopped).catch((error) => isStopped() || onError(error));
      // A connection that broke without a word never ends well: it is left.
      await Promise.race([client.end().catch(onError), sleep(again, undefined, { ref: false })]);
      await Promise.race([stopped, sleep(again, undefined, { ref: false })]);
    }
  }

  return {
    notify,
    listen,
    close: async () => {
      closed = true;
      await Promise.all(sends);
    },
  };
}

/** Resolves when stopped, rejects when the connection is lost. */
async function hear(client: pg.Client, onTopic: (topic: Topic) => void, stopped: Promise<void>): Promise<void> {
  const lost = new Promise<never>((_, reject) => {
    client.on("error", reject);
    client.on("end", () => reject(new Error("the connection that listens was closed")));
  });
  // Awaited below; until then a failure to connect comes first.
  lost.catch(() => undefined);
  client.on("notification", ({ payload }) => onTopic(payload === "messages" ? "messages" : "deliveries"));
  await client.connect();
  await client.query(`listen ${channel}`);
  // What was written while nobody listened.
  onTopic("deliveries");
  onTopic("messages");
  await Promise.race([lost, stopped]);
}
