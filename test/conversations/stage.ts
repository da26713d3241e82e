import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { v7 as uuid } from "uuid";
import { readConfig } from "../../src/config.ts";
import type { Log } from "../../src/log.ts";
import { noMetrics } from "../../src/operation/metrics.ts";
import type { Chat } from "../../src/slack/chat.ts";
import { createSlack } from "../../src/slack/client.ts";
import { addDeliveries } from "../../src/store/add-deliveries.ts";
import { addRule } from "../../src/store/change-rules.ts";
import type { Topic } from "../../src/store/engine/engine.ts";
import type { Store } from "../../src/store/store.ts";
import type { Templates } from "../../src/templates/templates.ts";
import { startWorker } from "../../src/work/worker.ts";
import { createFakeSlack, type FakeSlack, type LoggedCall } from "../support/fake-slack.ts";
import type { Step } from "./payloads/step.ts";

/** Real stores, the real worker and Slack's real client against our Slack, on a clock that only the test moves. */
export interface Stage {
  slack: FakeSlack;
  /** the clock, in milliseconds since 1970 */
  now(): number;
  /** a new workspace with these channels, each with the words of its rules: `{ api: ["platform/api"] }` */
  scene(channels: Record<string, readonly string[]>): Promise<Scene>;
  /** Until all that can be done at this time is done. */
  settle(): Promise<void>;
  /** Moves the clock to this time, over every moment on the way at which something is due; never back. */
  advance(to: number): Promise<void>;
  /** Moves the clock on until nothing waits any more. */
  finish(): Promise<void>;
  /** what was logged as a warning or an error, each text once */
  errors(): string[];
  close(): Promise<void>;
}

export interface Scene {
  workspace: string;
  /** Slack's ids of its channels, by their names */
  channels: Record<string, string>;
  /** Stores deliveries together, each under a key of its own. @param hook of two hooks of one project both tell the same */
  deliver(steps: readonly Step[], hook?: string): Promise<void>;
  /** Slack's calls of the workspace so far */
  calls(): LoggedCall[];
}

export interface StageOptions {
  store: Store;
  templates: Templates;
  /** milliseconds since 1970 */
  start: number;
}

/** Real time, in milliseconds, in which everything that is due must have been done. */
const patience = 20_000;

export async function openStage({ store: opened, templates, start }: StageOptions): Promise<Stage> {
  let time = start;
  const wakers: ((topic: Topic) => void)[] = [];
  const listen = (onTopic: (topic: Topic) => void) => {
    wakers.push(onTopic);
    return async () => {};
  };
  const store: Store = { ...opened, engine: { ...opened.engine, listen }, now: () => new Date(time) };
  const slack = await createFakeSlack({ teams: [], now: () => time });
  const chats = new Map<string, Chat>();
  const errors = new Set<string>();
  const note = (...given: unknown[]) =>
    void errors.add(JSON.stringify(given, (_key, value) => (value instanceof Error ? value.stack : value)));
  const log = { debug: () => {}, info: () => {}, warn: note, error: note } as Log;
  const work = await startWorker({
    ...{ config: readConfig({}), store, templates, log, metrics: noMetrics },
    chatOf: async (workspace) => chats.get(workspace),
  });
  const wake = () => {
    for (const waker of wakers) for (const topic of ["deliveries", "messages"] as const) waker(topic);
  };

  async function settle(): Promise<void> {
    const end = performance.now() + patience;
    while ((await isBusy(store)) || (await dueAt(store)) <= time) {
      if (performance.now() > end)
        throw new Error(`not settled: ${await describe(store)}\n${[...errors].slice(0, 3).join("\n")}`);
      wake();
      await sleep(1);
    }
  }

  async function advance(to: number): Promise<void> {
    for (;;) {
      await settle();
      const due = await dueAt(store);
      if (due > to) break;
      time = Math.max(time, due);
    }
    time = Math.max(time, to);
  }

  async function finish(): Promise<void> {
    for (;;) {
      await settle();
      const due = await dueAt(store);
      if (due === Number.POSITIVE_INFINITY) return;
      time = Math.max(time, due);
    }
  }

  let scenes = 0;
  let keys = 0;
  async function scene(rules: Record<string, readonly string[]>): Promise<Scene> {
    const number = String(++scenes).padStart(3, "0");
    const workspace = `T${number}`;
    const token = `xoxb-${number}`;
    const ids = Object.keys(rules).map((name, index) => [name, `C${number}N${index}`] as const);
    slack.addTeam({ id: workspace, tokens: [token], channels: ids.map(([name, id]) => ({ id, name })) });
    chats.set(workspace, createSlack({ token, apiUrl: slack.url }));
    const channels = Object.fromEntries(ids);
    for (const [name, id] of ids)
      for (const words of rules[name] ?? []) await addRule(store, workspace, "command", { channel: id, words });
    return {
      workspace,
      channels,
      deliver: async (steps, hook = "project") => {
        const deliveries = steps.map(({ header, payload }) => ({
          ...{ workspace, hook: `${workspace}-${hook}`, forge: "gitlab", brand: undefined, key: `key ${++keys}` },
          headers: { "x-gitlab-event": header },
          // Its id tells when it arrived, by the clock of the stage.
          received: { id: uuid({ msecs: time, seq: keys }), at: new Date(time).toISOString() },
          body: Buffer.from(JSON.stringify(payload)),
        }));
        await addDeliveries(store, deliveries);
      },
      calls: () => slack.calls.filter((call) => call.token === token),
    };
  }

  return {
    ...{ slack, now: () => time, scene, settle, advance, finish, errors: () => [...errors] },
    close: async () => {
      await work.stop();
      await slack.close();
    },
  };
}

