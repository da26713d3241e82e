const invite = "Invite me there: `/invite @belfry`";
const install = "An administrator has to install Belfry again";
const permission = "Whoever manages the channel has to let apps post there";
const wording = "Its template makes a message that Slack does not take: whoever runs Belfry has to mend it";

/** What people can do about Slack's word, in one line of mrkdwn that is all ours. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const advices: Readonly<Record<string, string>> = {
  not_in_channel: invite,
  channel_not_found: "The channel is gone, or it is private and I am not in it: `/invite @belfry`",
  is_archived: "The channel is archived: unarchive it, or remove its rules",
  is_inactive: "The channel is archived: unarchive it, or remove its rules",
  channel_is_limited_access: permission,
  channel_type_not_supported: "Use another channel: apps cannot post in one of this type",
  no_permission: permission,
  restricted_action: permission,
  restricted_action_read_only_channel: permission,
  restricted_action_thread_only_channel: "The channel takes replies only: use another one",
  restricted_action_non_threadable_channel: "The channel takes no replies: give the rule `thread:off`",
  restricted_action_thread_locked: "The thread is locked: somebody has to open it",
  messages_tab_disabled: "Whoever runs Belfry has to switch on the Messages tab of its Slack app",
  missing_scope: "An administrator has to install Belfry again, because it needs more permissions",
  team_access_not_granted: "An administrator of the organization has to give Belfry to this workspace",
  access_denied: install,
  account_inactive: install,
  invalid_auth: install,
  not_allowed_token_type: install,
  not_authed: install,
  token_expired: install,
  token_revoked: install,
  malformed_token: "Whoever runs Belfry has to set the bot token of its Slack app",
  accesslimited: "The organization does not let apps in: ask one of its administrators",
  enterprise_is_restricted: "The organization does not let apps in: ask one of its administrators",
  ekm_access_denied: "An administrator of the workspace suspended its keys",
  two_factor_setup_required: "Whoever installed Belfry has to set up two-factor authentication in Slack",
  team_not_found: "The workspace is gone",
  invalid_blocks: wording,
  msg_blocks_too_long: wording,
  msg_too_long: wording,
  no_text: wording,
};

/**
 * What people can do about a reason that is a word of Slack's, such as `not_in_channel` or `Slack: not_in_channel`: one
 * line of inert mrkdwn without a full stop; undefined where there is nothing to say.
 */
export function adviceOn(reason: string): string | undefined {
  const word = /^(?:paused: )?(?:Slack: )?([a-z_]+)(?=$|[,.])/.exec(reason)?.[1] ?? "";
  if (Object.hasOwn(advices, word)) return advices[word];
  return word.startsWith("restricted_action") ? permission : undefined;
}
