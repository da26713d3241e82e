import type { RuleGrammar } from "./grammar.ts";

/** Whether a rule may post what only some members of a project may see. */
export const wantsConfidential = ({ conditions }: RuleGrammar): boolean =>
  conditions.some(({ key, values }) => key === "confidential" && !values.includes("no"));