/** Whether anything is being done: nothing that only waits for its time. */
async function isBusy({ db }: Store): Promise<boolean> {
  const { rows } = await sql<{ busy: number }>`select
    (select count(*) from deliveries where state = 'pending')
    + (select count(*) from hook_leases where owner is not null)
    + (select count(*) from lanes where owner is not null)
    + (select count(*) from cards where owner is not null) as busy`.execute(db);
  return Number(rows[0]?.busy) > 0;
}

/** When the next lane may send or the next card may be edited, by their own times and those of their workspaces. */
async function dueAt({ db }: Store): Promise<number> {
  const lanes = await db
    .selectFrom("lanes")
    .leftJoin("paces", (join) =>
      join.onRef("paces.workspace_id", "=", "lanes.workspace_id").on("paces.method", "=", "post"),
    )
    .select(["ready_at", "next_at"])
    .where("ready_at", "is not", null)
    .where((where) =>
      where.exists(
        where
          .selectFrom("messages")
          .select("id")
          .whereRef("messages.workspace_id", "=", "lanes.workspace_id")
          .whereRef("messages.channel", "=", "lanes.channel")
          .where("state", "in", ["pending", "retry", "uncertain"]),
      ),
    )
    .execute();
  const cards = await db
    .selectFrom("cards")
    .leftJoin("paces", (join) =>
      join.onRef("paces.workspace_id", "=", "cards.workspace_id").on("paces.method", "=", "update"),
    )
    .select(["edit_at", "rests_until", "next_at"])
    .where("edit_at", "is not", null)
    .where("ts", "is not", null)
    .execute();
  const latest = (times: (string | null)[]) => Math.max(...times.map((at) => (at === null ? 0 : Date.parse(at))));
  return Math.min(
    ...lanes.map(({ ready_at, next_at }) => latest([ready_at, next_at])),
    ...cards.map(({ edit_at, rests_until, next_at }) => latest([edit_at, rests_until, next_at])),
  );
}

async function describe({ db }: Store): Promise<string> {
  const deliveries = await db.selectFrom("deliveries").select("id").where("state", "=", "pending").execute();
  const lanes = await db.selectFrom("lanes").selectAll().where("ready_at", "is not", null).execute();
  const cards = await db.selectFrom("cards").selectAll().where("edit_at", "is not", null).execute();
  const messages = await db.selectFrom("messages").select(["state", "reason", "channel"]).execute();
  return JSON.stringify({ deliveries: deliveries.length, lanes, cards, open: messages.filter(isOpen) });
}

const isOpen = ({ state }: { state: string }) => ["pending", "retry", "uncertain"].includes(state);
