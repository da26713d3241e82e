import { join } from "node:path";
import { expect, test } from "vitest";
import { createRandom } from "../../chaos/random.ts";
import { engines } from "../../chaos/roles.ts";
import { runChaos } from "../../chaos/scenario-chaos.ts";

/** The short form of `npm run chaos`: a few seconds of every fault that does not take long by itself. */

const seed = 20_261_121;
/** Seconds of faults; a slow machine does less in them, and has longer to drain. */
const [seconds, drainLimit] = [15, 150];

test.each(engines)(
  "nothing is lost, doubled or out of order under faults: %s",
  // Pace is a matter of milliseconds: a machine that stood still gets one more try.
  { timeout: 300_000, retry: 1 },
  async (engine) => {
    const single = engine === "sqlite";
    const { problems, figures, more, kept } = await runChaos({
      ...{ engine, seed, random: createRandom(seed), project: join(import.meta.dirname, "../..") },
      ...{ webs: single ? 1 : 2, workers: single ? 1 : 2, workspaces: 2, channels: 12, hooks: 2, disk: 200 },
      settings: {
        BELFRY_PACE_CHANNEL: "5/s burst 5",
        BELFRY_PACE_POSTS: "20/s burst 20",
        BELFRY_PACE_UPDATES: "5/s burst 5",
      },
      ...{ seconds, kills: undefined, rate: 15, gap: 800, hang: false, drainLimit },
      say: () => {},
      stopped: () => false,
    });
    expect(problems, `${JSON.stringify({ ...more, ...figures })}\n${kept}`).toEqual([]);
    // Something did go wrong, and most of it came through.
    expect(more["kills"]).toBeGreaterThan(0);
    expect(Object.keys(figures.calls).length).toBeGreaterThan(1);
    expect(figures.accepted).toBeGreaterThan(0);
    expect(figures.posted).toBeGreaterThan(figures.accepted / 2);
    expect(figures.cards).toBeGreaterThan(0);
    expect(figures.edits).toBeGreaterThan(0);
    expect(figures.saidDurable).toBeGreaterThan(0);
  },
);
