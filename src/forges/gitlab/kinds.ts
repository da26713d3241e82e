import { accessToken } from "./access-token.ts";
import { confidential } from "./confidential.ts";
import { deployment } from "./deployment.ts";
import { emoji } from "./emoji.ts";
import { featureFlag } from "./feature-flag.ts";
import { issue } from "./issue.ts";
import { build, job } from "./job.ts";
import { byObjectKind, type ReadKind } from "./kind.ts";
import { member } from "./member.ts";
import { mergeRequest } from "./merge-request.ts";
import { milestone } from "./milestone.ts";
import { note } from "./note.ts";
import { pipeline } from "./pipeline.ts";
import { project } from "./project.ts";
import { push } from "./push.ts";
import { release } from "./release.ts";
import { subgroup } from "./subgroup.ts";
import { system } from "./system.ts";
import { tagPush } from "./tag-push.ts";
import { vulnerability } from "./vulnerability.ts";
import { wikiPage } from "./wiki-page.ts";
import { workItem } from "./work-item.ts";

const issues = byObjectKind({ work_item: workItem }, issue);

/** From the value of the event header to the kind. */
export const kinds: Readonly<Record<string, ReadKind>> = {
  "Push Hook": push,
  "Tag Push Hook": tagPush,
  "Merge Request Hook": mergeRequest,
  "Pipeline Hook": pipeline,
  "Deployment Hook": deployment,
  "Release Hook": release,
  "Issue Hook": issues,
  "Confidential Issue Hook": confidential(issues),
  "Note Hook": note,
  "Confidential Note Hook": confidential(note),
  "Emoji Hook": emoji,
  "Job Hook": job,
  "Build Hook": build,
  "Wiki Page Hook": wikiPage,
  "Feature Flag Hook": featureFlag,
  "Milestone Hook": milestone,
  "Vulnerability Hook": vulnerability,
  "Resource Access Token Hook": accessToken,
  "Resource Deploy Token Hook": accessToken,
  "Member Hook": member,
  "Subgroup Hook": subgroup,
  "Project Hook": project,
};

/**
 * System hooks have one event header for all; the body's `object_kind` or `event_name` tells the kind.
 * https://docs.gitlab.com/administration/system_hooks/
 */
export const systemKinds: Readonly<Record<string, ReadKind>> = {
  push,
  tag_push: tagPush,
  merge_request: mergeRequest,
  user_add_to_group: member,
  user_add_to_team: member,
  user_update_for_group: member,
  user_update_for_team: member,
  user_remove_from_group: member,
  user_remove_from_team: member,
  user_access_request_to_group: member,
  user_access_request_to_project: member,
  user_access_request_denied_for_group: member,
  user_access_request_denied_for_project: member,
  user_access_request_revoked_for_group: member,
  user_access_request_revoked_for_project: member,
  project_create: project,
  project_destroy: project,
  project_rename: project,
  project_transfer: project,
  project_update: project,
  group_create: system,
  group_destroy: system,
  group_rename: system,
  key_create: system,
  key_destroy: system,
  user_create: system,
  user_destroy: system,
  user_rename: system,
  user_failed_login: system,
  repository_update: system,
  gitlab_subscription_member_approval: system,
  gitlab_subscription_member_approvals: system,
};
