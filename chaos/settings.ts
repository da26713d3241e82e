import type { PaceSettings } from "./check-pace.ts";
import { parsePace } from "./pace.ts";

/**
 * Milliseconds by which a call may come early. Belfry takes a turn, writes that down, renders and connects: one call that
 * takes this much longer on its way makes all that follow it at full pace seem early by as much. Seen were 50 on a quiet
 * machine and 165 on two cores with a load of six, so less would blame Belfry for the machine. It does not add up: at
 * 20 posts a second it is six too many in all of a run, however long, and a pace that is not kept is soon beyond it.
 */
const tolerance = 300;
/**
 * Milliseconds until all processes have to know of a 429. Who got it knows at once; the others as soon as it is in the
 * store, and meanwhile they may begin calls. On the same machine some began 500 ms later, none after a second.
 */
const grace = 1_000;

/** Milliseconds between two edits of one card. */
const editEvery = 7_000;
/**
 * As `tolerance`, for edits: those of many cards are taken together, so the last one is late and what follows it seems
 * early. On the same machine that was 740, with a load of eighteen.
 */
const late = 1_500;

/** What the checker holds Belfry to, from the settings that its processes got. */
export const paceSettings = (settings: Record<string, string>): PaceSettings => ({
  paces: {
    channel: parsePace(settings["BELFRY_PACE_CHANNEL"] ?? "1/s burst 3"),
    posts: parsePace(settings["BELFRY_PACE_POSTS"] ?? "240/min burst 20"),
    updates: parsePace(settings["BELFRY_PACE_UPDATES"] ?? "45/min burst 5"),
  },
  tolerance,
  grace,
  edits: editEvery,
  late,
});
