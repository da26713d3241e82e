import { z } from "zod";
import type * as events from "../../events.ts";

/**
 * A field that a message can do without: absent, null or of an unexpected type all mean that the forge does not say.
 * What an event cannot do without is not optional, and makes the delivery unreadable.
 */
export const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined);

/** Characters of a title, name or message that are kept; nobody reads more of one, and events are stored. */
const mostText = 1_000;

/** Characters of a description that are kept. */
export const mostDescription = 20_000;

/** Text, or undefined where there is nothing to show; cut to `most` characters. */
export const said = (text: string | null | undefined, most = mostText) => text?.trim().slice(0, most) || undefined;

/** Ids are text with us: long ones do not fit a number, and forges differ. */
export const Id = z.union([z.number(), z.string().min(1).max(64)]);

export const User = z.object({
  id: optional(Id),
  name: optional(z.string()),
  username: optional(z.string()),
});
export type User = z.infer<typeof User>;

/**
 * `project` of today's payloads, `repository` of GitLab before 8.5, which has only name and homepage, and `target` of
 * its merge requests, which has only name and clone addresses. AtomGit may say `full_name` and `html_url` instead.
 */
export const Project = z.object({
  name: optional(z.string()),
  path_with_namespace: optional(z.string()),
  full_name: optional(z.string()),
  web_url: optional(z.string()),
  html_url: optional(z.string()),
  homepage: optional(z.string()),
  http_url: optional(z.string()),
  default_branch: optional(z.string()),
});
export type Project = z.infer<typeof Project>;

/** Parts of schemas: where it happened, and who did it, which some payloads tell by name only. */
export const inProject = { project: optional(Project), repository: optional(Project) };
export const byUser = { user: optional(User), user_name: optional(z.string()) };

/** `group` of what belongs to a group and not to a project; GitLab before 17.4 sends no full path. */
export const Group = z.object({
  group_name: optional(z.string()),
  group_path: optional(z.string()),
  full_path: optional(z.string()),
});
export type Group = z.infer<typeof Group>;

export const CommitId = z.string().trim().min(1);

export const Commit = z.object({
  id: CommitId,
  message: optional(z.string()),
  title: optional(z.string()),
  timestamp: optional(z.string()),
  url: optional(z.string()),
  author: optional(z.object({ name: optional(z.string()) })),
});
export type Commit = z.infer<typeof Commit>;

/** Where a payload may say which project or group it is about; the first that says it counts. */
export interface Sources {
  project?: Project | null | undefined;
  repository?: Project | null | undefined;
  group?: Group | null | undefined;
  /** page of the object */
  url?: string | null | undefined;
  /** number of the project: all that GitLab before 6.1 says of an issue */
  id?: string | number | null | undefined;
}

/** The project or group of a payload, or undefined where it names none. */
export function toProject({ project, repository, group, url: link, id }: Sources): events.Project | undefined {
  const clone = project?.http_url?.replace(/\.git$/, "");
  const { web_url, html_url, homepage } = project ?? {};
  const url = said(web_url) ?? said(html_url) ?? said(homepage) ?? said(repository?.homepage) ?? said(clone);
  const page = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  const name = said(project?.name) ?? said(repository?.name);
  const full = said(project?.path_with_namespace) ?? said(project?.full_name);
  const path = full ?? said(page?.pathname.replace(/^\/|\/$/g, "")) ?? name;
  if (path === undefined) return groupOf(group, link) ?? projectOfUrl(link) ?? numbered(id);
  return {
    path,
    name: name ?? path,
    host: said(page?.host),
    url,
    defaultBranch: said(project?.default_branch),
  };
}

/** GitLab leads `/projects/14` to the project, and allows no group of that name. */
const numbered = (id: string | number | null | undefined): events.Project | undefined =>
  id == null ? undefined : { path: `projects/${id}`, name: `project ${id}` };

/**
 * The group of what belongs to a group: by its own keys, or by the page of one of its objects,
 * `https://gitlab.acme.example/groups/acme/shop/-/epics/3`.
 */
