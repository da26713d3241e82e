import type { Event } from "../events.ts";
import type { RuleGrammar } from "./grammar.ts";
import { type ChannelMute, whyMuted } from "./mute.ts";
import { whyNot } from "./reasons.ts";
import { isMoreSpecific } from "./specific.ts";

export interface Rule {
  id: string;
  channel: string;
  /** canonical words */
  words: string;
  grammar: RuleGrammar;
  /** why it is paused; absent where it is not */
  paused?: string | undefined;
  /** ISO 8601 in UTC */
  createdAt: string;
}

export interface Decision {
  /** id of the rule */
  rule: string;
  channel: string;
  post: boolean;
  /** a short sentence; it may hold texts of the event, so it is as hostile as they are */
  reason: string;
}

/** What is known of the channels of the rules. */
export interface Channels {
  /** those that hold now */
  mutes?: readonly ChannelMute[];
  /** Slack's ids of channels that rules name by `#name`: both are one channel */
  ids?: ReadonlyMap<string, string>;
}

/**
 * Decides for every rule given, in their order, whether it posts the event. Of the rules that match for one channel
 * the most specific posts, of equals the newest; none where the channel muted it. Pure; the order of the rules makes no
 * difference.
 */
export function match(event: Event, rules: readonly Rule[], { mutes = [], ids }: Channels = {}): Decision[] {
  const work = { steps: 0 };
  const verdicts = rules.map((rule) => ({ rule, against: whyNot(event, rule, work) }));
  const idOf = ({ channel }: Rule) => ids?.get(channel) ?? channel;
  const winners = new Map<string, Rule>();
  for (const { rule, against } of verdicts) {
    if (against !== undefined) continue;
    const best = winners.get(idOf(rule));
    if (best === undefined || beats(event, rule, best)) winners.set(idOf(rule), rule);
  }
  return verdicts.map(({ rule, against }) => {
    const { id, channel } = rule;
    const winner = winners.get(idOf(rule));
    if (against !== undefined) return { rule: id, channel, post: false, reason: against };
    if (winner === undefined || winner === rule) {
      const muted = whyMuted(event, mutes, [channel, idOf(rule)]);
      return { rule: id, channel, post: muted === undefined, reason: muted ?? "posts" };
    }
    const than = isMoreSpecific(event, winner.grammar, rule.grammar) ? "more specific" : "newer";
    return { rule: id, channel, post: false, reason: `rule ${winner.id} is ${than}` };
  });
}

function beats(event: Event, rule: Rule, other: Rule): boolean {
  if (isMoreSpecific(event, rule.grammar, other.grammar)) return true;
  if (isMoreSpecific(event, other.grammar, rule.grammar)) return false;
  return rule.createdAt === other.createdAt ? rule.id > other.id : rule.createdAt > other.createdAt;
}
