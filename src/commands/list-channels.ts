import type { StoredRule } from "../store/rules.ts";
import { listRules } from "../store/rules.ts";
import type { Asker, Desk, Reply } from "./command.ts";
import { channelsOf } from "./here.ts";
import { channelLink } from "./say.ts";

/** Slack is asked about so many channels for one answer. */
const mostChannels = 50;

/** How many rules each channel has: this one, and public ones. What is private stays with those who are in it. */
export async function listChannels(desk: Desk, asker: Asker): Promise<Reply> {
  const { workspace, user, channel } = asker;
  const person = await desk.look.person(workspace, user);
  if (!person || person.isGuest || person.isStranger || person.isGone)
    return { text: "Only full members of the workspace see its other channels. `/belfry list` shows this one." };
  const here = channelsOf(asker);
  const rules = await listRules(desk.store, workspace);
  const counted = Map.groupBy(rules, (rule) => (here.includes(rule.channel) ? channel : rule.channel));
  // Slack is asked by id: whether a channel of rules.yml is private cannot be known.
  const others = [...counted.keys()].filter((one) => one !== channel && !one.startsWith("#"));
  const seen = counted.has(channel) ? [channel] : [];
  for (const one of others.slice(0, mostChannels)) {
    const found = await desk.look.channel(workspace, one);
    if (found && !found.isPrivate && !found.isDirect) seen.push(one);
  }
  if (seen.length === 0)
    return { text: "No public channel has rules yet. `/belfry subscribe group/project` makes one." };
  const lines = seen.map(
    (one) => `• ${channelLink(one)}${one === channel ? " (here)" : ""}: ${count(counted.get(one))}`,
  );
  const note = others.length > mostChannels ? `Of ${others.length} other channels I looked at ${mostChannels}.\n` : "";
  return {
    text: [
      "*Rules of this workspace*",
      ...lines,
      `${note}Other private channels and other channels of rules.yml are not shown.`,
    ].join("\n"),
  };
}

function count(rules: readonly StoredRule[] = []): string {
  const paused = rules.filter((rule) => rule.paused !== undefined).length;
  return `${rules.length} ${rules.length === 1 ? "rule" : "rules"}${paused > 0 ? `, ${paused} paused` : ""}`;
}
