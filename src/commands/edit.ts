import { UserError } from "../errors.ts";
import { formatRule } from "../rules/format.ts";
import { parseRule } from "../rules/parse.ts";
import { code } from "../slack/text.ts";
import { rewordRule } from "../store/change-rules.ts";
import { type Asker, type CommandEntry, type Desk, doing, type Reply } from "./command.ts";
import { askConfidential, privacyOf } from "./confidential.ts";
import { refuseFileRule, ruleHere, rulesHere } from "./here.ts";
import { isSameRule } from "./same-rule.ts";
import { ended } from "./say.ts";
import { alreadyHere } from "./subscribe.ts";
import { wrongWords } from "./wrong-words.ts";

export const edit: CommandEntry = {
  run,
  aliases: ["change", "update"],
  usage: "edit <rule> <project> [kinds] [conditions]",
  does: "give a rule new words",
  help: "`/belfry edit abc2345 group/project pipeline:failed` replaces all words of the rule. Its id stays.",
  changes: true,
};

async function run(desk: Desk, asker: Asker, typed: string): Promise<Reply> {
  const [, id = "", words = ""] = /^\s*(\S*)\s*([\s\S]*)$/.exec(typed) ?? [];
  if (id === "") throw new UserError("Name a rule and its new words, such as `edit abc2345 group/project push`.");
  const rule = await ruleHere(desk, asker, id);
  refuseFileRule(rule);
  if (words === "")
    return { text: `Type the new words behind the id. Rule \`${rule.id}\` says now:\n${code(rule.words)}` };
  const read = parseRule(words);
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
  const state = changed.paused === undefined ? "" : `\nIt is paused: ${ended(changed.paused)}`;
  return { text: `Changed: rule \`${rule.id}\` says now\n${code(after)}\nbefore:\n${code(rule.words)}${state}` };
}
