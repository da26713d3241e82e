import { UserError } from "../errors.ts";
import type { RuleGrammar } from "../rules/grammar.ts";
import { parseRule, readWords } from "../rules/parse.ts";
import { code } from "../slack/text.ts";
import { removeRules } from "../store/change-rules.ts";
import type { StoredRule } from "../store/rules.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { isRuleId, refuseFileRule, ruleHere, rulesHere } from "./here.ts";
import { isSameRule } from "./same-rule.ts";
import { typed as shown, toType } from "./say.ts";
import { wrongWords } from "./wrong-words.ts";

export const unsubscribe: CommandEntry = {
  run,
  aliases: ["unsub", "unfollow", "unwatch", "remove", "delete", "rm"],
  usage: "unsubscribe <rules|projects>",
  does: "remove a rule, or all rules of a project, from this channel",
  help: [
    "`/belfry unsubscribe abc2345` removes the rule with this id.",
    "`/belfry unsubscribe group/project` removes all rules of this channel that are about just this project; several may be named.",
    "I ask first. To have less of a project, `edit` its rule; for a while, `pause` or `mute`.",
  ].join("\n"),
  changes: true,
};

async function run(desk: Desk, asker: Asker, typed: string): Promise<Reply> {
  const found = await meant(desk, asker, typed.replace(/^\s*from\s+/i, ""));
  if (!Array.isArray(found)) return found;
  for (const rule of found) refuseFileRule(rule);
  return asker.confirmed ? remove(desk, asker, found, idsIn(typed)) : ask(found);
}

/** The ids that were typed, or that a button has; none where it is anything else. */
function idsIn(words: string): string[] {
  const parts = words.split(/\s+/).filter((part) => part !== "");
  return parts.every(isRuleId) ? [...new Set(parts.map((part) => part.toLowerCase()))] : [];
}

/** The rules that somebody means: by their ids, by their projects, or by all of their words. */
async function meant(desk: Desk, asker: Asker, words: string): Promise<StoredRule[] | Reply> {
  const parts = words.split(/\s+/).filter((part) => part !== "");
  if (parts.length === 0) throw new UserError("Name a rule or a project, such as `unsubscribe group/project`.");
  const ids = idsIn(words);
  // Of several that were asked about some may be gone meanwhile.
  const left = asker.confirmed ? (await rulesHere(desk, asker)).filter(({ id }) => ids.includes(id)) : [];
  if (left.length > 0) return left;
  if (ids.length > 0) return Promise.all(ids.map((id) => ruleHere(desk, asker, id)));
  const read = parseRule(words);
  if ("problem" in read) {
    if (parts.length === 1 && !/[/*:]/.test(words)) return [await ruleHere(desk, asker, words)];
    return { text: wrongWords(read.problem, words) };
  }
  const about = projectsIn(words);
  const isMeant = about ? isAbout(about) : (other: RuleGrammar) => isSameRule(other, read.rule);
  const here = (await rulesHere(desk, asker)).filter(({ grammar }) => isMeant(grammar));
  // A project's other rules go, even if one line of it stands in rules.yml.
  const ours = here.filter(({ origin }) => origin !== "file");
  if (here.length > 0) return ours.length > 0 ? ours : here;
  const what = about ? "is about" : "says";
  return { text: `No rule of this channel ${what} ${shown(words)}. \`/belfry list\` shows its rules.` };
}

/** The projects of words that are nothing else; undefined where they say more. */
function projectsIn(words: string): string[] | undefined {
  const read = readWords(words);
  if ("problem" in read) return undefined;
  const { projects, ...more } = read.draft;
  const others = [more.kinds, more.unwanted, more.conditions, Object.keys(more.options)];
  if (others.some(({ length }) => length > 0) || projects.some(({ not }) => not)) return undefined;
  return projects.map(({ pattern }) => pattern.toLowerCase());
}

/** Whether a rule is about these projects only, with the forge's host in front or without. */
function isAbout(about: readonly string[]): (other: RuleGrammar) => boolean {
  const isSame = (pattern: string) => (one: string) =>
    pattern === one || withoutHost(pattern) === one || pattern === withoutHost(one);
  return ({ projects }) => projects.every(({ not, pattern }) => !not && about.some(isSame(pattern.toLowerCase())));
}

const withoutHost = (pattern: string): string => pattern.replace(/^[^/*]*[.:][^/*]*\//, "");

function ask(rules: readonly StoredRule[]): Reply {
  const what = rules.length === 1 ? "this rule" : `these ${rules.length} rules`;
  return {
    text: [`Remove ${what} from this channel?`, ...rules.map(({ id, words }) => `\`${id}\` ${code(words)}`)].join("\n"),
    buttons: [
      { label: "Unsubscribe", line: `unsubscribe ${rules.map(({ id }) => id).join(" ")}`, style: "danger" },
      { label: "Cancel", line: "cancel" },
    ],
  };
}

/** @param ids what was asked for: more than there are, where some are gone */
async function remove(desk: Desk, asker: Asker, rules: readonly StoredRule[], ids: readonly string[]): Promise<Reply> {
  const found = rules.map(({ id }) => id);
  const removed = await removeRules(desk.store, asker.workspace, found, doing(asker));
  const missing = [...new Set([...ids, ...found])].filter((id) => !removed.includes(id)).map((id) => code(id));
  const gone = missing.length > 0 ? [`Not here any more: ${missing.join(", ")}`] : [];
  const what = removed.length === 1 ? `rule \`${removed[0]}\` is gone` : `${removed.length} rules are gone`;
  const undo = rules.filter(({ id }) => removed.includes(id)).map(({ words }) => toType(`subscribe ${words}`));
  const done = undo.length > 0 ? [`Unsubscribed: ${what}. To undo, type:`, ...undo] : [];
  return { text: [...done, ...gone].join("\n") };
}
