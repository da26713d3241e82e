import { createHash } from "node:crypto";
import type { User } from "./people.ts";
import { iso } from "./step.ts";

/** A project, as most payloads tell of it. */
export function projectOf(path: string, id = 42) {
  const url = `https://gitlab.acme.example/${path}`;
  const [namespace = "", name = ""] = path.split("/").slice(-2);
  const ssh = `git@gitlab.acme.example:${path}.git`;
  return {
    ...{ id, name, namespace, description: null, avatar_url: null, visibility_level: 0, ci_config_path: null },
    ...{ web_url: url, homepage: url, http_url: `${url}.git`, git_http_url: `${url}.git` },
    ...{ url: ssh, ssh_url: ssh, git_ssh_url: ssh, path_with_namespace: path, default_branch: "main" },
  };
}

export type Project = ReturnType<typeof projectOf>;

/** The older form of the project, which most payloads still have beside it. */
export const repositoryOf = ({ name, url, description, homepage }: Project) => ({ name, url, description, homepage });

/** A commit id: the same for the same words. */
export const sha = (words: string): string => createHash("sha1").update(words).digest("hex");

/** A commit with this title, of this author. */
export const commitOf = (project: Project, title: string, author: User, at: number) => {
  const id = sha(`${project.path_with_namespace} ${title} ${at}`);
  return {
    ...{ id, title, message: `${title}\n`, timestamp: iso(at) },
    url: `${project.web_url}/-/commit/${id}`,
    author: { name: author.name, email: "[REDACTED]" },
  };
};

/** The commit with which GitLab merges a merge request: the same that the merge request's own event names. */
export const mergeCommitOf = (project: Project, iid: number, branch: string, author: User, at: number): Commit => {
  const id = sha(`merge ${iid}`);
  const title = `Merge branch '${branch}' into 'main'`;
  const url = `${project.web_url}/-/commit/${id}`;
  const message = `${title}\n\nSee merge request ${project.path_with_namespace}!${iid}`;
  return { ...commitOf(project, title, author, at), id, url, message };
};

export type Commit = ReturnType<typeof commitOf>;
