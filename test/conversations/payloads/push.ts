import type { User } from "./people.ts";
import { type Commit, type Project, repositoryOf, sha } from "./project.ts";
import type { Step } from "./step.ts";

const nothing = "0".repeat(40);

/** A branch of a project: each push goes on from the one before. @param isNew the first push makes the branch */
export function branchOf(project: Project, branch: string, isNew = false) {
  let head = isNew ? nothing : sha(`${project.path_with_namespace} ${branch}`);

  function hook(at: number, by: User, after: string, commits: readonly Commit[]): Step {
    const before = head;
    head = after;
    return {
      at,
      header: "Push Hook",
      payload: {
        ...{ object_kind: "push", event_name: "push", before, after, ref: `refs/heads/${branch}` },
        ...{ ref_protected: branch === "main", checkout_sha: after === nothing ? null : after, message: null },
        ...{
          user_id: by.id,
          user_name: by.name,
          user_username: by.username,
          user_email: "",
          user_avatar: by.avatar_url,
        },
        ...{ project_id: project.id, project },
        commits: commits.map((commit) => ({ ...commit, added: [], modified: ["src/vat.ts"], removed: [] })),
        ...{ total_commits_count: commits.length, push_options: {}, repository: repositoryOf(project) },
      },
    };
  }

  return {
    push: (at: number, by: User, commits: readonly Commit[]) => hook(at, by, commits.at(-1)?.id ?? head, commits),
    remove: (at: number, by: User) => hook(at, by, nothing, []),
  };
}