export function groupOf(group: Group | null | undefined, link: string | null | undefined): events.Project | undefined {
  const place = placeOfUrl(link);
  const ofUrl = place?.path.startsWith("groups/") ? place : undefined;
  const path = said(group?.full_path) ?? ofUrl?.path.slice("groups/".length) ?? said(group?.group_path);
  if (path === undefined) return undefined;
  return { path, name: said(group?.group_name) ?? lastPart(path), host: ofUrl?.host, url: ofUrl?.url, group: true };
}

/** The project that a page of one of its objects is in: `https://gitlab.acme.example/acme/shop/api/-/issues/3`. */
export function projectOfUrl(link: string | null | undefined): events.Project | undefined {
  const place = placeOfUrl(link);
  return place && !place.path.startsWith("groups/") ? { ...place, name: lastPart(place.path) } : undefined;
}

/** What stands before `/-/`, which GitLab puts between a project's or group's own address and those of its pages. */
function placeOfUrl(link: string | null | undefined) {
  const [, url, path] = /^(https?:\/\/[^/?#]+\/([^?#]+?))\/-\//.exec(said(link) ?? "") ?? [];
  return url && path ? { path, host: said(URL.parse(url)?.host), url } : undefined;
}

const lastPart = (path: string) => path.split("/").at(-1) ?? path;

/**
 * Where a project's pages are, without a slash at its end: GitLab 12 moved them under `/-/`, and an older one shows by
 * the links in its payloads.
 * @param link a page of the project that the payload links to
 */
export const pagesOf = ({ url }: events.Project, link: string | null | undefined) =>
  url && (link && !link.includes("/-/") ? url : `${url}/-`);

/** Text as one part of an address. Half a surrogate pair, which JSON may hold, has no encoding. */
export const urlPart = (text: string | number) => encodeURIComponent(String(text).toWellFormed());

/** A person, or undefined where the forge gives neither name nor username. */
export function toPerson(user: User | null | undefined): events.Person | undefined {
  const username = said(user?.username);
  const name = said(user?.name) ?? username;
  return name === undefined ? undefined : { name, username, bot: isBot(username ?? name) };
}

/** The person of `byUser`. */
export const actorOf = ({ user, user_name: name }: { user?: User | null | undefined; user_name?: User["name"] }) =>
  toPerson(user ?? { name });

export const toPeople = (users: readonly User[] | null | undefined): events.Person[] =>
  (users ?? []).map(toPerson).filter((person) => person !== undefined);

/**
 * Project, group and service accounts by their usernames, and the usual `…-bot`, `…[bot]`.
 * https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
 */
const isBot = (username: string) => /^(project|group)_\d+_bot|^service_account_|(^|[-_.])bot$|\[bot\]$/i.test(username);

export const toCommit = (commit: Commit): events.Commit => ({
  id: commit.id,
  title: firstLine(commit.title ?? commit.message) ?? commit.id.slice(0, 8),
  url: said(commit.url),
  author: said(commit.author?.name),
});

export const firstLine = (text: string | null | undefined) => said(text?.trimStart().split(/[\r\n]/, 1)[0]);

/** Forty zeros stand for "no commit": a branch or tag was made or removed. */
export const isNothing = (sha: string | null | undefined) => sha != null && /^0{8,}$/.test(sha);

/**
 * The newest of a payload's times as ISO 8601. GitLab writes `2015-05-17 18:08:09 UTC`, `… +0200` and ISO, sometimes
 * in one payload.
 */
export function newest(...times: (string | null | undefined)[]): string | undefined {
  const known = times.map(toTime).filter((time) => time !== undefined);
  return known.length === 0 ? undefined : new Date(Math.max(...known)).toISOString();
}

function toTime(text: string | null | undefined): number | undefined {
  if (!text || text.length > 40) return undefined;
  const time = Date.parse(
    text.replace(/^(\S+) (\S+) UTC$/, "$1T$2Z").replace(/^(\S+) (\S+) ([+-]\d\d):?(\d\d)$/, "$1T$2$3:$4"),
  );
  return Number.isNaN(time) ? undefined : time;
}

/** At most `most` different values. */
export const distinct = (values: readonly string[], most: number) => [...new Set(values)].slice(0, most);
