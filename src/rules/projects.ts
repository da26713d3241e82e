import type { Project } from "../events.ts";
import { globMatches, patternLimit } from "./glob.ts";
import type { Piece, Problem } from "./problem.ts";
import { problemAt, quoted } from "./problem.ts";

/** Pages below a project in the old style of addresses, without `/-/`; some only with a number behind them. */
const pages = /^(blob|tree|raw|blame|commits?|compare|branches|tags|releases|wikis|builds|merge_requests|src)$/;
const numberedPages = /^(issues|pipelines|jobs|pulls?|deployments|environments)$/;

/** `host:port/` may come first; a project's path has no other colon. */
const projectWord = /^([\p{L}\p{N}_.-]+:\d{1,5}\/)?[\p{L}\p{M}\p{N}_.*~+@/-]+$/u;

/** Whether a word can only be meant as a project: it has a slash or a star, or is an address. */
export function looksLikeProject(word: string): boolean {
  return /[/*]/.test(word) || /^git@/.test(word);
}

/**
 * Reads a project pattern, a pasted page of a project or group, or a clone address (`https:`, `ssh:`, `git@`).
 * A page of a project gives the project, a page of a group all its projects.
 */
export function readProject(word: Piece): { pattern: string } | { problem: Problem } {
  const given = word.text.replace(/^git@([^/:]+):/, "ssh://git@$1/");
  const pasted = /^(https?|ssh):\/\//i.test(given);
  const pattern = (pasted ? fromAddress(given) : given).replace(/\.git$/, "");
  if (pattern === "") return problemAt(word, `${quoted(word.text)} is not an address of a project.`);
  if (pattern.length > patternLimit) return problemAt(word, `A project has at most ${patternLimit} characters.`);
  const odd = /[^\p{L}\p{M}\p{N}_.*~+@/:-]/u.exec(pattern)?.[0];
  if (odd !== undefined) {
    return problemAt(word, `${quoted(odd)} cannot be in a project. Write * for a part and ** for any depth.`);
  }
  if (!projectWord.test(pattern)) return problemAt(word, `${quoted(word.text)} is not a project, kind or condition.`);
  if (pattern.endsWith("/")) return problemAt(word, "A project does not end with a slash.", fixed(`${pattern}**`));
  if (/^\/|\/\//.test(pattern)) return problemAt(word, "A part of the project is empty.", fixed(pattern));
  return { pattern };
}

const fixed = (pattern: string) => pattern.replace(/\/{2,}/g, "/").replace(/^\//, "");

/** `host/group/name` of a page of a project, `host/group/**` of a page of a group; empty where there is no host. */
function fromAddress(address: string): string {
  const url = URL.parse(address);
  if (!url?.host) return "";
  // A clone address names the port of ssh, a project that of the web.
  const host = url.protocol === "ssh:" ? url.hostname : url.host;
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  const ofGroup = segments[0] === "groups" && segments.length > 1;
  const path = ofGroup ? segments.slice(1) : segments;
  const page = path.findIndex(
    (segment, index) =>
      segment === "-" ||
      (index >= 2 && (pages.test(segment) || (numberedPages.test(segment) && /^\d+$/.test(path[index + 1] ?? "")))),
  );
  const names = page === -1 ? path : path.slice(0, page);
  const parts = ofGroup || names.length < 2 ? [host, ...names, "**"] : [host, ...names];
  return parts.join("/");
}

/**
 * Whether a pattern names a project, by its path or by its host and path, in either case. A first segment of stars
 * alone never stands for the host, so that the depth of a pattern is the depth of the path. What is said of all
 * projects of a group, `group/**` or `group/*`, is said of the group, too.
 */
export function projectMatches(pattern: string, project: Project): boolean {
  return forms(pattern, project).some((form) => globMatches(form, project.path)) || matchesWithHost(pattern, project);
}

/** Whether a pattern names a project by its host and path. */
export function matchesWithHost(pattern: string, project: Project): boolean {
  if (project.host === undefined || /^\*+(\/|$)/.test(pattern)) return false;
  return forms(pattern, project).some((form) => globMatches(form, `${project.host}/${project.path}`));
}

/** The pattern, and for a group also what stands before its last `/*`. */
const forms = (pattern: string, { group }: Project) =>
  group && /[^/]\/\*+$/.test(pattern) ? [pattern, pattern.replace(/\/\*+$/, "")] : [pattern];
