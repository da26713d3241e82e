import type { Condition, KindChoice, RuleGrammar } from "./grammar.ts";
import { isKindWithActions } from "./kinds.ts";
import type { OptionKey } from "./options.ts";
import { optionKeys } from "./options.ts";
import { spell } from "./words.ts";

/** The canonical words of a rule. `parseRule` reads them back as the same rule. */
export function formatRule(rule: RuleGrammar): string {
  const words = [
    ...rule.projects.map(({ pattern, not }) => `${not ? "-" : ""}${pattern}`),
    ...rule.kinds.map(formatKind),
    ...rule.conditions.map(formatCondition),
    ...optionKeys.flatMap((key) => formatOption(key, rule.options[key])),
  ];
  return words.join(" ");
}

function formatOption(key: OptionKey, value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [`${key}:${[value].flat().map(spell).join(",")}`];
}

/** `deployment`, `pipeline:failed` or `deployment -deployment:running`. */
export function formatKind({ kind, actions, except }: KindChoice): string {
  const wanted = actions.length > 0 ? `${kind}:${actions.join(",")}` : kind;
  return except.length > 0 ? `${wanted} -${kind}:${except.join(",")}` : wanted;
}

/** `branch:main`, `label:a+b`, `-author:*bot*`, and `job:"failed"` where it would be the kind without its quotes. */
export function formatCondition({ key, how, values }: Condition): string {
  const spelled = values.map(spell).join(how === "all" ? "+" : ",");
  return `${how === "none" ? "-" : ""}${key}:${isKindWithActions(key, spelled) ? `"${values.join('","')}"` : spelled}`;
}
