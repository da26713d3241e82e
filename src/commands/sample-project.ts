import type { Project } from "../events.ts";
import type { RuleGrammar } from "../rules/grammar.ts";

const made = "example";

/** A project that the rule is about: the first that it names outright, else one that fits its first pattern. */
export function sampleProject({ projects }: Pick<RuleGrammar, "projects">): Project {
  const wanted = projects.flatMap(({ not, pattern }) => (not ? [] : [pattern]));
  const pattern = wanted.find((one) => !one.includes("*")) ?? wanted[0] ?? made;
  const parts = pattern.split("/").map((part) => (/^\*+$/.test(part) ? made : part.replaceAll("*", made)));
  const host = parts.length > 2 && /[.:]/.test(parts[0] ?? "") ? parts.shift() : undefined;
  const path = pattern === "**" || pattern === "*" ? `${made}/project` : parts.join("/");
  return { path, name: parts.at(-1) ?? path, host, defaultBranch: "main" };
}
