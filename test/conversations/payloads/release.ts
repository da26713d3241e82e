import type { User } from "./people.ts";
import { type Commit, type Project, repositoryOf, sha } from "./project.ts";
import { type Step, utc } from "./step.ts";

/** A release; `created_at` and `released_at` stay whatever happens to it. */
export function releaseOf({ tag, project, commit, description }: ReleaseSeed) {
  let created: number | undefined;
  let text = description;
  function hook(at: number, action: string): Step {
    created ??= at;
    return {
      at,
      header: "Release Hook",
      payload: {
        ...{ id: 611, object_kind: "release", action, tag, name: tag.replace(/^v/, ""), description: text },
        ...{ created_at: utc(created), released_at: utc(created), project },
        ...{ url: `${project.web_url}/-/releases/${tag}`, assets: { count: 4, links: [], sources: [] }, commit },
      },
    };
  }
  return {
    create: (at: number) => hook(at, "create"),
    update: (at: number, description: string) => {
      text = description;
      return hook(at, "update");
    },
    remove: (at: number) => hook(at, "delete"),
  };
}

export interface ReleaseSeed {
  tag: string;
  project: Project;
  commit: Commit;
  description: string;
}

/** A tag that was made. */
export function tagOf(project: Project, tag: string, commit: Commit) {
  return (at: number, by: User): Step => ({
    at,
    header: "Tag Push Hook",
    payload: {
      ...{ object_kind: "tag_push", event_name: "tag_push", before: "0".repeat(40), after: sha(`tag ${tag}`) },
      ...{ ref: `refs/tags/${tag}`, ref_protected: true, checkout_sha: commit.id, message: `Release ${tag}` },
      ...{ user_id: by.id, user_name: by.name, user_username: by.username, user_email: "", user_avatar: by.avatar_url },
      ...{ project_id: project.id, project, commits: [commit], total_commits_count: 1, push_options: {} },
      repository: repositoryOf(project),
    },
  });
}
