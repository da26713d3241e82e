import { ChatError } from "../slack/errors.ts";
import type { StoredRule } from "../store/rules.ts";
import { listRules } from "../store/rules.ts";
import type { Asker, Desk, Reply } from "./command.ts";
import { channelsOf } from "./here.ts";
import { channelLink } from "./say.ts";
import { whyNothing } from "./why-nothing.ts";

/**
 * Slack is asked about so many channels for one answer: it takes about 50 such questions a minute.
 * https://docs.slack.dev/reference/methods/conversations.info
 */
const mostChannels = 20;

/** How many rules each channel has: this one, and public ones. What is private stays with those who are in it. */
export async function listChannels(desk: Desk, asker: Asker): Promise<Reply> {
  const { workspace, user, channel } = asker;
  if (whyNothing(await desk.look.person(workspace, user)) !== undefined)
    return { text: "Only full members of the workspace see its other channels. `/belfry list` shows this one." };
  const here = channelsOf(asker);
  const rules = await listRules(desk.store, workspace);
  const counted = Map.groupBy(rules, (rule) => (here.includes(rule.channel) ? channel : rule.channel));
  // Slack is asked by id: whether a channel of rules.yml is private cannot be known.
  const others = [...counted.keys()].filter((one) => one !== channel && !one.startsWith("#"));
  const { found, looked, failed } = await publicOf(desk, workspace, others.slice(0, mostChannels));
  const seen = [...(counted.has(channel) ? [channel] : []), ...found];
  if (seen.length === 0 && looked === others.length)
    return { text: "No public channel has rules yet. `/belfry subscribe group/project` makes one." };
  const lines = seen.map(
    (one) => `• ${channelLink(one)}${one === channel ? " (here)" : ""}: ${count(counted.get(one))}`,
  );
  const why = failed ? ", then Slack did not answer" : "";
  const note = looked < others.length ? `Of ${others.length} other channels I looked at ${looked}${why}.\n` : "";
  return {
    text: [
      "*Rules of this workspace*",
      ...lines,
      `${note}Other private channels and other channels of rules.yml are not shown.`,
    ].join("\n"),
  };
}

/** Which of these channels are public, as far as Slack tells: who asks sees what is known by then. */
async function publicOf({ look, log }: Desk, workspace: string, channels: readonly string[]) {
  const found: string[] = [];
  for (const [looked, one] of channels.entries()) {
    try {
      const channel = await look.channel(workspace, one);
      if (channel && !channel.isPrivate && !channel.isDirect) found.push(one);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      log.warn({ workspace, reason: error.reason }, "Slack does not tell which channels are public");
      return { found, looked, failed: true };
    }
  }
  return { found, looked: channels.length, failed: false };
}

function count(rules: readonly StoredRule[] = []): string {
  const paused = rules.filter((rule) => rule.paused !== undefined).length;
  return `${rules.length} ${rules.length === 1 ? "rule" : "rules"}${paused > 0 ? `, ${paused} paused` : ""}`;
}
