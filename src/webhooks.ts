/**
 * `belfry/webhooks`: the webhooks of GitLab, and of the forges that speak its language, as zod schemas and types.
 *
 * Each schema has what Belfry reads of a payload and is lenient about the rest: what GitLab 8 and GitLab 19 send fits
 * the same one, fields of another type than expected are left out. A schema and its type share a name.
 */
import type { z } from "zod";
import { AccessTokenHook } from "./forges/gitlab/access-token.ts";
import { DeploymentHook } from "./forges/gitlab/deployment.ts";
import { EmojiHook } from "./forges/gitlab/emoji.ts";
import { FeatureFlagHook } from "./forges/gitlab/feature-flag.ts";
import { IssueHook } from "./forges/gitlab/issue.ts";
import { JobHook } from "./forges/gitlab/job.ts";
import { MemberHook } from "./forges/gitlab/member.ts";
import { MergeRequestHook } from "./forges/gitlab/merge-request.ts";
import { MilestoneHook } from "./forges/gitlab/milestone.ts";
import { NoteHook } from "./forges/gitlab/note.ts";
import { PipelineHook } from "./forges/gitlab/pipeline.ts";
import { ProjectHook } from "./forges/gitlab/project.ts";
import { PushHook } from "./forges/gitlab/push.ts";
import { ReleaseHook } from "./forges/gitlab/release.ts";
import { SubgroupHook } from "./forges/gitlab/subgroup.ts";
import { SystemHook } from "./forges/gitlab/system.ts";
import { TagPushHook } from "./forges/gitlab/tag-push.ts";
import { VulnerabilityHook } from "./forges/gitlab/vulnerability.ts";
import { WikiPageHook } from "./forges/gitlab/wiki-page.ts";

export {
  AccessTokenHook,
  DeploymentHook,
  EmojiHook,
  FeatureFlagHook,
  IssueHook,
  /** Work items have the event header and the shape of issues; their `object_kind` is `work_item`. */
  IssueHook as WorkItemHook,
  JobHook,
  MemberHook,
  MergeRequestHook,
  MilestoneHook,
  NoteHook,
  PipelineHook,
  ProjectHook,
  PushHook,
  ReleaseHook,
  SubgroupHook,
  SystemHook,
  TagPushHook,
  VulnerabilityHook,
  WikiPageHook,
};

/** From the value of the event header, `X-Gitlab-Event`, to the schema. */
export const webhooks = {
  "Push Hook": PushHook,
  "Tag Push Hook": TagPushHook,
  "Merge Request Hook": MergeRequestHook,
  "Pipeline Hook": PipelineHook,
  "Deployment Hook": DeploymentHook,
  "Release Hook": ReleaseHook,
  "Issue Hook": IssueHook,
  "Confidential Issue Hook": IssueHook,
  "Note Hook": NoteHook,
  "Confidential Note Hook": NoteHook,
  "Emoji Hook": EmojiHook,
  "Job Hook": JobHook,
  /** `Job Hook` of GitLab 8 */
  "Build Hook": JobHook,
  "Wiki Page Hook": WikiPageHook,
  "Feature Flag Hook": FeatureFlagHook,
  "Milestone Hook": MilestoneHook,
  "Vulnerability Hook": VulnerabilityHook,
  "Resource Access Token Hook": AccessTokenHook,
  "Resource Deploy Token Hook": AccessTokenHook,
  "Member Hook": MemberHook,
  "Subgroup Hook": SubgroupHook,
  "Project Hook": ProjectHook,
} as const satisfies Record<string, z.ZodType>;

/** System hooks all have the event header `System Hook`: from their `object_kind` or `event_name` to the schema. */
export const systemHooks = {
  push: PushHook,
  tag_push: TagPushHook,
  merge_request: MergeRequestHook,
  user_add_to_group: MemberHook,
  user_add_to_team: MemberHook,
  user_update_for_group: MemberHook,
  user_update_for_team: MemberHook,
  user_remove_from_group: MemberHook,
  user_remove_from_team: MemberHook,
  user_access_request_to_group: MemberHook,
  user_access_request_to_project: MemberHook,
  user_access_request_denied_for_group: MemberHook,
  user_access_request_denied_for_project: MemberHook,
  user_access_request_revoked_for_group: MemberHook,
  user_access_request_revoked_for_project: MemberHook,
  project_create: ProjectHook,
  project_destroy: ProjectHook,
  project_rename: ProjectHook,
  project_transfer: ProjectHook,
  project_update: ProjectHook,
  group_create: SystemHook,
  group_destroy: SystemHook,
  group_rename: SystemHook,
  key_create: SystemHook,
  key_destroy: SystemHook,
  user_create: SystemHook,
  user_destroy: SystemHook,
  user_rename: SystemHook,
  user_failed_login: SystemHook,
  repository_update: SystemHook,
  gitlab_subscription_member_approval: SystemHook,
  gitlab_subscription_member_approvals: SystemHook,
} as const satisfies Record<string, z.ZodType>;

/** A value of the event header: `Push Hook`. */
export type EventHeader = keyof typeof webhooks;

/** The payload of an event header: `Payload<"Push Hook">`. */
export type Payload<Header extends EventHeader> = z.infer<(typeof webhooks)[Header]>;
