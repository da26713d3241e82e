import type { Project } from "../events.ts";
import type { RuleGrammar } from "./grammar.ts";
import { projectMatches } from "./projects.ts";

/** Whether a rule is about a project: one of its patterns names it, and none leaves it out. */
export const namesProject = ({ projects }: Pick<RuleGrammar, "projects">, project: Project): boolean =>
  projects.some(({ not, pattern }) => !not && projectMatches(pattern, project)) &&
  !projects.some(({ not, pattern }) => not && projectMatches(pattern, project));
