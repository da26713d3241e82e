import { adviceOn } from "../slack/advice.ts";
import { clip, inline } from "../slack/text.ts";
import type { MessageSummary } from "../store/messages.ts";
import type { DeliveryState, MessageState } from "../store/schema.ts";
import { ago } from "./say.ts";

type Told = Pick<MessageSummary, "state" | "reason" | "ts" | "created_at" | "finished_at">;

const mostReason = 200;

/** Why, as inert mrkdwn: a reason may quote a payload. */
export const because = (reason: string | null | undefined, before = ": "): string =>
  reason ? `${before}${inline(clip(reason, mostReason))}` : "";

const advised = (reason: string | null): string => {
  const advice = adviceOn(reason ?? "");
  return advice === undefined ? "" : `. ${advice}`;
};

const told: Record<MessageState, (message: Told, now: Date) => string> = {
  sent: ({ finished_at, created_at }, now) => `posted ${ago(finished_at ?? created_at, now)}`,
  pending: () => "waits for its turn",
  retry: ({ reason }) => `waits, Slack did not take it yet${because(reason)}${advised(reason)}`,
  uncertain: ({ reason }) => `perhaps posted, Slack's answer was lost${because(reason)}`,
  suppressed: ({ reason }) => `not posted${because(reason)}`,
  dead: ({ reason }) => `given up${because(reason)}${advised(reason)}`,
};

/** What became of a message, as inert mrkdwn. */
export const messageOutcome = (message: Told, now: Date): string => told[message.state](message, now);

const read: Record<DeliveryState, string> = {
  pending: "waits to be read",
  event: "not posted here",
  unsupported: "of a kind that I do not know",
  unreadable: "not readable",
  ignored: "left aside",
  duplicate: "told before",
};

/** What a delivery turned out to be, for one of which nothing was posted. */
export const deliveryOutcome = (state: DeliveryState): string => read[state];

const brief: Record<MessageState, string> = {
  sent: "posted",
  pending: "waits for its turn",
  retry: "waits for Slack",
  uncertain: "perhaps posted",
  suppressed: "not posted",
  dead: "given up",
};

/** What became of a message, in a word or two. */
export const briefOutcome = (state: MessageState): string => brief[state];
