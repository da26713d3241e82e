import type { Project } from "../../events.ts";
import { type Group, urlPart } from "./common.ts";

/** The page of a path on the instance, `acme/shop/api`; undefined where nobody says which instance it is. */
export type PageOf = (path: string) => string | undefined;

/**
 * Pages on the instance that sends the delivery.
 * @param instance its address, which may have a path: the header X-Gitlab-Instance of GitLab 15.5 and newer
 */
export function pagesOn(instance: string | undefined): PageOf {
  const base = baseOf(instance);
  const root = base && `${base.origin}${base.pathname.replace(/\/+$/, "")}`;
  return (path) => root && `${root}/${path.split("/").map(urlPart).join("/")}`;
}

/**
 * A project with the host and page that payloads of members, groups and projects leave out. No page where the path may
 * not be the whole one: many payloads name a group by its last part only, and a project always has a group or user.
 */
export function onInstance(project: Project, instance: string | undefined): Project {
  const base = baseOf(instance);
  if (project.host !== undefined || !base) return project;
  const whole = !project.group && project.path.includes("/");
  return { ...project, host: base.host, url: whole ? pagesOn(instance)(project.path) : project.url };
}

/** The group with its page, where the payload has its whole path; a project stays as it is. */
export const withPage = (project: Project, group: Group | null | undefined, pageOf: PageOf): Project =>
  project.group && group?.full_path ? { ...project, url: project.url ?? pageOf(`groups/${project.path}`) } : project;

function baseOf(instance: string | undefined): URL | undefined {
  const base = URL.parse(instance?.trim() ?? "");
  return base && /^https?:$/.test(base.protocol) && base.host ? base : undefined;
}
