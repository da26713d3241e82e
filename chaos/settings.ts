import type { PaceSettings } from "./check-pace.ts";
import { parsePace } from "./pace.ts";

/**
 * Milliseconds by which a call may come early. Belfry takes a turn, then writes, renders and connects: on a machine that
 * is busy with ten processes a call may take that much longer on its way than the one after it.
 */
const tolerance = 150;
/** Milliseconds until all processes have to know of a 429. */
const grace = 2_000;
/** Milliseconds by which the first calls of a process may be late. */
const warmUp = 600;

/** What the checker holds Belfry to, from the settings that its processes got. */
export const paceSettings = (settings: Record<string, string>): PaceSettings => ({
  paces: {
    channel: parsePace(settings["BELFRY_PACE_CHANNEL"] ?? "1/s burst 3"),
    posts: parsePace(settings["BELFRY_PACE_POSTS"] ?? "240/min burst 20"),
    updates: parsePace(settings["BELFRY_PACE_UPDATES"] ?? "45/min burst 5"),
  },
  tolerance,
  grace,
  warmUp,
});
