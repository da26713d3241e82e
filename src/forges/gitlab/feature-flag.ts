import { z } from "zod";
import type { FeatureFlag } from "../../events.ts";
import { Id, mostDescription, optional, Project, said, toPerson, User } from "./common.ts";
import { defineKind } from "./kind.ts";

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#feature-flag-events */
export const FeatureFlagHook = z.object({
  user: optional(User),
  project: optional(Project),
  object_attributes: z.object({
    id: optional(Id),
    name: z.string().min(1),
    description: optional(z.string()),
    active: z.boolean(),
  }),
});
export type FeatureFlagHook = z.infer<typeof FeatureFlagHook>;

export const featureFlag = defineKind({
  schema: FeatureFlagHook,
  sources: ({ project }) => ({ project }),
  toEvent: ({ user, object_attributes: it }, project): FeatureFlag => {
    const name = said(it.name) ?? "without a name";
    return {
      kind: "feature_flag",
      action: it.active ? "on" : "off",
      project,
      actor: toPerson(user),
      // The page of a flag has its number within the project, which the payload lacks: all flags are next to it.
      url: project.url && `${project.url}/-/feature_flags`,
      key: `feature flag ${name}`,
      confidential: false,
      name,
      description: said(it.description, mostDescription),
    };
  },
});
