import type { Kind } from "../src/events.ts";

/**
 * The oldest GitLab that is known to send a kind, and actions that came later: from GitLab's documents, where they
 * say, else from recorded deliveries and the documents of GitLab's relatives.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
export const since: Readonly<Record<Kind, { kind: string; actions?: Readonly<Record<string, string>> }>> = {
  push: { kind: "8.2" },
  tag_push: { kind: "8.2" },
  merge_request: { kind: "8.2", actions: { unapproved: "13.9", approval: "13.9", unapproval: "13.9" } },
  pipeline: { kind: "8.11", actions: { scheduled: "11.4", waiting_for_resource: "12.7", canceling: "17.0" } },
  job: { kind: "8.2", actions: { scheduled: "11.4", waiting_for_resource: "12.7", canceling: "17.0" } },
  deployment: { kind: "13", actions: { blocked: "14.8", approved: "14.8", rejected: "14.8" } },
  release: { kind: "13", actions: { update: "13.9", delete: "16.5" } },
  issue: { kind: "8.2" },
  work_item: { kind: "17.2" },
  note: { kind: "8.2", actions: { update: "16.11" } },
  wiki_page: { kind: "8" },
  feature_flag: { kind: "13" },
  // Joining, leaving and projects are older as system hooks, which only administrators make.
  member: { kind: "13.9", actions: { request: "17.4", deny: "17.4" } },
  subgroup: { kind: "13.9" },
  project: { kind: "17.6", actions: { rename: "8", transfer: "8", update: "8" } },
  emoji: { kind: "16.2" },
  milestone: { kind: "18.2" },
  access_token: { kind: "16.10" },
  vulnerability: { kind: "17.11" },
  system: {
    kind: "8",
    actions: {
      group_rename: "10",
      user_rename: "10",
      user_failed_login: "10",
      repository_update: "10",
      gitlab_subscription_member_approval: "18",
      gitlab_subscription_member_approvals: "18",
    },
  },
};
