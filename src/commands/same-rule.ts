import { formatRule } from "../rules/format.ts";
import type { RuleGrammar } from "../rules/grammar.ts";

/** Whether two rules say the same, in whatever order. */
export const isSameRule = (one: RuleGrammar, other: RuleGrammar): boolean => keyOf(one) === keyOf(other);

function keyOf({ projects, kinds, conditions, options }: RuleGrammar): string {
  return JSON.stringify([
    projects.map(({ pattern, not }) => JSON.stringify([pattern.toLowerCase(), not])).toSorted(),
    kinds.map(({ kind, actions, except }) => JSON.stringify([kind, actions.toSorted(), except.toSorted()])).toSorted(),
    conditions.map(({ key, how, values }) => JSON.stringify([key, how, values.toSorted()])).toSorted(),
    formatRule({ projects: [], kinds: [], conditions: [], options }),
  ]);
}
