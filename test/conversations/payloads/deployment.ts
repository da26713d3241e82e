import type { User } from "./people.ts";
import type { Commit, Project } from "./project.ts";
import { type Step, utc } from "./step.ts";

/** A deployment: `.is(at, "running", by)` is the delivery that says so. */
export function deploymentOf({ id, project, commit, environment }: DeploymentSeed) {
  return {
    /** @param by who deploys @param approver who approved or rejected it, where that is what happened */
    is: (at: number, status: string, by: User, approver?: User): Step => ({
      at,
      header: "Deployment Hook",
      payload: {
        ...{ object_kind: "deployment", status, status_changed_at: utc(at).replace("UTC", "+0000") },
        ...{ deployment_id: id, deployable_id: id * 10, deployable_url: `${project.web_url}/-/jobs/${id * 10}` },
        ...{ environment, environment_tier: environment, environment_slug: environment },
        environment_external_url: `https://${environment}.shop.acme.example`,
        ...{ project, short_sha: commit.id.slice(0, 8), user: by, ref: "main" },
        ...{
          user_url: `https://gitlab.acme.example/${by.username}`,
          commit_url: commit.url,
          commit_title: commit.title,
        },
        ...(approver && {
          approver,
          approval: { id: id + 300, status, comment: null, created_at: new Date(at).toISOString() },
        }),
      },
    }),
  };
}

export interface DeploymentSeed {
  id: number;
  project: Project;
  commit: Commit;
  environment: string;
}
