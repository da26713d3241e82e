import type { Chat } from "../slack/chat.ts";
import { ChatError } from "../slack/errors.ts";
import type { Call, CallOutcome, Metrics } from "./metrics.ts";

/** Whether Slack answered the last call of this process; undefined before the first. */
export type SlackUp = boolean | undefined;

export interface SlackCalls {
  isUp(): SlackUp;
  /** The same chat, with its calls watched. */
  watched(chat: Chat): Chat;
}

/** Outcomes that Slack itself gave; the others may come from the network between us. */
const answers: ReadonlySet<CallOutcome> = new Set(["ok", "rate_limited", "invalid", "channel", "workspace"]);

/**
 * Watches the calls to Slack that are made anyway. None is made for this: a page that everybody may open must not
 * make us call out.
 */
export function watchSlack({ slackCall }: Pick<Metrics, "slackCall">): SlackCalls {
  let up: SlackUp;

  function done(call: Call, outcome: CallOutcome, began: number): void {
    up = answers.has(outcome);
    slackCall(call, outcome, (performance.now() - began) / 1000);
  }

  const watch =
    <In extends readonly unknown[], Out>(call: Call, work: (...values: In) => Promise<Out>) =>
    async (...values: In): Promise<Out> => {
      const began = performance.now();
      try {
        const answer = await work(...values);
        done(call, "ok", began);
        return answer;
      } catch (error) {
        done(call, error instanceof ChatError ? error.outcome : "uncertain", began);
        throw error;
      }
    };

  return {
    isUp: () => up,
    watched: ({ post, update, find, isOpen, check }) => ({
      post: watch("post", post),
      ...(update && { update: watch("update", update) }),
      ...(find && { find: watch("find", find) }),
      ...(isOpen && { isOpen: watch("channel", isOpen) }),
      ...(check && { check: watch("check", check) }),
    }),
  };
}
