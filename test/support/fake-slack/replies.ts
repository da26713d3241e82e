import { setTimeout } from "node:timers/promises";
import type { FakeSlack } from "../fake-slack.ts";
import type { Reply } from "./responses.ts";

export type Fit = string | RegExp | ((reply: Reply) => boolean);

/** The answers to one request. */
export interface Replies {
  /** the response_url that the request carried; empty for one without */
  responseUrl: string;
  /** what has come to its response_url so far; addresses that are not the fake's get nothing */
  replies(): Reply[];
  /**
   * The first reply to it that fits, waited for.
   *
   * @param fits a part of its text, or what it must be; without it the first reply
   * @param within milliseconds
   */
  until(fits?: Fit, within?: number): Promise<Reply>;
}

export function watchReplies(
  { origin, responses }: Pick<FakeSlack, "origin" | "responses">,
  responseUrl: string,
): Replies {
  const path = responseUrl.startsWith(`${origin}/`) ? responseUrl.slice(origin.length) : undefined;
  const replies = () => (path && responses.has(path) ? responses.replies(path) : []);
  return {
    responseUrl,
    replies,
    async until(fits = () => true, patience = 5_000) {
      const deadline = performance.now() + patience;
      for (;;) {
        const found = replies().find((reply) => isFit(reply, fits));
        if (found) return found;
        const isOver = !path || !(await before(responses.next(path), deadline));
        if (isOver) throw new Error(`no reply that fits ${fits}; there came ${JSON.stringify(replies())}`);
      }
    },
  };
}

const isFit = (reply: Reply, fits: Fit): boolean =>
  typeof fits === "function"
    ? fits(reply)
    : typeof fits === "string"
      ? reply.text.includes(fits)
      : fits.test(reply.text);

/** Whether it comes before the deadline. */
async function before(coming: Promise<void>, deadline: number): Promise<boolean> {
  const over = new AbortController();
  // Aborted when it came: nobody waits for it then.
  const late = setTimeout(deadline - performance.now(), false, { signal: over.signal }).catch(() => false);
  const isThere = await Promise.race([coming.then(() => true), late]);
  over.abort();
  return isThere;
}
