import { UserError } from "../errors.ts";
import { formatRule } from "../rules/format.ts";
import type { RuleGrammar } from "../rules/grammar.ts";
import { readWords } from "../rules/parse.ts";
import { code } from "../slack/text.ts";
import { rewordRule } from "../store/change-rules.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { askConfidential, privacyOf } from "./confidential.ts";
import { refuseFileRule, ruleHere, rulesHere } from "./here.ts";
import { readRule } from "./read-rule.ts";
import { isSameRule } from "./same-rule.ts";
import { reasoned, stopped } from "./say.ts";
import { alreadyHere } from "./subscribe.ts";
import { wrongWords } from "./wrong-words.ts";

export const edit: CommandEntry = {
  run,
  aliases: ["change", "update"],
  usage: "edit <rule> [project] [kinds] [conditions]",
  does: "give a rule new words",
  help: [
    "`/belfry edit abc2345 group/project pipeline:failed` replaces all words of the rule. Its id stays.",
    "`/belfry edit abc2345 pipeline:failed` leaves its project, and replaces everything else.",
  ].join("\n"),
  changes: true,
};

async function run(desk: Desk, asker: Asker, typed: string): Promise<Reply> {
  const [, id = "", said = ""] = /^\s*(\S*)\s*([\s\S]*)$/.exec(typed) ?? [];
  if (id === "") throw new UserError("Name a rule and its new words, such as `edit abc2345 group/project push`.");
  const rule = await ruleHere(desk, asker, id);
  refuseFileRule(rule);
  if (said === "")
    return { text: `Type the new words behind the id. Rule \`${rule.id}\` says now:\n${code(rule.words)}` };
  const words = withProjects(said, rule.grammar);
  const read = readRule(desk.templates, words);
  if ("problem" in read) return { text: wrongWords(read.problem, words) };
  const same = (await rulesHere(desk, asker)).find(({ grammar }) => isSameRule(grammar, read.rule));
  if (same) return { text: same.id === rule.id ? `Rule \`${rule.id}\` says this already.` : alreadyHere(same) };
  const after = formatRule(read.rule);
  const line = `edit ${rule.id} ${after}`;
  const asked = { line, label: "Change it anyway" };
  const { question, isPrivate } = await askConfidential(desk, asker, read.rule, asked);
  if (question) return question;
  const privacy = await privacyOf(desk, asker, { ...rule, grammar: read.rule }, isPrivate);
  const changed = await rewordRule(desk.store, asker.workspace, rule.id, after, doing(asker), privacy);
  if (!changed) throw new UserError(`Rule \`${rule.id}\` was removed meanwhile.`);
  const state = changed.paused === undefined ? "" : `\nIt is paused: ${stopped(reasoned(changed.paused))}`;
  return { text: `Changed: rule \`${rule.id}\` says now\n${code(after)}\nbefore:\n${code(rule.words)}${state}` };
}

/** Words that name no project are about those of the rule. */
function withProjects(words: string, { projects }: RuleGrammar): string {
  const read = readWords(words);
  if ("problem" in read || read.draft.projects.some(({ not }) => !not)) return words;
  return `${formatRule({ projects, kinds: [], conditions: [], options: {} })} ${words}`;
}
