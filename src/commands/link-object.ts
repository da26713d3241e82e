import type { Event, Kind, Project } from "../events.ts";
import { readProject } from "../rules/projects.ts";

/** What a pasted link is a page of. */
export interface LinkObject {
  /** by its path and host; what the forge calls it within a payload may be shorter */
  project: Project;
  /** kinds of events that may be about it; empty: any */
  kinds: readonly Kind[];
  /** `merge request`, `pipeline` … */
  what: string;
  isAbout(event: Event): boolean;
}

interface Shape {
  /** what stands behind the project, without `/-/`; its first group is the object, the rest a page of it */
  fits: RegExp;
  what: string;
  kinds: readonly Kind[];
}

/** The pages of a forge's objects, by what stands behind the project. */
const shapes: readonly Shape[] = [
  { fits: /^((?:merge_requests|pulls?)\/\d+)/, what: "merge request", kinds: ["merge_request"] },
  { fits: /^(issues\/\d+)/, what: "issue", kinds: ["issue", "work_item"] },
  { fits: /^(pipelines\/\d+)/, what: "pipeline", kinds: ["pipeline"] },
  { fits: /^((?:jobs|builds)\/\d+)/, what: "job", kinds: ["job", "deployment"] },
  { fits: /^(environments\/\d+|deployments\/\d+)/, what: "deployment", kinds: ["deployment"] },
  { fits: /^(commit\/[0-9a-f]+)/, what: "commit", kinds: ["push", "tag_push"] },
  { fits: /^(compare\/.+)/, what: "push", kinds: ["push"] },
  { fits: /^(tree\/.+)/, what: "branch", kinds: ["push"] },
  { fits: /^(tags\/.+)/, what: "tag", kinds: ["tag_push"] },
  { fits: /^(releases\/.+)/, what: "release", kinds: ["release"] },
  { fits: /^(wikis\/.+)/, what: "wiki page", kinds: ["wiki_page"] },
  { fits: /^(milestones\/\d+)/, what: "milestone", kinds: ["milestone"] },
  { fits: /^(feature_flags)/, what: "feature flag", kinds: ["feature_flag"] },
  { fits: /^(project_members)/, what: "member", kinds: ["member"] },
  { fits: /^(security\/vulnerabilities\/\d+)/, what: "vulnerability", kinds: ["vulnerability"] },
];

/**
 * Reads a link to a page of a project or group; nothing is fetched. A page that is no object stands for its project.
 * @returns undefined where it names no project
 */
export function readLink(link: string): LinkObject | undefined {
  const url = URL.parse(link);
  const read = readProject({ text: link, at: 0 });
  if (!url || !/^https?:$/.test(url.protocol) || "problem" in read) return undefined;
  const group = read.pattern.endsWith("/**");
  const path = read.pattern.replace(/\/\*\*$/, "").slice(url.host.length + 1);
  if (path === "") return undefined;
  const project: Project = { path, name: "", host: url.host, ...(group && { group }) };
  const { base, rest } = splitPage(pageOf(link), path);
  const note = /^#note_\d+$/.exec(url.hash)?.[0];
  if (note !== undefined) return { project, kinds: ["note"], what: "comment", isAbout: isNote(base, note) };
  const shape = shapes.find(({ fits }) => fits.test(rest));
  if (!shape) return { project, kinds: [], what: group ? "group" : "project", isAbout: isOnHost(url.host) };
  const page = `${base}${shape.fits.exec(rest)?.[1] ?? ""}`;
  return { ...shape, project, isAbout: (event) => pagesOf(event).some((one) => pageOf(one) === page) };
}

/** Comments have ids of their own on each host; where on a page one is shown changes. */
const isNote =
  (base: string, note: string) =>
  ({ url = "" }: Event): boolean =>
    url.endsWith(note) && pageOf(url).startsWith(base);

/** What is there of the project, and what of its page. */
function splitPage(page: string, path: string): { base: string; rest: string } {
  const at = page.toLowerCase().indexOf(`/${path.toLowerCase()}/`);
  const end = at === -1 ? page.length : at + path.length + 2;
  return { base: page.slice(0, end), rest: page.slice(end) };
}

/** Some forges send no addresses at all. */
const isOnHost =
  (host: string) =>
  ({ project }: Event): boolean =>
    project.host === undefined || project.host === host;

/**
 * Host and path of an address, the same for all the ways in which forges write it: without `/-/`, which older ones do
 * not have, and with one word for issues and work items, which lead to each other.
 */
function pageOf(address: string): string {
  const url = URL.parse(address);
  if (!url) return "";
  const path = url.pathname.replace("/-/", "/").replace(/\/$/, "");
  return `${url.host}${path.replace(/\/(?:issues\/incident|work_items|epics)\/(\d+)/, "/issues/$1")}`;
}

/** The pages that an event is about. A push is also about each of its commits. */
const pagesOf = (event: Event): string[] => {
  const commits = event.kind === "push" ? event.commits : [];
  const tagged = event.kind === "tag_push" && event.commit ? [event.commit] : [];
  return [event, ...commits, ...tagged].flatMap(({ url }) => url ?? []);
};
