import type { ChatError, Outcome } from "../slack/errors.ts";
import type { TurnEnd } from "../store/end-turns.ts";
import type { SendResult } from "../store/finish-sends.ts";
import type { OpenMessage } from "../store/open-messages.ts";

/** What a failed post leads to. */
export interface Verdict {
  result: SendResult;
  end: TurnEnd;
  /** failures of the lane in a row, this one included */
  failures: number;
  /** milliseconds until the lane goes on, at the earliest */
  wait: number;
  /** whose rules are paused, for `reason` */
  pause?: "channel" | "workspace";
  /** as it is shown with a paused rule */
  reason: string;
}

export interface Circumstances {
  message: OpenMessage;
  /** failures of the lane in a row before this one */
  failures: number;
  /** when something of the workspace passed last */
  passed: string | undefined;
  /** for outcome `workspace`: it was confirmed */
  isGone: boolean;
}

/** A message that fails so often while others of its workspace pass is dead. */
const mostFailures = 5;
const longestWait = 60_000;

/** 1, 2, 4 … 60 seconds in milliseconds, less up to a quarter so that lanes do not come back all at once. */
export const backoff = (failures: number): number =>
  Math.min(longestWait, 1000 * 2 ** Math.min(failures - 1, 10)) * (1 - Math.random() / 4);

/** Decides; nothing is done here. */
export const judge = (error: ChatError, circumstances: Circumstances): Verdict =>
  verdicts[error.outcome](error, circumstances);

const verdicts: Record<Outcome, (error: ChatError, circumstances: Circumstances) => Verdict> = {
  rate_limited: (error, { failures }) => ({
    result: { state: "retry", reason: error.reason },
    end: { end: "limited", wait: (error.retryAfter ?? 30) * 1000 },
    failures,
    wait: 0,
    reason: error.reason,
  }),
  refused: (error, circumstances) => again("retry", error, circumstances),
  uncertain: (error, circumstances) => again("uncertain", error, circumstances),
  invalid: (error) => over(error),
  channel: (error) => ({ ...over(error), pause: "channel" }),
  workspace: (error, circumstances) =>
    circumstances.isGone
      ? { ...over(error), pause: "workspace" }
      : waitFor(circumstances, { state: "retry", reason: error.reason }),
};

/** Why rules are paused that Slack does not let post, with Slack's word. */
export const pausedBy = (word: string): string => `Slack: ${word}`;

/** Not now and not later: the lane goes on with the next one. */
const over = ({ reason }: ChatError): Verdict => ({
  result: { state: "dead", reason },
  end: { end: "failed" },
  failures: 0,
  wait: 0,
  reason: pausedBy(reason),
});

function again(state: "retry" | "uncertain", error: ChatError, circumstances: Circumstances): Verdict {
  const { message, passed } = circumstances;
  const isAlone = message.failedAt === undefined || (passed !== undefined && passed > message.failedAt);
  const failures = message.failures + (isAlone ? 1 : 0);
  if (failures < mostFailures) return waitFor(circumstances, { state, reason: error.reason, failures });
  const dead = over(error);
  const reason = `${error.reason}, ${mostFailures} times while other messages passed`;
  const lost = state === "uncertain" && { lostAnswers: message.lostAnswers + 1 };
  return { ...dead, result: { state: "dead", reason, ...lost } };
}

const waitFor = ({ failures }: Circumstances, result: SendResult & { reason: string }): Verdict => ({
  result,
  end: { end: "failed" },
  failures: failures + 1,
  wait: backoff(failures + 1),
  reason: result.reason,
});
