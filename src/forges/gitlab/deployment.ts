import { z } from "zod";
import type { Deployment } from "../../events.ts";
import { Id, inProject, newest, optional, said, toPerson, User } from "./common.ts";
import { defineKind } from "./kind.ts";

/**
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#deployment-events
 * `approver` and `approval` come with `approved` and `rejected`: one delivery for each who approves.
 */
export const DeploymentHook = z.object({
  status: z.string(),
  status_changed_at: optional(z.string()),
  deployment_id: optional(Id),
  deployable_url: optional(z.string()),
  environment: optional(z.string()),
  environment_external_url: optional(z.string()),
  ...inProject,
  user: optional(User),
  short_sha: optional(z.string()),
  commit_url: optional(z.string()),
  commit_title: optional(z.string()),
  ref: optional(z.string()),
  approver: optional(User),
  approval: optional(z.object({ comment: optional(z.string()) })),
});
export type DeploymentHook = z.infer<typeof DeploymentHook>;

export const deployment = defineKind({
  schema: DeploymentHook,
  sources: (payload) => payload,
  toEvent: (payload, project): Deployment => {
    const status = said(payload.status) ?? "unknown";
    const environment = said(payload.environment);
    const commit = said(payload.short_sha);
    return {
      kind: "deployment",
      action: status,
      project,
      actor: toPerson(payload.user),
      url: said(payload.deployable_url),
      at: newest(payload.status_changed_at),
      key: environment ? `environment ${environment}` : `deployment ${payload.deployment_id ?? "?"}`,
      confidential: false,
      status,
      environment,
      environmentUrl: said(payload.environment_external_url),
      branch: said(payload.ref),
      commit: commit
        ? { id: commit, title: said(payload.commit_title) ?? commit, url: said(payload.commit_url) }
        : undefined,
      jobUrl: said(payload.deployable_url),
      number: payload.deployment_id == null ? undefined : String(payload.deployment_id),
      approver: toPerson(payload.approver),
      comment: said(payload.approval?.comment),
    };
  },
});
