import { setTimeout as sleep } from "node:timers/promises";
import type { Harness } from "./harness.ts";
import type { SlackCall } from "./history.ts";
import { type Outcome, runScenario, type ScenarioOptions } from "./scenario.ts";

/** As fast as it can be. */
const unpaced = { BELFRY_PACE_CHANNEL: "off", BELFRY_PACE_POSTS: "off", BELFRY_PACE_UPDATES: "off" };

/** Short runs without chance, each of which brings out certain mistakes. */
export const provocations = {
  /** Two workspaces, hooks that send one delivery after the other, channels that wait for their pace. */
  steady: {
    settings: { BELFRY_PACE_CHANNEL: "4/s burst 2", BELFRY_PACE_POSTS: "40/s burst 10" },
    size: { workspaces: 2, channels: 4, hooks: 1 },
    work: (harness: Harness) => sendInTurn(harness, 5),
  },
  /** More at once than a channel's pace allows, on however slow a machine. */
  hasty: {
    settings: { ...unpaced, BELFRY_PACE_CHANNEL: "2/s burst 1" },
    size: { workspaces: 1, channels: 2, hooks: 1 },
    work: async ({ load, targets }: Harness) => {
      const [target] = targets;
      if (!target) throw new Error("nowhere to send to");
      await Promise.all(Array.from({ length: 8 }, () => load.deliver(target)));
    },
  },
  /** Slack takes its time and lets nobody read: who takes a lane that another worker sends in posts beside it. */
  crowded: {
    settings: unpaced,
    size: { workspaces: 1, channels: 2, hooks: 2 },
    work: async (harness: Harness) => {
      harness.slack.decide(({ method }) => (method === "conversations.history" ? "missing_scope" : { slow: 100 }));
      await sendInTurn(harness, 6);
    },
  },
  /** Slack asks to wait at the first post into one channel: the other channels have to wait as well. */
  limited: {
    settings: unpaced,
    size: { workspaces: 1, channels: 2, hooks: 1 },
    work: async (harness: Harness) => {
      let asked = false;
      harness.slack.decide(() => {
        if (asked) return undefined;
        asked = true;
        return { ratelimited: 3 };
      });
      for (let round = 0; round < 12; round++) {
        await sendInTurn(harness, 1);
        await sleep(200);
      }
    },
  },
  /** The process that receives dies while the store takes nothing: what it answered 2xx before that is not in it. */
  blocked: {
    settings: unpaced,
    size: { workspaces: 1, channels: 2, hooks: 1 },
    work: async ({ load, store, processes, targets }: Harness) => {
      const [target] = targets;
      if (!target) throw new Error("nowhere to send to");
      await load.deliver(target);
      await store.alone(async () => {
        void load.deliver(target);
        await sleep(700);
        for (const name of processes.names) processes.kill(name);
      });
      await processes.ready();
    },
  },
  /** The power of the database fails right after a 2xx. */
  powerCut: {
    settings: unpaced,
    size: { workspaces: 1, channels: 2, hooks: 1 },
    work: async (harness: Harness) => {
      await sendInTurn(harness, 3);
      await harness.stopPostgres("kill");
      await harness.startPostgres();
    },
  },
  /**
   * An older state after a newer one, and one that comes while an edit is under way. Cards rest for seconds between
   * edits: the clock is moved on instead.
   */
  cards: {
    settings: unpaced,
    size: { workspaces: 1, channels: 2, hooks: 1 },
    work: async ({ slack, load, processes, targets, setClock }: Harness) => {
      const [target] = targets;
      if (!target) throw new Error("nowhere to send to");
      slack.decide(({ method }) => (method === "chat.update" ? { slow: 1000 } : undefined));
      const tell = (card: number, state: number) =>
        load.deliver(target, { tells: { card, kind: card === 1 ? "merge_request" : "pipeline", state, news: false } });
      const seen = async (is: (call: SlackCall) => boolean, many: number) => {
        for (let tries = 0; tries < 50 && slack.calls().filter(is).length < many; tries++) await sleep(100);
      };
      const move = (offset: number) => {
        for (const name of processes.names) setClock(name, offset);
      };
      await tell(1, 3);
      await tell(2, 1);
      await seen(({ posted }) => posted, 2 * target.project.channels.length);
      await tell(1, 2);
      await tell(2, 2);
      // Whoever does not rest edits now.
      await sleep(1_500);
      move(10_000);
      await seen(({ edited }) => edited === true, target.project.channels.length);
      await tell(2, 3);
      // The edit ends.
      await sleep(1_000);
      move(20_000);
      await seen(({ shows }) => shows?.state === 3, 2 * target.project.channels.length);
    },
  },
} as const;

export type Provocation = keyof typeof provocations;

/** The writer of PostgreSQL's log sleeps, so that what is not flushed by a commit is lost in the power cut. */
const sleepyLog = ["-c", "wal_writer_delay=10s", "-c", "wal_writer_flush_after=64MB", "-c", "bgwriter_delay=10s"];

export type ProvokeOptions = Omit<ScenarioOptions, "settings" | "workspaces" | "channels" | "hooks">;

export function provoke(name: Provocation, options: ProvokeOptions): Promise<Outcome> {
  const { settings, size, work } = provocations[name];
  return runScenario({ ...options, ...size, settings, postgresFlags: sleepyLog }, async (harness) => {
    await work(harness);
    return {};
  });
}

/** Each hook sends one delivery after the other, hooks side by side, to each project in turn. */
async function sendInTurn({ load, targets }: Harness, rounds: number): Promise<void> {
  const hooks = new Set(targets.map(({ hook }) => hook.id));
  await Promise.all(
    [...hooks].map(async (id) => {
      for (let round = 0; round < rounds; round++)
        for (const target of targets) if (target.hook.id === id) await load.deliver(target);
    }),
  );
}
