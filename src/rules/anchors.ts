import type { Project } from "../events.ts";
import { fold } from "./glob.ts";
import type { RuleGrammar } from "./grammar.ts";

// A rule is stored under the anchors of its patterns, and a project is looked up under every anchor that a fitting
// pattern can have, so that an event finds its rules through an index instead of trying them all.

/** Where to store a pattern: `group/name`, `group/sub/` for what lies below, `*` before its last segment, or `*`. */
export function anchorOf(pattern: string): string {
  const segments = fold(pattern).split("/");
  const star = segments.findIndex((segment) => segment.includes("*"));
  if (star === -1) return segments.join("/");
  if (star > 0) return `${segments.slice(0, star).join("/")}/`;
  const last = segments.at(-1) ?? "*";
  return last.includes("*") ? "*" : `*/${last}`;
}

/** Where to store a rule: the anchors of the projects that it wants, each once. */
export function anchorsOf(rule: RuleGrammar): string[] {
  return [...new Set(rule.projects.filter(({ not }) => !not).map(({ pattern }) => anchorOf(pattern)))];
}

/** Where to look for the rules of a project or group, each place once. A group is also one of what lies below it. */
export function anchorsFor(project: Project): string[] {
  const path = fold(project.path);
  const names = project.host === undefined ? [path] : [path, `${fold(project.host)}/${path}`];
  const anchors = names.flatMap((name) => {
    const segments = name.split("/");
    const above = project.group ? segments : segments.slice(1);
    const parents = above.map((_, index) => `${segments.slice(0, index + 1).join("/")}/`);
    return [name, ...parents, `*/${segments.at(-1)}`];
  });
  return [...new Set([...anchors, "*"])];
}
