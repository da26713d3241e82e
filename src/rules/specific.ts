import type { Event, Project } from "../events.ts";
import type { RuleGrammar } from "./grammar.ts";
import { matchesWithHost, projectMatches } from "./projects.ts";

/**
 * Whether one rule says more exactly than another that it means this event; both must match it. In order: an exact
 * project, a longer start without stars, more letters without stars, more conditions, fewer actions.
 */
export function isMoreSpecific(event: Event, rule: RuleGrammar, other: RuleGrammar): boolean {
  return isGreater(rank(event, rule), rank(event, other));
}

function rank(event: Event, rule: RuleGrammar): number[] {
  const choice = rule.kinds.find(({ kind }) => kind === event.kind);
  // Every action is more than any list of them.
  const actions = choice && choice.actions.length > 0 ? choice.actions.length : 1_000 - (choice?.except.length ?? 0);
  return [...projectRank(event.project, rule), rule.conditions.length, -actions];
}

/** The rank of the most exact pattern of the rule that names the project. A host in front makes none longer. */
function projectRank(project: Project, rule: RuleGrammar): number[] {
  let best = [0, 0, 0];
  for (const { pattern, not } of rule.projects) {
    if (not || !projectMatches(pattern, project)) continue;
    const path = matchesWithHost(pattern, project) ? pattern.slice(pattern.indexOf("/") + 1) : pattern;
    const star = path.indexOf("*");
    const letters = path.replaceAll("*", "").length;
    const ranked = star === -1 ? [1, letters, letters] : [0, star, letters];
    if (isGreater(ranked, best)) best = ranked;
  }
  return best;
}

function isGreater(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index !== -1 && (a[index] ?? 0) > (b[index] ?? 0);
}
