import { setTimeout as sleep } from "node:timers/promises";
import type { SlackProcess } from "./slack/slack.ts";

const look = 50;

/**
 * Waits until so many were posted, or until nothing is posted any more.
 * @param patience milliseconds without a post
 * @returns how many are there
 */
export async function untilPosted(slack: SlackProcess, wanted: number, patience = 10_000): Promise<number> {
  let [posted, changed] = [0, performance.now()];
  while (posted < wanted && performance.now() - changed < patience) {
    await sleep(look);
    const now = await slack.posted();
    if (now > posted) [posted, changed] = [now, performance.now()];
  }
  return posted;
}
