import { UserError } from "../errors.ts";
import { nearest } from "../rules/nearest.ts";
import { quoted } from "../rules/problem.ts";
import { removedReason } from "../store/file-rules.ts";
import { findRule, listRules, type StoredRule } from "../store/rules.ts";
import type { Asker, Desk } from "./command.ts";

/** How the asker's channel is named by rules: Slack's id, and `#name` where rules.yml says so. */
export const channelsOf = ({ channel, channelName }: Asker): string[] =>
  channelName === undefined ? [channel] : [channel, `#${channelName}`];

/** Slack's ids of direct messages between two begin so. https://docs.slack.dev/reference/objects/conversation-object */
export const isDirect = ({ channel }: Asker): boolean => channel.startsWith("D");

/** The rules that post where the asker is, oldest first. */
export const rulesHere = (desk: Desk, asker: Asker): Promise<StoredRule[]> =>
  listRules(desk.store, asker.workspace, { channels: channelsOf(asker) });

/** What an id of a rule looks like; anything else is not looked up. */
export const isRuleId = (word: string): boolean => /^[a-z0-9]{7}$/i.test(word);

/**
 * The rule of an id that somebody typed, where it posts.
 * @throws UserError where there is none, or it posts elsewhere; a rule of another workspace is none
 */
export async function ruleHere(desk: Desk, asker: Asker, word: string): Promise<StoredRule> {
  const id = word.toLowerCase();
  const rule = isRuleId(id) ? await findRule(desk.store, asker.workspace, id) : undefined;
  if (rule && channelsOf(asker).includes(rule.channel)) return rule;
  if (rule) throw new UserError(`Rule \`${id}\` posts in another channel. Type this there.`);
  const ids = (await rulesHere(desk, asker)).map((other) => other.id);
  const near = nearest(id, ids);
  const hint = near === undefined ? "`/belfry list` shows the rules of this channel." : `Did you mean \`${near}\`?`;
  throw new UserError(`There is no rule ${quoted(word)}. ${hint}`);
}

/** The one rule that a command is about. @throws UserError where something else was typed */
export function oneRule(desk: Desk, asker: Asker, words: string, example: string): Promise<StoredRule> {
  const [word, ...more] = words.split(/\s+/).filter((part) => part !== "");
  if (word === undefined || more.length > 0) throw new UserError(`Name one rule by its id, such as \`${example}\`.`);
  return ruleHere(desk, asker, word);
}

/** @throws UserError for rules that only rules.yml changes */
export function refuseFileRule({ id, origin }: StoredRule): void {
  if (origin === "file") throw new UserError(`Rule \`${id}\` comes from rules.yml. Change it there.`);
}

/** @throws UserError for rules whose line is gone: only the file brings them back */
export function refuseRemoved({ id, paused }: StoredRule): void {
  if (paused === removedReason)
    throw new UserError(`The line of rule \`${id}\` is not in rules.yml any more. Put it back there.`);
}
